"""Free ports on loopback."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a TCP port that nothing listens on at this moment.

    For programs that cannot listen on port 0 and report it; another program may still be quicker, so start
    such a program again on "Address already in use".
    """
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]
