"""What the spool and the database hand out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from bot.storage.json_value import Json


class Spooled(NamedTuple):
    """One event on its way to the database."""

    sequence: int
    id: str
    row: dict[str, Json]


class DeadLetter(NamedTuple):
    """One event that the database refused, with its words; times in Unix seconds."""

    id: str
    table: str
    payload: str
    recorded_at: float
    reason: str
    died_at: float


class Erasure(NamedTuple):
    """Whose words until ``before`` are to be gone; the id is Discord's, as text."""

    user_id: str
    before: datetime


class NetworkSum(NamedTuple):
    """Network samples added up."""

    samples: int = 0
    bytes_sent: int = 0
    bytes_recv: int = 0

    def plus(self, other: NetworkSum) -> NetworkSum:
        """Return both together."""
        return NetworkSum(
            self.samples + other.samples,
            self.bytes_sent + other.bytes_sent,
            self.bytes_recv + other.bytes_recv,
        )
