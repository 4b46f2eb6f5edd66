"""Pure: notices that a track which should be heard does not move."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class StallWatch:
    """Knows since when a position has not changed.

    Lavalink tells of a track that is stuck, but not of one that it never began, of a voice connection that
    carries nothing, or of a player that it has lost.
    """

    def __init__(self, limit: float, now: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._now = now
        self._position_ms = 0
        self._moved_at = now()

    @property
    def stalled(self) -> bool:
        """Whether nothing has moved for ``limit`` seconds."""
        return self._now() - self._moved_at > self._limit

    def reset(self) -> None:
        """Begin to wait: something was asked for just now, or nothing is to be heard."""
        self._moved_at = self._now()

    def see(self, position_ms: int) -> None:
        """Take a reported position."""
        if position_ms != self._position_ms:
            self._position_ms = position_ms
            self.reset()
