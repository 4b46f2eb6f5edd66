"""The people's event log: numbered, kept for a while, streamed over a websocket."""

from __future__ import annotations

import asyncio
import collections
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from sandbox.discord.wire import dump

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.discord.wire import Json

KEPT = 10_000
"""Events that can be replayed."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``user`` None: everybody sees it."""

    sequence: int
    type: str
    data: Json
    user: str | None

    def json(self) -> str:
        """Return it as the websocket sends it."""
        return dump({"sequence": self.sequence, "type": self.type, "data": self.data})


class EventLog:
    """Remembers the last `KEPT` events and wakes those who follow."""

    def __init__(self) -> None:
        self.sequence = 0
        self._events: collections.deque[Event] = collections.deque(maxlen=KEPT)
        self._followers: set[asyncio.Queue[Event]] = set()
        self._sockets: set[web.WebSocketResponse] = set()

    def add(self, kind: str, data: Json, *, user: str | None = None) -> None:
        """Log an event that only ``user`` (None: everybody) may see."""
        self.sequence += 1
        event = Event(self.sequence, kind, data, user)
        self._events.append(event)
        for follower in self._followers:
            follower.put_nowait(event)

    async def follow(self, after: int, user: str | None) -> AsyncIterator[Event]:
        """Yield the kept events after number ``after``, then new ones, without end; None sees all."""
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self._followers.add(queue)
        try:
            for event in [event for event in self._events if event.sequence > after]:
                queue.put_nowait(event)
            while True:
                event = await queue.get()
                if user is None or event.user in {None, user}:
                    yield event
        finally:
            self._followers.discard(queue)

    async def websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Answer ``GET /sandbox/events?after=&user=``."""
        text = request.query.get("after", "")
        after = int(text) if text.isdecimal() else self.sequence
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        sender = asyncio.create_task(self._stream(socket, after, request.query.get("user")))
        self._sockets.add(socket)
        try:
            # Nothing is expected from the client; receiving answers its close frame.
            async for _ in socket:
                pass
        finally:
            self._sockets.discard(socket)
            sender.cancel()
            await asyncio.wait([sender])
        return socket

    async def close(self) -> None:
        """Close every websocket as going away."""
        await asyncio.gather(*(socket.close(code=1001) for socket in self._sockets))

    async def _stream(self, socket: web.WebSocketResponse, after: int, user: str | None) -> None:
        # A client that went away ends the receiving loop as well.
        with contextlib.suppress(aiohttp.ClientConnectionError, ConnectionError):
            async for event in self.follow(after, user):
                await socket.send_str(event.json())
