"""A wall clock that somebody sets while the program runs."""

from __future__ import annotations

import time


class SkewedClock:
    """Stands in for ``time.time`` and ``time.time_ns`` in this process.

    What was imported before `install` keeps the true clock: install it before importing what is to be fooled.
    """

    def __init__(self, offset_seconds: float) -> None:
        self.offset_seconds = offset_seconds
        """How far it is ahead of the true clock."""
        self._true_ns = time.time_ns

    def install(self) -> None:
        """Give this clock's time to everybody who asks from now on."""
        time.time_ns = self.now_ns
        time.time = lambda: self.now_ns() / 1e9

    def now_ns(self) -> int:
        """Return nanoseconds since the epoch."""
        return self._true_ns() + int(self.offset_seconds * 1e9)
