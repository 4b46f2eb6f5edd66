"""A client's session: its players, and what is sent to it, now or when it resumes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import string
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from aiohttp import ClientConnectionResetError, WSMsgType, web

from audio_node.server.playback import Json, Playback

if TYPE_CHECKING:
    from collections.abc import Callable

_ALPHABET = string.ascii_lowercase + string.digits
_DEFAULT_TIMEOUT = 60
_MOST_MISSED = 10_000
"""Messages that are kept for a client, the newest: one that stays away for long must not fill the memory."""

P = TypeVar("P", bound=Playback)


class Connection:
    """One websocket. ``audible`` holds frames back while it is clear: the network is silent."""

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, audible: asyncio.Event
    ) -> None:
        self.socket = socket
        self.transport = transport
        self._audible = audible
        self._outbox: asyncio.Queue[str] = asyncio.Queue()

    def send(self, message: Json) -> None:
        """Send ``message`` after those before it."""
        self._outbox.put_nowait(json.dumps(message, ensure_ascii=False))

    async def run(self) -> None:
        """Write what is sent, and answer pings, until the client is gone."""
        writer = asyncio.create_task(self._write())
        try:
            with contextlib.suppress(ClientConnectionResetError):  # cut off before its ping was answered
                async for message in self.socket:
                    await self._audible.wait()
                    if message.type is WSMsgType.PING:
                        await self.socket.pong(message.data)
        finally:
            writer.cancel()
            with contextlib.suppress(ClientConnectionResetError, asyncio.CancelledError):
                await writer

    async def _write(self) -> None:
        while True:
            message = await self._outbox.get()
            await self._audible.wait()
            await self.socket.send_str(message)


class Session(Generic[P]):
    """Players of one client; survives its connection for ``timeout`` seconds if ``resuming`` is on.

    ``new_player`` makes a guild's player, which sends its messages by what it is given.
    """

    def __init__(
        self,
        user_id: str,
        *,
        new_player: Callable[[str, Callable[[Json], None]], P],
        stats: Callable[[], Json],
        stats_interval: float,
        expired: Callable[[Session[P]], None],
    ) -> None:
        self.id = "".join(random.choices(_ALPHABET, k=16))  # noqa: S311 - a name, no secret
        self.user_id = user_id
        self.resuming = False
        self.timeout = _DEFAULT_TIMEOUT
        self.players: dict[str, P] = {}
        self.connection: Connection | None = None
        self._new_player = new_player
        self._stats = stats
        self._stats_interval = stats_interval
        self._expired = expired
        self._missed: deque[Json] = deque(maxlen=_MOST_MISSED)
        self._expiry: asyncio.TimerHandle | None = None
        self._stats_timer: asyncio.TimerHandle | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the client is gone and may still resume."""
        return self._expiry is not None

    def attach(self, connection: Connection) -> None:
        """Serve ``connection``: ready comes first, then what was missed and where the players are."""
        resumed = self.is_waiting
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        self.connection = connection
        connection.send({"op": "ready", "resumed": resumed, "sessionId": self.id})
        while self._missed:
            connection.send(self._missed.popleft())
        for player in self.players.values():
            player.send_update()
        if self._stats_timer is None:
            self._send_stats()

    def detach(self, connection: Connection) -> None:
        """Note that ``connection`` is gone; without resuming, the session ends with it."""
        if self.connection is not connection:
            return
        self.connection = None
        if self.resuming:
            loop = asyncio.get_running_loop()
            self._expiry = loop.call_later(self.timeout, self._expired, self)
        else:
            self._expired(self)

    def send(self, message: Json) -> None:
        """Send ``message``, or keep it for the client's return."""
        if self.connection is not None:
            self.connection.send(message)
        elif self.is_waiting:
            self._missed.append(message)

    def player(self, guild_id: str) -> P:
        """Return the guild's player, made when there is none."""
        if guild_id not in self.players:
            self.players[guild_id] = self._new_player(guild_id, self.send)
        return self.players[guild_id]

    def destroy_player(self, guild_id: str) -> None:
        """End and forget the guild's player."""
        player = self.players.pop(guild_id, None)
        if player is not None:
            player.destroy()

    def close(self) -> None:
        """End every player and timer; nothing is sent any more."""
        self.connection = None
        for timer in (self._expiry, self._stats_timer):
            if timer is not None:
                timer.cancel()
        self._expiry = self._stats_timer = None
        for guild_id in list(self.players):
            self.destroy_player(guild_id)

    def _send_stats(self) -> None:
        self.send({"op": "stats", **self._stats()})
        loop = asyncio.get_running_loop()
        self._stats_timer = loop.call_later(self._stats_interval, self._send_stats)
