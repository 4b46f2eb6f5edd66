"""Where a track is: a position that advances with a monotonic clock while it runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class PlaybackClock:
    """A position in milliseconds; ``now`` gives seconds, ``scale`` lets all songs pass faster (tests)."""

    def __init__(self, *, scale: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self._scale = scale
        self._now = now
        self._anchor_position = 0.0
        self._anchor_time = now()
        self._running = False
        self._speed = 1.0

    @property
    def position(self) -> float:
        """Return the position in milliseconds."""
        if not self._running:
            return self._anchor_position
        return self._anchor_position + (self._now() - self._anchor_time) * 1000 * self._rate

    def seek(self, position: float) -> None:
        """Go to ``position`` (milliseconds)."""
        self._anchor_position = position
        self._anchor_time = self._now()

    def run(self, *, running: bool) -> None:
        """Let the position advance, or hold it."""
        self.seek(self.position)
        self._running = running

    def set_speed(self, speed: float) -> None:
        """Set how fast the track plays (filter timescale: speed x rate)."""
        self.seek(self.position)
        self._speed = speed

    def seconds_until(self, position: float) -> float:
        """Return how long it takes to reach ``position``, in real seconds; only while running."""
        return max(0.0, (position - self.position) / 1000 / self._rate)

    @property
    def _rate(self) -> float:
        return self._speed * self._scale
