"""Pure: notices that a track which should be heard does not move, and says what to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

StallAction: TypeAlias = Literal["resend", "give_up"]


class StallWatch:
    """Knows since when a position has not changed.

    Lavalink tells of a track that is stuck, but not of one that it never began, of a voice connection that
    carries nothing, or of a player that it has lost.
    """

    def __init__(self, limit: float, now: Callable[[], float] = time.monotonic) -> None:
        """Call a track stalled whose position has not changed for ``limit`` seconds."""
        self._limit = limit
        self._now = now
        self._position_ms = 0
        self._moved_at = now()
        self._resent: str | None = None
        """The playing that was stalled and is sent again."""

    def reset(self) -> None:
        """Begin to wait: something was asked for just now, or nothing is to be heard."""
        self._moved_at = self._now()

    def report(self, position_ms: int) -> None:
        """Take a reported position."""
        if position_ms != self._position_ms:
            self._position_ms = position_ms
            self.reset()

    def check(self, play_id: str | None) -> StallAction | None:
        """Return what to do about the playing ``play_id``, None if it moves; None as id: nothing should move.

        A playing is sent again the first time, and given up the second.
        """
        if play_id is None:
            self.reset()
            return None
        if self._now() - self._moved_at <= self._limit:
            return None
        self.reset()
        if self._resent == play_id:
            return "give_up"
        self._resent = play_id
        return "resend"
