"""The websocket of Supabase Realtime, ``/realtime/v1/websocket``."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Literal

from aiohttp import WSMsgType, web

from sandbox.supabase.keys import TokenError
from sandbox.supabase.realtime.channel import Channel
from sandbox.supabase.realtime.feed import Feed
from sandbox.supabase.realtime.filters import SubscriptionError
from sandbox.supabase.realtime.frames import Frame, FrameError, decode, version_of
from sandbox.tasks import cancel

if TYPE_CHECKING:
    from sandbox.supabase.keys import Keys, Role
    from sandbox.supabase.realtime.frames import Version

log = logging.getLogger(__name__)

Mode = Literal["serve", "refuse", "too_many_connections"]
"""refuse: answer 503 to the handshake · too_many_connections: refuse joins as a project over its limit."""
PATH = "/realtime/v1/websocket"
SILENCE_SECONDS = 60.0
"""A socket without a heartbeat for so long is closed, as Phoenix does."""
MAX_WAITING_FRAMES = 10_000


class RealtimeServer:
    """Every open socket, and the feed that serves their channels."""

    def __init__(self, keys: Keys) -> None:
        self.mode: Mode = "serve"
        self._keys = keys
        self._feed = Feed()
        self._sockets: set[_Socket] = set()
        self._running: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    def start(self, dsn: str) -> None:
        """Read the changes of the database at ``dsn`` from now on, while somebody listens."""
        self._running = asyncio.create_task(self._feed.run(dsn))

    async def close(self) -> None:
        """Close every socket and stop reading."""
        for socket in list(self._sockets):
            await socket.close()
        await cancel(self._running)
        self._running = None

    def cut(self) -> int:
        """Break every connection without a closing handshake; returns how many there were."""
        cut = list(self._sockets)
        for socket in cut:
            socket.abort()
        return len(cut)

    async def handle(self, request: web.Request, role: Role) -> web.StreamResponse:
        """Serve one websocket until it ends; ``role`` is what its API key stands for."""
        if self.mode == "refuse":
            return web.json_response({"message": "Realtime is not available"}, status=503)
        try:
            version = version_of(request.query.get("vsn", "1.0.0"))
        except FrameError as error:
            return web.json_response({"message": str(error)}, status=400)
        response = web.WebSocketResponse(receive_timeout=SILENCE_SECONDS)
        await response.prepare(request)
        socket = _Socket(self, request, response, version, role)
        self._sockets.add(socket)
        try:
            await socket.run()
        finally:
            self._sockets.discard(socket)
        return response

    def join(self, socket: _Socket, frame: Frame) -> Channel | None:
        """Return the channel that ``frame`` opens, after its answer; None if the answer is a refusal."""
        if self.mode == "too_many_connections":
            reason = "ConnectionRateLimitReached: Too many connected users"
            socket.send(frame.reply({"reason": reason}, "error"))
            return None
        try:
            channel = Channel(socket, self._keys, frame)
        except (TokenError, SubscriptionError) as error:
            socket.send(frame.reply({"reason": str(error)}, "error"))
            return None
        channel.welcome()
        self._feed.add(channel)
        return channel

    def leave(self, channel: Channel) -> None:
        """Serve a channel no more."""
        channel.end()
        self._feed.remove(channel)


class _Socket:
    """One client's connection and the channels it has joined."""

    def __init__(
        self,
        server: RealtimeServer,
        request: web.Request,
        response: web.WebSocketResponse,
        version: Version,
        role: Role,
    ) -> None:
        self.role: Role = role
        self._server = server
        self._request = request
        self._response = response
        self._version: Version = version
        self._channels: dict[str, Channel] = {}
        self._outbox: asyncio.Queue[Frame] = asyncio.Queue(MAX_WAITING_FRAMES)

    def send(self, frame: Frame) -> None:
        """Queue a message; a client that reads too slowly is disconnected."""
        try:
            self._outbox.put_nowait(frame)
        except asyncio.QueueFull:
            log.warning("A Realtime client reads too slowly and is disconnected")
            self.abort()

    def drop(self, channel: Channel) -> None:
        """Forget a channel that closed itself."""
        self._channels.pop(channel.topic, None)
        self._server.leave(channel)

    def abort(self) -> None:
        """Break the connection without a closing handshake."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def close(self) -> None:
        """Close with the code of a server that goes away."""
        await self._response.close(code=1001)

    async def run(self) -> None:
        """Serve until the client or the server closes."""
        writing = asyncio.create_task(self._write())
        try:
            while (message := await self._response.receive()).type is WSMsgType.TEXT:
                self._receive(decode(message.data, self._version))
        except (FrameError, TimeoutError) as error:
            log.info("A Realtime socket is closed: %s", str(error) or "no heartbeat")
            await self._response.close()
        finally:
            await cancel(writing)
            for channel in list(self._channels.values()):
                self._server.leave(channel)

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                frame = await self._outbox.get()
                await self._response.send_str(frame.encode(self._version))

    def _receive(self, frame: Frame) -> None:
        channel = self._channels.get(frame.topic)
        match frame.event:
            case "heartbeat":
                self.send(frame.reply({}))
            case "phx_join":
                if channel is not None:
                    channel.close()
                joined = self._server.join(self, frame)
                if joined is not None:
                    self._channels[frame.topic] = joined
            case "phx_leave":
                self.send(frame.reply({}))
                if channel is not None:
                    channel.close()
            case "access_token" if channel is not None:
                channel.refresh(frame.payload.get("access_token"))
            case _:
                # Broadcast and presence are not served; Phoenix answers so to what no channel handles.
                self.send(frame.reply({"reason": "unmatched topic"}, "error"))
