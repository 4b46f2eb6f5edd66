"""How long events wait, whatever happens to the wall clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable


class SpoolClock:
    """Seconds since the spool began: runs while the process runs, and in between follows the wall clock.

    So a clock that is set right while the bot runs does not make events look days old. It is kept in the
    spool's own file.
    """

    def __init__(
        self, connection: sqlite3.Connection, wall: Callable[[], float], monotonic: Callable[[], float]
    ) -> None:
        self._db = connection
        self._wall = wall
        self._monotonic = monotonic
        self._opened = monotonic()
        age, wall_then = connection.execute(
            "SELECT coalesce(max(age), 0), coalesce(max(wall), ?) FROM spool_clock", (wall(),)
        ).fetchone()
        self._age_at_opening: float = age + max(wall() - wall_then, 0.0)

    @property
    def age(self) -> float:
        """Seconds on this clock."""
        return self._age_at_opening + self._monotonic() - self._opened

    def keep(self) -> None:
        """Write the clock down, in the transaction under way; raises sqlite3.Error."""
        self._db.execute(
            "INSERT OR REPLACE INTO spool_clock (only, age, wall) VALUES (1, ?, ?)", (self.age, self._wall())
        )
