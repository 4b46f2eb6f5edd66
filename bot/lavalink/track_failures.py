"""Pure: which track failed, why, and how many did so in a row."""

from __future__ import annotations

MAX_FAILURES = 5
"""Tracks in a row that may fail before the player stops instead of running through the queue."""
HEALTHY_MS = 10_000
"""A track that came this far does not count as a failure in a row."""


class TrackFailures:
    """Remembers the failure of the present playing, and counts those in a row."""

    def __init__(self) -> None:
        self.in_a_row = 0
        """Failed tracks since one was healthy."""
        self._failed: tuple[str, str | None] | None = None
        """A playing, and why it failed."""

    def note(self, play_id: str, reason: str | None) -> None:
        """Remember that a playing failed, and why, in its source's words."""
        self._failed = (play_id, reason)

    def has_failed(self, play_id: str) -> bool:
        """Return whether a playing is known to have failed."""
        return self._failed is not None and self._failed[0] == play_id

    def reason(self, play_id: str) -> str | None:
        """Return why a playing failed, in its source's words; None where nobody said."""
        return self._failed[1] if self._failed is not None and self.has_failed(play_id) else None

    def count(self) -> bool:
        """Count one more in a row; returns whether there are too many now."""
        self.in_a_row += 1
        return self.in_a_row >= MAX_FAILURES

    def reset(self) -> None:
        """Begin to count again: a track was healthy, or somebody started the music."""
        self.in_a_row = 0
