"""Who uses Python's one lock first: packets that are due come before the work on those that follow.

Every call into FFmpeg or the network gives the lock away and wants it back. Without an order, 25 tracks at
work made a round of packets last tens of milliseconds; with it, one of them is under way at most.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

_LONGEST_ROUND = 0.1
"""Seconds after which work goes on although packets are still being sent."""
_free = threading.Event()
_free.set()
_permits = threading.BoundedSemaphore(max(1, (os.cpu_count() or 1) - 1))


@contextmanager
def sending() -> Generator[None]:
    """Send packets meanwhile; nobody begins to work."""
    _free.clear()
    try:
        yield
    finally:
        _free.set()


def let_packets_pass() -> None:
    """Wait until the packets that are due have been sent."""
    _free.wait(_LONGEST_ROUND)


@contextmanager
def working() -> Generator[None]:
    """Decode and encode meanwhile, as one of few; wait for nothing else here."""
    with _permits:
        let_packets_pass()
        yield
