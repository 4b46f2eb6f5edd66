"""A UDP socket that knows when the system got a datagram, however late this process reads it."""

from __future__ import annotations

import socket
import struct
import sys
import time

_SO_TIMESTAMPNS = 35
"""https://www.kernel.org/doc/html/latest/networking/timestamping.html; Python does not name it."""
_TIMESPEC = struct.Struct("@ll")
_OLDEST = 10.0
"""Seconds; more is a clock that was set meanwhile."""


class TimestampedSocket(socket.socket):
    """Measures on Linux how long each datagram waited; elsewhere it says 0.

    asyncio reads through `recvfrom`, and hands over what it returned before it reads again.
    """

    def __init__(self) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_DGRAM)
        self.setblocking(False)
        self.waited = 0.0
        """Seconds that the newest datagram was in the socket's buffer."""
        self._stamps = sys.platform == "linux"
        if self._stamps:
            self.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def recvfrom(self, bufsize: int, flags: int = 0, /) -> tuple[bytes, object]:
        """Return a datagram and where it came from, and note how long it waited."""
        if not self._stamps:
            return super().recvfrom(bufsize, flags)
        data, notes, _, address = self.recvmsg(bufsize, socket.CMSG_SPACE(_TIMESPEC.size), flags)
        self.waited = 0.0
        for level, kind, note in notes:
            if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS):
                seconds, nanoseconds = _TIMESPEC.unpack(note)
                waited = time.time() - seconds - nanoseconds / 1e9
                self.waited = waited if 0 <= waited < _OLDEST else 0.0
        return data, address
