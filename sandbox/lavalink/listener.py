"""The listening socket of a node, which can be taken away, put back, and whose connections can be reset."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HIGHEST_PORT = 65_535
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, zero seconds: closing sends RST instead of FIN (socket(7))."""


class Listener:
    """Serves an application at ``port`` on loopback; keeps the port from one start to the next.

    With ``port`` 0 it is any free one, but the one in ``port_file`` again as long as that is free: what was
    said of it before a restart, such as the address of a picture, then still holds.
    """

    def __init__(self, port: int, port_file: Path | None = None) -> None:
        self.port = port
        self._port_file = port_file if port == 0 else None
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self._bound: socket.socket | None = None

    @property
    def listening(self) -> bool:
        """Whether connections are taken."""
        return self._server is not None

    async def bind(self) -> None:
        """Take the port, so that it is known before anything is served."""
        self._bound = self._bind_again() or socket.create_server(("127.0.0.1", self.port))
        self.port = self._bound.getsockname()[1]
        if self._port_file is not None:
            self._port_file.parent.mkdir(parents=True, exist_ok=True)
            self._port_file.write_text(str(self.port), encoding="ascii")

    def _bind_again(self) -> socket.socket | None:
        """Take the port of last time; None where there is none, or somebody else has it now."""
        if self._port_file is None:
            return None
        try:
            port = int(self._port_file.read_text(encoding="ascii"))
            return socket.create_server(("127.0.0.1", port)) if 0 < port <= HIGHEST_PORT else None
        except (OSError, ValueError):
            return None

    async def start(self, app: web.Application) -> None:
        """Serve ``app``."""
        # With 0 it would wait without end for requests that hang.
        self._runner = web.AppRunner(app, shutdown_timeout=0.05)
        await self._runner.setup()
        await self.listen()

    async def listen(self) -> None:
        """Take connections (again)."""
        if self._server is not None or self._runner is None:
            return
        loop = asyncio.get_running_loop()
        bound, self._bound = self._bound or socket.create_server(("127.0.0.1", self.port)), None
        server = self._runner.server
        assert server is not None  # noqa: S101 - set up by start()
        self._server = await loop.create_server(server, sock=bound)

    def refuse(self) -> None:
        """Take no more connections; those that are open stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def reset_all(self) -> None:
        """Reset every open connection."""
        if self._runner is not None and self._runner.server is not None:
            reset(handler.transport for handler in self._runner.server.connections)

    async def close(self) -> None:
        """Stop serving."""
        self.refuse()
        if self._bound is not None:
            self._bound.close()
            self._bound = None
        if self._runner is not None:
            self.reset_all()
            await self._runner.cleanup()
            self._runner = None


def reset(transports: Iterable[asyncio.BaseTransport | None]) -> None:
    """Close each transport with a TCP reset."""
    for transport in transports:
        if isinstance(transport, asyncio.Transport):
            with suppress(OSError):  # the peer may have gone first
                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            transport.abort()
