"""Pure: where in a track the music is, between two reports of Lavalink."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REPORT_INTERVAL_MS = 5_000
"""Lavalink's ``playerUpdateInterval``: while a node is alive, no report is older than this."""
TOLERANCE_MS = 1_000


class PositionClock:
    """Reckons a position in milliseconds from the last report; stands still while paused or cut off.

    wavelink's own ``position`` is 0 before the first report, that of the track before until the next one,
    and runs on without end while a node is silent.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._reported_ms = 0
        self._reported_at = now()
        self._running = False

    def set(self, position_ms: int, *, running: bool) -> None:
        """Take a position as true from now on."""
        self._reported_ms = max(0, position_ms)
        self._reported_at = self._now()
        self._running = running

    def hold(self) -> None:
        """Stand still at the present position."""
        self.set(self.position_ms, running=False)

    def run(self) -> None:
        """Go on from the present position."""
        self.set(self.position_ms, running=True)

    @property
    def position_ms(self) -> int:
        """The position now; after a silence never further than a living node would have reported."""
        if not self._running:
            return self._reported_ms
        elapsed_ms = int((self._now() - self._reported_at) * 1000)
        return self._reported_ms + min(elapsed_ms, REPORT_INTERVAL_MS + TOLERANCE_MS)
