"""A TCP relay before the gRPC server, because a connection can be cut there, and gRPC hides its own."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress

_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, zero seconds: closing sends RST instead of FIN (socket(7))."""


class Relay:
    """Passes bytes from ``port`` on loopback to ``upstream``; can cut one connection or all of them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._upstream = 0
        self._server: asyncio.Server | None = None
        self._connections: dict[int, tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, upstream: int) -> None:
        """Listen for clients of the server at port ``upstream``; keeps the port it listened on before."""
        self._upstream = upstream
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut every connection; new ones are refused until `start`."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for local_port in list(self._connections):
            self.cut(local_port)
        await asyncio.gather(*self._tasks)

    def cut(self, local_port: int) -> None:
        """Reset the client's connection that reaches the server from ``local_port``."""
        pair = self._connections.pop(local_port, None)
        if pair is None:
            return
        for writer in pair:
            with suppress(OSError):  # the peer may have gone first
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio runs this as one
        self._tasks.add(task)
        try:
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
            local_port: int = upstream_writer.get_extra_info("sockname")[1]
            self._connections[local_port] = (writer, upstream_writer)
            if self._server is None:  # stopped meanwhile
                self.cut(local_port)
            await asyncio.gather(_pump(reader, upstream_writer), _pump(upstream_reader, writer))
            self.cut(local_port)
        finally:
            self._tasks.discard(task)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()
