"""One websocket of the voice gateway. Frames are queued, so that telling everybody something never waits."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import aiohttp

from sandbox.voice.opcodes import REASONS, CloseCode

if TYPE_CHECKING:
    from aiohttp import web


class Connection:
    """Sends what is queued, in order, by a task of its own."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self._transport = transport
        self.closed_with: int | None = None
        """The code that the gateway chose, when it is the one that closes."""
        self._frames: asyncio.Queue[str | bytes | int] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write(), name="voice-gateway-writer")

    def send(self, frame: str | bytes) -> None:
        """Queue a frame: text as str, binary as bytes."""
        if self.closed_with is None:
            self._frames.put_nowait(frame)

    def send_json(self, op: int, data: object) -> None:
        """Queue a payload that is not numbered, and so not sent again after a resume."""
        self.send(json.dumps({"op": op, "d": data}))

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

    async def _write(self) -> None:
        try:
            while not isinstance(frame := await self._frames.get(), int):
                if isinstance(frame, str):
                    await self.socket.send_str(frame)
                else:
                    await self.socket.send_bytes(frame)
            known = frame in CloseCode.__members__.values()
            reason = REASONS[CloseCode(frame)] if known else ""
            await self.socket.close(code=frame, message=reason.encode())
        except (aiohttp.ClientConnectionError, ConnectionError):
            # The peer went; the handler's receive ends too, and the session waits for a resume.
            return
