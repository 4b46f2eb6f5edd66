"""Lavalink's player of one guild: everything that is sent to its node goes through here."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.background_tasks import BackgroundTasks, cancel_and_wait
from bot.lavalink.errors import LavalinkError, NodeUnreachableError, PlayerEndedError, RequestRefusedError
from bot.lavalink.timings import Timings
from bot.lavalink.tracks import play_id_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import wavelink
    from wavelink.types.request import Request, VoiceRequest

    from bot.lavalink.connection import Node

log = logging.getLogger(__name__)


class RemotePlayer:
    """The player on the node, which may be out of reach, or have lost it: then it has to be restored.

    A node may also leave a request unanswered, for minutes, and then every other one about the player: nobody
    waits for that. What was said meanwhile is told by restoring the player.
    """

    def __init__(
        self, player: wavelink.Player, guild_id: int, node: Node, timings: Timings | None = None
    ) -> None:
        """Stand for the player of a guild on ``node``, which hands its messages to ``player``."""
        self.node = node
        """The Lavalink node that the player is on."""
        self.interrupted = False
        """Whether the player on the node has to be restored."""
        self.ended = False
        """Whether it has ended; the guild may have another player since."""
        self.on_interrupted: Callable[[], None] = lambda: None
        """Called whenever the player on the node may not be in the state that it should be in."""
        self.on_restored: Callable[[], None] = lambda: None
        """Called when it is again."""
        self.on_refused: Callable[[str], None] = lambda _play_id: None
        """Called where Lavalink refuses to play, after whoever asked for it has ceased to wait."""
        self._player = player
        self._guild_id = guild_id
        self._timings = timings or Timings()
        self._tasks = BackgroundTasks(f"Guild {guild_id}: Lavalink's player")
        self._in_flight: asyncio.Task[None] | None = None
        """The request that is not answered yet, of those that `send` sends."""
        self._unsent = False
        """Whether something that was to be sent has not arrived."""
        self._hung = False
        """Whether the node left a request unanswered: it may hold the player's lock until that is deleted."""

    def check_alive(self) -> None:
        """Raise PlayerEndedError where the player has ended."""
        if self.ended:
            raise PlayerEndedError

    def attach(self) -> None:
        """Have the node hand over its messages about the guild."""
        self.node.attach(self._player, self._guild_id)

    async def send(self, data: Request) -> None:
        """Send what changed, and wait a moment for the answer, no longer than a command may.

        A node that is out of reach gets it once it is back, with everything else. Raises PlayerEndedError
        (Lavalink would make a new player) or RequestRefusedError.
        https://lavalink.dev/api/rest#update-player
        """
        self.check_alive()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timings.command
        if self._in_flight is not None:
            await asyncio.wait({self._in_flight}, timeout=self._timings.command)
        if self.interrupted or self._in_flight is not None:
            # It is told with everything else.
            self._unsent = True
            return
        refusals: list[RequestRefusedError] = []
        request = self._in_flight = self._tasks.spawn(self._deliver(data, refusals))
        await asyncio.wait({request}, timeout=deadline - loop.time())
        if not request.done():
            self.node.doubt()
            request.add_done_callback(lambda _request: self._refused_late(data, refusals))
        elif refusals:
            raise refusals[0]

    async def _deliver(self, data: Request, refusals: list[RequestRefusedError]) -> None:
        try:
            await self.node.update_player(self._guild_id, data)
        except NodeUnreachableError as error:
            self._hung |= error.is_timeout
            self._unsent = True
        except RequestRefusedError as error:
            refusals.append(error)
        finally:
            self._in_flight = None
        if self._unsent:
            self.interrupt()

    def _refused_late(self, data: Request, refusals: list[RequestRefusedError]) -> None:
        if refusals and not self.ended:
            log.warning("Guild %s: Lavalink refused a request: %s", self._guild_id, refusals[0].detail)
            track = data.get("track")
            play_id = play_id_of(track) if track else None  # pyright: ignore[reportArgumentType] - it has userData
            if play_id is not None:
                self.on_refused(play_id)

    async def send_voice(self, voice: VoiceRequest) -> bool:
        """Send how to reach Discord's voice server; returns whether the bot counts as connected then."""
        try:
            await self._delete_hung()
            await self.node.update_player(self._guild_id, {"voice": voice})
        except NodeUnreachableError as error:
            self.interrupt()
            if error.is_timeout:
                self.node.doubt()
                log.warning("Guild %s: Lavalink does not reach Discord's voice server", self._guild_id)
                self._hung = True
                return False
            # The next node gets it, with everything else; as far as Discord goes, the bot is there.
        except RequestRefusedError as error:
            log.warning("Guild %s: voice server not passed on: %s", self._guild_id, error.detail)
            self.interrupt()
            return False
        return True

    async def restore(self, node: Node, data: Request) -> None:
        """Make the player on ``node`` what ``data`` says: another node, or the same without its old session.

        Raises LavalinkError. It stays interrupted until `note_restored`.
        """
        self.check_alive()
        await cancel_and_wait(self._in_flight)
        if node is not self.node:
            self.node.detach(self._guild_id)
            self.node = node
            self._hung = False
            self.attach()
        self._unsent = False
        try:
            await self._delete_hung()
            self.check_alive()
            await node.update_player(self._guild_id, data)
        except LavalinkError as error:
            self._unsent = True
            if isinstance(error, NodeUnreachableError) and error.is_timeout:
                self._hung = True
                node.doubt()
            raise

    @property
    def up_to_date(self) -> bool:
        """Whether nothing was to be sent since the last restoring."""
        return not self._unsent

    async def _delete_hung(self) -> None:
        """Delete a player that left a request unanswered; whoever comes to it next would wait as well."""
        if self._hung:
            await self.node.destroy_player(self._guild_id)
            self._hung = False

    async def destroy(self) -> None:
        """Delete the player from the node; one that is out of reach forgets it by itself."""
        self._tasks.cancel()
        if self.node.detach(self._guild_id):
            await self.node.destroy_player_soon(self._guild_id)

    # Interruptions

    def interrupt(self) -> None:
        """Note that the player has to be restored, whatever becomes of the node."""
        self._unsent = True
        self.on_node_lost()

    def on_node_lost(self) -> None:
        """Note that the node is out of reach; it may go on playing, or have forgotten the player."""
        self.interrupted = True
        self.on_interrupted()

    def on_node_back(self, *, resumed: bool) -> None:
        """Note that the node is back: with the player as it was (``resumed``), or without."""
        self.interrupted = self._unsent or not resumed
        if not self.interrupted:
            self.note_restored()

    def note_restored(self) -> None:
        """Note that the player on the node is as it should be."""
        self.interrupted = self._unsent = False
        self.on_restored()
