"""Ports on loopback."""

from __future__ import annotations

import os
import socket

LOOPBACK = "127.0.0.1"


def port_fault(port: int) -> str:
    """Return why no server can listen on a port now, in the system's words; "" where one can."""
    with socket.socket() as probe:
        # As servers do, so that the connections of an earlier one are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            return os.strerror(error.errno) if error.errno else str(error)
    return ""


def free_port() -> int:
    """Return a TCP port that nothing listens on at this moment.

    For programs that cannot listen on port 0 and report it; another program may still be quicker, so start
    such a program again on "Address already in use".
    """
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]
