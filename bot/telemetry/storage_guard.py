"""Watches how full the database's plan is."""

from __future__ import annotations

import logging

from bot.texts.telemetry import FULL_CURE
from bot.units import MEBIBYTE

log = logging.getLogger(__name__)

NEAR = 0.8
STEPS = (NEAR, 0.9, 0.95, 1.0)
"""Shares of the limit at which the log says so, each once until the database shrinks below it."""


class StorageGuard:
    """The database's size in bytes beside its limit; None while it is not known."""

    def __init__(self, limit_mb: int, *, thins: bool = False) -> None:
        self.limit = limit_mb * MEBIBYTE
        self.thins = thins
        """Whether old samples are to be deleted while our own rows come near the limit."""
        self.size: int | None = None
        self._said = 0

    @property
    def near_bytes(self) -> int:
        """The size from which on the limit is near."""
        return int(NEAR * self.limit)

    @property
    def is_near(self) -> bool:
        """Whether the database has come near its limit."""
        return self.size is not None and self.size >= self.near_bytes

    def note(self, size: int) -> None:
        """Take a new size, and warn where it has passed a further step."""
        self.size = size
        passed = sum(size >= step * self.limit for step in STEPS)
        if passed > self._said:
            log.warning(
                "⚠️ The database holds %s of %s MB (%.0f %% of SUPABASE_DB_LIMIT_MB)",
                size // MEBIBYTE,
                self.limit // MEBIBYTE,
                100 * size / self.limit,
            )
            log.warning("   → %s", FULL_CURE)
        self._said = passed
