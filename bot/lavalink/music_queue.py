"""Pure: what plays now, what comes next, what was. No Discord, no Lavalink."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")

QUEUE_LIMIT = 2_000
"""Tracks that may wait; two of the largest playlists that the sources hand out."""
ALWAYS = 100
"""Tracks that may wait in any queue, however many wait in others."""
ALL_QUEUES = 5_000
"""Tracks that may wait in all queues of a process together beyond that, about 1 KB each."""
HISTORY_LIMIT = 100
UNDO_LIMIT = 20
"""Removals and skips; together they hold no more tracks than may wait."""


class Loop(Enum):
    """What is repeated."""

    OFF = "off"
    TRACK = "track"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class Removal(Generic[T]):
    """Tracks that were taken out of the queue, with the places (from 0) where they waited, in order."""

    places: tuple[tuple[int, T], ...]


@dataclass(frozen=True, slots=True)
class Skip(Generic[T]):
    """A track that was left before its end."""

    track: T


class _Queue(Protocol):
    @property
    def held(self) -> int: ...


class SharedRoom:
    """How many tracks all queues of a process may hold."""

    def __init__(self, limit: int = ALL_QUEUES) -> None:
        self._limit = limit
        self.queues: WeakSet[_Queue] = WeakSet()

    @property
    def left(self) -> int:
        """How many more there may be; less than 0 where many queues have what they may always have."""
        return self._limit - sum(queue.held for queue in self.queues)


class MusicQueue(Generic[T]):
    """The order of one guild's music; every operation is synchronous, so none can be half done.

    Places are counted from 0, next track first; an operation on a place that does not exist raises
    IndexError and changes nothing.
    """

    def __init__(self, limit: int = QUEUE_LIMIT, room: SharedRoom | None = None) -> None:
        self.current: T | None = None
        self.loop = Loop.OFF
        self._limit = limit
        self._upcoming: list[T] = []
        self._history: deque[T] = deque(maxlen=HISTORY_LIMIT)
        self._undoable: deque[Removal[T] | Skip[T]] = deque(maxlen=UNDO_LIMIT)
        self._shared = room or SharedRoom()
        self._shared.queues.add(self)

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

    @property
    def held(self) -> int:
        """How many tracks are held, those that were removed and may come back included."""
        return len(self._upcoming) + sum(map(_length, self._undoable))

    @property
    def limit(self) -> int:
        """How many tracks may wait now."""
        return min(self._limit, max(ALWAYS, len(self._upcoming) + max(0, self._shared.left)))

    @property
    def _room(self) -> int:
        # Going back puts the current track in front of a queue that may be full.
        return max(0, self.limit - len(self._upcoming))

    def restore(self, current: T | None, upcoming: Iterable[T], history: Iterable[T]) -> None:
        """Become a queue as it was: ``history`` latest first, as the property gives it; nothing to undo."""
        self.current = current
        self._upcoming = list(upcoming)
        self._history = deque(reversed(tuple(history)), maxlen=HISTORY_LIMIT)
        self._undoable.clear()

    def change_tracks(self, change: Callable[[T], T]) -> None:
        """Put ``change(track)`` in the place of each track, also of those that can come back by `undo`."""
        changed: dict[int, T] = {}

        def of(track: T) -> T:
            # One object that is held twice stays one: undo goes by identity.
            if id(track) not in changed:
                changed[id(track)] = change(track)
            return changed[id(track)]

        self.current = of(self.current) if self.current is not None else None
        self._upcoming = [of(track) for track in self._upcoming]
        self._history = deque(map(of, self._history), maxlen=HISTORY_LIMIT)
        self._undoable = deque(
            (
                Removal(tuple((place, of(track)) for place, track in undone.places))
                if isinstance(undone, Removal)
                else Skip(of(undone.track))
                for undone in self._undoable
            ),
            maxlen=UNDO_LIMIT,
        )

    # Adding

    def add(self, tracks: Iterable[T], *, place: int | None = None) -> int:
        """Insert ``tracks`` (default: at the end) as far as the limit allows; returns how many were taken."""
        taken = list(tracks)[: self._room]
        start = len(self._upcoming) if place is None else place
        self._upcoming[start:start] = taken
        return len(taken)

    # Going on

    def advance(self, *, skip: bool = False) -> T | None:
        """Go on to the next track and return it; None at the end.

        Without ``skip`` the current track has ended by itself and a loop applies to it; with ``skip`` it is
        left for good, except that a looped queue takes it again at its end.
        """
        left = self.current
        if left is not None:
            if self.loop is Loop.TRACK and not skip:
                return left
            self._history.append(left)
            if self.loop is Loop.QUEUE:
                self._upcoming.append(left)
            if skip:
                self._undoable.append(Skip(left))
        return self._take_next()

    def drop(self) -> T | None:
        """Go on to the next track without keeping the current one anywhere: it cannot be played."""
        return self._take_next()

    def skip_to(self, place: int) -> T:
        """Go on to the track at ``place``; those before it are taken out of the queue."""
        self._check(place)
        self._remove(range(place))
        track = self.advance(skip=True)
        assert track is not None  # noqa: S101 - the place was checked
        return track

    def previous(self) -> T | None:
        """Go back to the track that played before, the current one waiting next; None without a history."""
        if not self._history:
            return None
        track = self._history.pop()
        self._go_back_to(track)
        return track

    def stop(self) -> None:
        """Leave the current track and forget what waits."""
        self.clear()
        if self.current is not None:
            self._history.append(self.current)
            self._undoable.append(Skip(self.current))
        self.current = None

    # Changing what waits

    def move(self, place: int, to: int) -> T:
        """Move a track from one place to another; returns it."""
        self._check(place)
        self._check(to)
        track = self._upcoming.pop(place)
        self._upcoming.insert(to, track)
        return track

    def remove(self, first: int, last: int | None = None) -> Sequence[T]:
        """Take out the tracks from ``first`` to ``last`` (default: only that one); returns them."""
        last = first if last is None else last
        self._check(first)
        self._check(last)
        return self._remove(range(min(first, last), max(first, last) + 1))

    def clear(self) -> Sequence[T]:
        """Take out everything that waits; returns it."""
        return self._remove(range(len(self._upcoming)))

    def set_loop(self, loop: Loop) -> None:
        """Set what is repeated."""
        self.loop = loop

    def shuffle(self, rng: random.Random | None = None) -> None:
        """Put what waits into a random order."""
        (rng or random.SystemRandom()).shuffle(self._upcoming)

    def undo(self) -> Removal[T] | Skip[T] | None:
        """Take back the last removal, clearing or skip; returns it, or None if there is nothing to take back.

        What was added since stays. After the undoing of a skip ``current`` is that track again, and the one
        that followed it waits next.
        """
        if not self._undoable:
            return None
        undone = self._undoable.pop()
        if isinstance(undone, Removal):
            for place, track in undone.places[: max(0, self._limit - len(self._upcoming))]:
                if not self._contains(track):
                    self._upcoming.insert(place, track)
        else:
            if self._history and self._history[-1] is undone.track:
                self._history.pop()
            self._go_back_to(undone.track)
        return undone

    def _go_back_to(self, track: T) -> None:
        """Make ``track`` current, and what is current now the next one."""
        # A looped queue may have taken it again already.
        self._upcoming = [waiting for waiting in self._upcoming if waiting is not track]
        if self.current is not None and self.current is not track:
            self._upcoming.insert(0, self.current)
        self.current = track

    def _contains(self, track: T) -> bool:
        return self.current is track or any(waiting is track for waiting in self._upcoming)

    def _take_next(self) -> T | None:
        self.current = self._upcoming.pop(0) if self._upcoming else None
        return self.current

    def _remove(self, places: range) -> Sequence[T]:
        taken = tuple((place, self._upcoming[place]) for place in places)
        if taken:
            del self._upcoming[places.start : places.stop]
            self._undoable.append(Removal(taken))
            while sum(map(_length, self._undoable)) > max(self.limit, len(taken)):
                self._undoable.popleft()
        return tuple(track for _place, track in taken)

    def _check(self, place: int) -> None:
        if not 0 <= place < len(self._upcoming):
            raise IndexError(place)


def _length(change: Removal[T] | Skip[T]) -> int:
    return len(change.places) if isinstance(change, Removal) else 1
