"""Network traffic of a period: what the database knows or last knew, and what waits here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.telemetry.events import NetworkSum

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

BUCKET_SECONDS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkTotals:
    """Traffic of a period in bytes, waiting samples included."""

    bytes_sent: int
    bytes_recv: int
    samples: int
    samples_expected: int
    """By the sequence numbers of each boot; never below ``samples``."""
    pending_samples: int = 0
    """How many of ``samples`` the database does not have yet."""
    seconds_covered: float = 0.0
    """How long the samples cover, added up over the bots."""
    seconds_expected: float = 0.0
    """How long the period is from each bot's first sample ever on; 0 while the database cannot say."""
    countings: frozenset[str] = frozenset()
    """Every way in which it was counted, as the column ``counting`` of network_stats; empty: unknown."""
    as_of: datetime | None = None
    """None: the database answered now. Otherwise it did not, and this is when it last gave its figures,
    which were kept up to date with all that this bot has sent and recorded since."""
    is_complete: bool = True
    """False while the database has never been reached since the start: only what waits here is counted."""

    @property
    def bytes_total(self) -> int:
        """Sent and received together."""
        return self.bytes_sent + self.bytes_recv


class NetworkHistory:
    """The database's view of the traffic, in quarters of an hour, for times when it cannot be asked.

    ``everything`` is the sum of all time; ``quarters`` are the latest of it, which begin at ``since``.
    """

    def __init__(
        self,
        everything: NetworkSum,
        quarters: Iterable[tuple[float, NetworkSum]],
        *,
        since: float,
        as_of: datetime,
    ) -> None:
        self.as_of = as_of
        self._since = since
        self._everything = everything
        self._quarters: dict[int, NetworkSum] = {}
        for start, amount in quarters:
            self._put(start, amount)

    def add(self, recorded_at: float, amount: NetworkSum) -> None:
        """Note a sample that the database has taken."""
        self._everything = self._everything.plus(amount)
        self._put(recorded_at, amount)

    def total(self, since: float | None, until: float | None) -> NetworkSum:
        """Return the traffic in [since, until), Unix seconds; None is without that limit.

        A quarter of an hour that a limit cuts counts by the share that is inside. From a time before the
        quarters begin, everything counts.
        """
        if since is None or since < self._since:
            return self._everything
        first, last = since, until if until is not None else float("inf")
        samples = sent = received = 0.0
        for bucket, amount in self._quarters.items():
            start = bucket * BUCKET_SECONDS
            share = (min(start + BUCKET_SECONDS, last) - max(start, first)) / BUCKET_SECONDS
            if share > 0:
                samples += amount.samples * share
                sent += amount.bytes_sent * share
                received += amount.bytes_recv * share
        return NetworkSum(round(samples), round(sent), round(received))

    def _put(self, moment: float, amount: NetworkSum) -> None:
        bucket = int(moment // BUCKET_SECONDS)
        self._quarters[bucket] = self._quarters.get(bucket, NetworkSum()).plus(amount)
