"""Pure: what plays now, what comes next, what was. No Discord, no Lavalink."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

T = TypeVar("T")

QUEUE_LIMIT = 2_000
"""Tracks that may wait; two of the largest playlists that the sources hand out."""
HISTORY_LIMIT = 100


class Loop(Enum):
    """What is repeated."""

    OFF = "off"
    TRACK = "track"
    QUEUE = "queue"


class MusicQueue(Generic[T]):
    """The order of one guild's music; every operation is synchronous, so none can be half done."""

    def __init__(self, limit: int = QUEUE_LIMIT) -> None:
        self.current: T | None = None
        self.loop = Loop.OFF
        self._limit = limit
        self._upcoming: list[T] = []
        self._history: deque[T] = deque(maxlen=HISTORY_LIMIT)

    def __len__(self) -> int:
        """Return how many tracks wait."""
        return len(self._upcoming)

    @property
    def upcoming(self) -> Sequence[T]:
        """What waits, next first."""
        return tuple(self._upcoming)

    @property
    def history(self) -> Sequence[T]:
        """What was played, latest first."""
        return tuple(reversed(self._history))

    def add(self, tracks: Iterable[T]) -> int:
        """Append ``tracks`` as far as the limit allows; returns how many were taken."""
        taken = list(tracks)[: self._limit - len(self._upcoming)]
        self._upcoming += taken
        return len(taken)

    def advance(self, *, skip: bool = False) -> T | None:
        """Go on to the next track and return it; None at the end.

        Without ``skip`` the current track has ended by itself and a loop applies to it; with ``skip`` it is
        left for good, save that a looped queue takes it again at its end.
        """
        if self.loop is Loop.TRACK and self.current is not None and not skip:
            return self.current
        if self.current is not None:
            self._history.append(self.current)
            if self.loop is Loop.QUEUE:
                self._upcoming.append(self.current)
        self.current = self._upcoming.pop(0) if self._upcoming else None
        return self.current

    def drop(self) -> T | None:
        """Go on to the next track without keeping the current one anywhere: it cannot be played."""
        self.current = self._upcoming.pop(0) if self._upcoming else None
        return self.current

    def stop(self) -> None:
        """Leave the current track and forget what waits."""
        if self.current is not None:
            self._history.append(self.current)
        self.current = None
        self._upcoming.clear()
