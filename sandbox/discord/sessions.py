"""Gateway sessions: numbered events, replay after a lost connection, shards.

https://discord.com/developers/docs/events/gateway
"""

from __future__ import annotations

import collections
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.discord import intents
from sandbox.discord.wire import dump
from sandbox.queued_websocket import QueuedWebsocket

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from aiohttp import web

    from sandbox.discord.wire import Json

REPLAY_LIMIT = 10_000
"""Events a session keeps for a resume."""


class Connection(QueuedWebsocket):
    """One websocket of the gateway."""

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, *, compressed: bool
    ) -> None:
        super().__init__(socket, transport, "discord-gateway-writer")
        self.silent_until = 0.0
        """Loop time until which heartbeats are not acknowledged."""
        self._deflate = zlib.compressobj() if compressed else None

    def send(
        self, op: int, data: object = None, *, event: str | None = None, sequence: int | None = None
    ) -> None:
        """Queue a payload."""
        self.queue(dump({"op": op, "d": data, "s": sequence, "t": event}))

    def encode(self, frame: str | bytes) -> str | bytes:
        """Return a payload as the client asked for it: compressed, or as text."""
        raw = frame.encode("utf-8", "replace") if isinstance(frame, str) else frame
        if self._deflate is None:
            return raw.decode()
        # One shared zlib context per connection; the flush ends each message with 00 00 FF FF.
        return self._deflate.compress(raw) + self._deflate.flush(zlib.Z_SYNC_FLUSH)


@dataclass(slots=True)
class Session:
    """What one shard identified as; outlives its connections."""

    shard: tuple[int, int]
    intents: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    sequence: int = 0
    replay: collections.deque[tuple[int, str]] = field(
        default_factory=lambda: collections.deque(maxlen=REPLAY_LIMIT)
    )
    connection: Connection | None = None
    expiry: asyncio.TimerHandle | None = None

    def cancel_expiry(self) -> None:
        """Stop the clock that runs while no connection is there."""
        if self.expiry is not None:
            self.expiry.cancel()
            self.expiry = None

    def holds(self, guild_id: str | None) -> bool:
        """Tell whether a guild (None: direct messages) belongs to this shard."""
        index, count = self.shard
        return index == (0 if guild_id is None else (int(guild_id) >> 22) % count)

    def dispatch(self, event: str, data: Json) -> None:
        """Give an event its number, keep it for a resume, and send it when connected."""
        self.sequence += 1
        text = dump({"op": 0, "d": data, "s": self.sequence, "t": event})
        self.replay.append((self.sequence, text))
        if self.connection is not None:
            self.connection.queue(text)

    def can_replay(self, after: int) -> bool:
        """Tell whether every event after number ``after`` is still kept."""
        return after == self.sequence or (bool(self.replay) and self.replay[0][0] <= after + 1)

    def resume(self, connection: Connection, after: int) -> None:
        """Take over ``connection`` and send what it missed, then RESUMED."""
        self.connection = connection
        for number, text in self.replay:
            if number > after:
                connection.queue(text)
        self.dispatch("RESUMED", {"_trace": []})


class Sessions:
    """Every session of the bot."""

    def __init__(self, bot_id: str) -> None:
        self._bot_id = bot_id
        self._by_id: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._by_id.values()))

    @property
    def online(self) -> bool:
        """Whether any shard is connected."""
        return any(session.connection is not None for session in self._by_id.values())

    def add(self, session: Session) -> None:
        """Begin a session."""
        self._by_id[session.id] = session

    def get(self, session_id: str) -> Session | None:
        """Return a session that may still be resumed."""
        return self._by_id.get(session_id)

    def forget(self, session: Session) -> None:
        """Make a session impossible to resume."""
        self._by_id.pop(session.id, None)

    def dispatch(self, event: str, data: Json, guild_id: str | None, *, own: bool = False) -> None:
        """Send an event to the sessions that hold its guild and asked for it, or to all of them (``own``)."""
        for session in self:
            if session.holds(guild_id) and (
                own or intents.wanted(event, session.intents, in_guild=guild_id is not None)
            ):
                session.dispatch(event, intents.without_content(event, data, session.intents, self._bot_id))
