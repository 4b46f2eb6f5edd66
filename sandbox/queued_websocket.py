"""A websocket whose frames are queued, so that telling everybody something never waits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from aiohttp import web


class QueuedWebsocket:
    """Sends what is queued, in order, by a task of its own, which is called ``name``."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, name: str) -> None:
        self.socket = socket
        self._transport = transport
        self.closed_with: int | None = None
        """The code that we chose, when it is us who close."""
        self._frames: asyncio.Queue[str | bytes | int] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write(), name=name)

    def queue(self, frame: str | bytes) -> None:
        """Queue a frame, text as str and binary as bytes; nothing is sent after the close frame."""
        if self.closed_with is None:
            self._frames.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close with ``code`` after what is queued."""
        if self.closed_with is None:
            self.closed_with = code
            self._frames.put_nowait(code)

    def drop(self) -> None:
        """Cut the connection without a close frame."""
        if self._transport is not None:
            self._transport.abort()

    async def end(self) -> None:
        """Stop the writer, after the close frame when one is on its way."""
        if self.closed_with is None:
            self._writer.cancel()
        await asyncio.wait([self._writer])

    def encode(self, frame: str | bytes) -> str | bytes:
        """Return what is sent for ``frame``, at the moment when it is sent."""
        return frame

    def reason(self, _code: int) -> str:
        """Return the words beside a close code."""
        return ""

    async def _write(self) -> None:
        try:
            while not isinstance(frame := await self._frames.get(), int):
                encoded = self.encode(frame)
                if isinstance(encoded, str):
                    await self.socket.send_str(encoded)
                else:
                    await self.socket.send_bytes(encoded)
            await self.socket.close(code=frame, message=self.reason(frame).encode())
        except (aiohttp.ClientConnectionError, ConnectionError):
            # The peer went; the handler's receive ends too, and the session waits for a resume.
            return
