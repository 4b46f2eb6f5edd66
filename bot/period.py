"""The periods that people may ask about: where each begins, and what it is compared with. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum

QUARTER = 15
"""Minutes."""


class Period(Enum):
    """The choices of ``/netstats``: the value sent by Discord, and the title's last words."""

    TODAY = ("today", "Today")
    WEEK = ("week", "Last 7 Days")
    MONTH = ("month", "Last 30 Days")
    ALL = ("all", "All Time")

    @property
    def title(self) -> str:
        """The embed's title."""
        return f"📊 Network Stats - {self.value[1]}"

    @classmethod
    def of(cls, choice: str) -> Period:
        """Return the period of a choice's value."""
        return next(period for period in cls if period.value[0] == choice)

    def start(self, now: datetime) -> datetime | None:
        """Return when the period began, seen from ``now`` (aware, in the owner's zone); None: always.

        Today begins at midnight in ``now``'s own zone; a week and a month 7 and 30 days ago, taken
        from the quarter of an hour before: the database adds up by quarters, and whole ones stay exact to the
        byte after clean-up has deleted single samples.
        """
        if self is Period.TODAY:
            return now.replace(hour=0, minute=0, second=0, microsecond=0)
        if self is Period.ALL:
            return None
        days = 7 if self is Period.WEEK else 30
        quarter = now.replace(minute=now.minute // QUARTER * QUARTER, second=0, microsecond=0)
        return quarter - timedelta(days=days)

    def before(self, now: datetime) -> tuple[datetime, datetime] | None:
        """Return the period that this one is compared with, from when to when; None: all time has none.

        Yesterday until the same time of the day; the 7 or 30 days before.
        """
        start = self.start(now)
        if start is None:
            return None
        if self is Period.TODAY:
            yesterday = start - timedelta(days=1)
            return yesterday, (yesterday.astimezone(UTC) + (now - start.astimezone(UTC))).astimezone(
                now.tzinfo
            )
        return start - timedelta(days=7 if self is Period.WEEK else 30), start
