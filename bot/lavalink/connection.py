"""One connection to one Lavalink node: wavelink's REST calls, and a reader that cannot die unseen.

Lavalink v4 protocol: https://lavalink.dev/api/websocket and https://lavalink.dev/api/rest. Of wavelink, only
public names are used and overridden, here and in `bot.lavalink.player`; a test holds that.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

import aiohttp
import wavelink

from bot.background_tasks import BackgroundTasks, cancel_and_wait
from bot.lavalink.errors import LavalinkError, NodeUnreachableError, RequestRefusedError, translated
from bot.lavalink.session import destroy_players, end_session

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import discord
    from wavelink.types.request import Request
    from wavelink.types.response import PlayerResponse
    from wavelink.types.websocket import ReadyOP, WebsocketOP

    from bot.config import LavalinkNode
    from bot.lavalink.timings import Timings

log = logging.getLogger(__name__)

MENDED_LAVAPLAYER = (2, 2, 7)
_LOST_SESSIONS = 10
"""How many are remembered; Lavalink ends them by itself after a while."""
MALFORMED = (KeyError, TypeError, ValueError)
"""What a message that is not Lavalink's raises on being read."""


class Node(wavelink.Node):
    """A Lavalink server: ``open`` connects once, ``wait_closed`` waits for the end of that connection.

    wavelink's own reader dies at a close frame, a missed pong or an unknown voice close code, while the node
    goes on counting as connected; hence this one. It hands each message that is about a player to
    ``on_message``, in order and at once.
    """

    def __init__(
        self,
        address: LavalinkNode,
        *,
        client: discord.Client,
        timings: Timings,
        on_message: Callable[[wavelink.Player, WebsocketOP], None],
    ) -> None:
        timeout = aiohttp.ClientTimeout(total=timings.request, sock_connect=timings.connect)
        self._http = aiohttp.ClientSession(timeout=timeout)
        super().__init__(
            identifier=address.uri,
            uri=address.uri,
            password=address.password,
            session=self._http,
            heartbeat=timings.heartbeat,
            client=client,
            resume_timeout=timings.resume,
            # Leaving idle channels is decided by the player, which knows who listens; with a token limit
            # wavelink would even start its own queue.
            inactive_player_timeout=None,
            inactive_channel_tokens=None,
        )
        self.ping_ms: float | None = None
        """The last measured round trip of a request; None before the first one and while disconnected."""
        self.counts_from_zero = False
        """Whether its reports count from 0 after a seek, in some tracks; by its version."""
        self.doubted = asyncio.Event()
        """Set by `doubt`."""
        self._timings = timings
        self._on_message = on_message
        self._player_of: dict[int, wavelink.Player] = {}
        """By guild id."""
        self._up = False
        self._hung = False
        """Whether it was given up because it answered no requests."""
        self.attempted = asyncio.Event()
        """Set once the first attempt to connect has ended, either way."""
        self._lavalink_session_id: str | None = None
        """Lavalink's id of our session, also while disconnected: it is asked for again."""
        self._lost_session_ids: deque[str] = deque(maxlen=_LOST_SESSIONS)
        """Of sessions that Lavalink did not resume, and may hold players of."""
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._deletions = BackgroundTasks(f"Lavalink node {address.uri}")

    @property
    def session_id(self) -> str | None:
        """Lavalink's id of our session, with which another process may take it over."""
        return self._lavalink_session_id

    @property
    def players(self) -> dict[int, wavelink.Player]:
        """The players on this node by guild id; a copy."""
        return self._player_of.copy()

    @property
    def status(self) -> wavelink.NodeStatus:
        """`up`, in wavelink's terms."""
        return wavelink.NodeStatus.CONNECTED if self._up else wavelink.NodeStatus.DISCONNECTED

    def take_over(self, session_id: str) -> None:
        """Ask for the session of the process before this one when connecting."""
        self._lavalink_session_id = session_id

    @property
    def up(self) -> bool:
        """Whether the node is connected."""
        return self._up

    async def open(self) -> bool:
        """Connect, once; returns whether Lavalink resumed our session, and with it every player.

        Raises LavalinkError.
        """
        headers = self.headers
        if self._lavalink_session_id:
            headers["Session-Id"] = self._lavalink_session_id
        try:
            with translated():
                self._socket = await self._http.ws_connect(
                    self._websocket_url, heartbeat=self.heartbeat, headers=headers
                )
                resumed = await self._handshake(self._socket)
            await self._learn_version()
        except LavalinkError:
            await self.drop()
            raise
        self._up, self._hung = True, False
        self._reader = asyncio.create_task(self._read(self._socket))
        return resumed

    async def _handshake(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        """Take Lavalink's first message, ``ready``; have it keep the session for a while if we vanish."""
        try:
            ready = cast("ReadyOP", await socket.receive_json(timeout=self._timings.ready))
            session_id, resumed = ready["sessionId"], ready["resumed"]
        except MALFORMED as error:
            raise NodeUnreachableError from error
        if not resumed and self._lavalink_session_id:
            self._lost_session_ids.append(self._lavalink_session_id)
        self._lavalink_session_id = session_id
        await self._patch(self._session_path, {"resuming": True, "timeout": self._timings.resume})
        return resumed

    async def wait_closed(self) -> str:
        """Wait for the end of the connection; returns its reason, for the log."""
        if self._reader is not None:
            await asyncio.wait({self._reader})
        code = self._socket.close_code if self._socket else None
        if self._hung:
            return "requests are not answered"
        return f"close code {code}" if code else "connection broken"

    async def drop(self) -> None:
        """End the connection from our side, if there is one; the session stays resumable."""
        self._up = False
        self.ping_ms = None
        await cancel_and_wait(self._reader)
        if self._socket is not None:
            await self._socket.close()
        self._reader = self._socket = None

    async def release(self) -> None:
        """Destroy every player and release every resource."""
        await asyncio.gather(*(player.disconnect() for player in self.players.values()))
        await self._deletions.close(grace=self._timings.command)
        await self.drop()
        await self._http.close()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Hand on messages until the connection ends, however it ends."""
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            try:
                received = cast("WebsocketOP", message.json())
                player = self._player_of.get(int(received["guildId"])) if "guildId" in received else None
                if player is not None:
                    self._on_message(player, received)
            except MALFORMED:
                log.exception("Lavalink node %s sent a message that is not understood", self.uri)

    def attach(self, player: wavelink.Player, guild_id: int) -> None:
        """Send this node's messages about a guild to ``player``."""
        self._player_of[guild_id] = player

    def detach(self, guild_id: int) -> bool:
        """Ignore messages about a guild from now on; returns whether there was a player."""
        return self._player_of.pop(guild_id, None) is not None

    @property
    def _websocket_url(self) -> str:
        return f"{self.uri}/v4/websocket"

    @property
    def _session_path(self) -> str:
        return f"v4/sessions/{self._lavalink_session_id}"

    async def _patch(self, path: str, data: object, **parameters: str) -> None:
        """PATCH something; an answer that is not Lavalink's raises NodeUnreachableError."""
        answer: object = await self.send("PATCH", path=path, data=data, params=parameters)
        if not isinstance(answer, dict):
            raise NodeUnreachableError

    async def update_player(self, guild_id: int, data: Request) -> None:
        """PATCH a player, which makes it if there is none.

        Raises NodeUnreachableError or RequestRefusedError.
        """
        if not self.up:
            raise NodeUnreachableError
        limit = self._timings.voice if "voice" in data else None
        try:
            with translated():
                async with asyncio.timeout(limit):
                    await self._patch(f"{self._session_path}/players/{guild_id}", data, noReplace="false")
        except RequestRefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            # The session is not found: Lavalink has lost the websocket, of which we do not know yet.
            raise NodeUnreachableError from error

    async def fetch_state(self, guild_id: int) -> PlayerResponse | None:
        """Return a player as Lavalink holds it, or None if it holds none. Raises LavalinkError."""
        if not self.up:
            raise NodeUnreachableError
        try:
            with translated():
                path = f"{self._session_path}/players/{guild_id}"
                return cast("PlayerResponse", await self.send(path=path))
        except RequestRefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
        try:
            with translated():
                await self._patch(self._session_path, {})
        except RequestRefusedError as error:
            # Not the player is not found, but the session, which waits to be resumed.
            raise NodeUnreachableError from error
        return None

    async def destroy_orphaned_players(self, expected: Collection[int] = ()) -> None:
        """Destroy the players that Lavalink still holds for guilds which are served elsewhere now.

        Those of ``expected`` guilds are kept, if the session was resumed: they are yet to be recovered.

        Two nodes in one voice channel would throw each other out. They are in our session, if it was resumed;
        otherwise in one before, which Lavalink could not resume while it took the lost connection for alive.
        Raises LavalinkError.
        """
        for session_id in tuple(self._lost_session_ids):
            if not await end_session(self, session_id):
                # To requests, one that waits to be resumed is as unknown as one that is gone.
                await self._resume_and_end(session_id)
            if session_id in self._lost_session_ids:
                self._lost_session_ids.remove(session_id)
        if self._lavalink_session_id:
            await destroy_players(self, self._lavalink_session_id, keep={*self._player_of, *expected})

    async def _resume_and_end(self, session_id: str) -> None:
        headers = {**self.headers, "Session-Id": session_id}
        with translated():
            async with self._http.ws_connect(self._websocket_url, headers=headers) as socket:
                try:
                    ready = cast("ReadyOP", await socket.receive_json(timeout=self._timings.ready))
                    resumed = ready["resumed"]
                except MALFORMED as error:
                    raise NodeUnreachableError from error
                if resumed:
                    await end_session(self, session_id)

    async def destroy_player(self, guild_id: int) -> None:
        """Delete a player; a node that is away forgets it by itself. Raises LavalinkError."""
        if self._up:
            with translated():
                async with asyncio.timeout(self._timings.voice):
                    await self.send("DELETE", path=f"{self._session_path}/players/{guild_id}")

    async def destroy_player_soon(self, guild_id: int) -> None:
        """Delete a player, and wait for that no longer than a command may."""
        deletion = self._deletions.spawn(self._destroy_player_quietly(guild_id))
        await asyncio.wait({deletion}, timeout=self._timings.command)

    async def _destroy_player_quietly(self, guild_id: int) -> None:
        try:
            await self.destroy_player(guild_id)
        except LavalinkError as error:
            log.debug("Guild %s: player not deleted from its node: %s", guild_id, error.detail)

    async def _learn_version(self) -> None:
        """Learn how the node counts; Lavaplayer before 2.2.7 counts Ogg from 0 after a seek."""
        try:
            with translated():
                info = cast("dict[str, object]", await self.send(path="v4/info"))
            version = tuple(int(number) for number in str(info["lavaplayer"]).split("."))
        except (LavalinkError, *MALFORMED) as error:
            log.debug("Lavalink node %s does not tell its version: %r", self.uri, error)
        else:
            self.counts_from_zero = version < MENDED_LAVAPLAYER

    async def measure(self) -> bool:
        """Measure ``ping_ms``, None where it cannot be; returns whether the node answers requests."""
        self.ping_ms, started = None, time.perf_counter()
        try:
            async with asyncio.timeout(self._timings.measure):
                await self.fetch_version()
        except (wavelink.NodeException, wavelink.LavalinkException) as error:
            return error.status is not None and error.status < HTTPStatus.INTERNAL_SERVER_ERROR
        except (aiohttp.ClientError, TimeoutError, OSError, *MALFORMED):
            return False
        self.ping_ms = (time.perf_counter() - started) * 1000
        return True

    def doubt(self) -> None:
        """Have the node measured at once: it did not answer soon."""
        self.doubted.set()

    async def give_up(self) -> None:
        """End a connection whose websocket lives while requests are not answered."""
        self._hung = True
        await cancel_and_wait(self._reader)
