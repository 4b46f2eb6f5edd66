"""Answers how much traffic there was, while the database can be asked and while it cannot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from bot.telemetry.events import NetworkSum
from bot.telemetry.inspection import NO_SUCH_FUNCTION
from bot.telemetry.network_report import parse_report
from bot.telemetry.network_totals import BUCKET_SECONDS, NetworkHistory, NetworkTotals
from bot.telemetry.postgrest_errors import TelemetryError
from bot.telemetry.tables import NETWORK_STATS, Table

if TYPE_CHECKING:
    from bot.storage.json_value import Json
    from bot.telemetry.delivery import Delivery
    from bot.telemetry.events import Spooled
    from bot.telemetry.network_report import NetworkReport
    from bot.telemetry.outbox import Outbox
    from bot.telemetry.supabase_api import SupabaseApi

log = logging.getLogger(__name__)

FLUSH_SECONDS = 1.0
ANSWER_SECONDS = 6.0
HISTORY = timedelta(days=62)
"""Two months, for the longest period and the one before it."""


class NetworkView:
    """Adds what waits in the outbox to what the database has, never the same sample twice.

    The database is asked while no sample is under way, so each one is on exactly one side. Where a bot is
    asked for, None means all of them together.
    """

    def __init__(self, bot_id: str, outbox: Outbox, api: SupabaseApi) -> None:
        self._bot_id = bot_id
        self._outbox = outbox
        self._api = api
        self._histories: dict[str, NetworkHistory] = {}
        self.stale = asyncio.Event()
        """Set while the history was never read, or is known to differ from the database's."""
        self.stale.set()

    @property
    def bot_ids(self) -> Sequence[str]:
        """Every bot that is known to write to the database, this one included."""
        return sorted({self._bot_id, *self._histories})

    def note_delivered(self, table: Table, events: Sequence[Spooled], inserted: int) -> None:
        """Keep the history up to date with what the database has confirmed."""
        if table is not NETWORK_STATS:
            return
        if inserted != len(events):
            # Some were there before, and nobody says which.
            self.stale.set()
            return
        history = self._histories.get(self._bot_id)
        if history is None:
            return
        for event in events:
            row = cast("Mapping[str, int]", event.row)
            moment = datetime.fromisoformat(str(row["recorded_at"])).timestamp()
            history.add(moment, NetworkSum(1, row["bytes_sent"], row["bytes_recv"]))

    async def totals(
        self, delivery: Delivery, bot_id: str | None, start: datetime | None, end: datetime | None
    ) -> NetworkTotals:
        """Return the traffic in [start, end); None is without that limit."""
        await delivery.flush(FLUSH_SECONDS, [NETWORK_STATS])
        try:
            async with asyncio.timeout(ANSWER_SECONDS), delivery.paused(NETWORK_STATS):
                known = await self._ask(bot_id, start, end)
                known = await self._with_coverage(known, bot_id, start, end)
                pending = await self._pending(bot_id, start, end)
                self._compare(known, self._remembered(bot_id, start, end), start, end)
        except (TelemetryError, TimeoutError) as error:
            log.info("Network totals without the database: %r", error)
            known = self._remembered(bot_id, start, end)
            pending = await self._pending(bot_id, start, end)
        return _with_pending(known, pending)

    async def report(self, bot_id: str | None, start: datetime | None, end: datetime) -> NetworkReport:
        """Return points over time and gaps of what the database has; raises TelemetryError."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return parse_report(await self._api.call("network_report", _period(bot_id, start, end)))
        except TimeoutError as error:
            raise TelemetryError("network_report gave no answer in time") from error

    async def read_history(self, delivery: Delivery) -> None:
        """Read the database's view for the time when it cannot be asked; raises TelemetryError."""
        since = datetime.fromtimestamp(
            (datetime.now(UTC) - HISTORY).timestamp() // BUCKET_SECONDS * BUCKET_SECONDS, UTC
        )
        async with delivery.paused(NETWORK_STATS):
            rows = await self._api.rollup(since)
            names = {str(bot["bot_id"]) for bot in await self._api.rows("network_bots")}
            histories: dict[str, NetworkHistory] = {}
            for bot_id in (self._bot_id, *sorted(names - {self._bot_id})):
                everything = await self._ask(bot_id, None, None)
                histories[bot_id] = NetworkHistory(
                    NetworkSum(everything.samples, everything.bytes_sent, everything.bytes_recv),
                    ((start, amount) for name, start, amount in rows if name == bot_id),
                    since=since.timestamp(),
                    as_of=datetime.now(UTC),
                )
            self._histories = histories
            self.stale.clear()

    def _compare(
        self, known: NetworkTotals, remembered: NetworkTotals, start: datetime | None, end: datetime | None
    ) -> None:
        """Have the history read again where another writer has added to the database.

        Only whole quarters of an hour are remembered to the byte.
        """
        if all(moment is None or moment.timestamp() % BUCKET_SECONDS == 0 for moment in (start, end)) and (
            (known.samples, known.bytes_sent, known.bytes_recv)
            != (remembered.samples, remembered.bytes_sent, remembered.bytes_recv)
        ):
            self.stale.set()

    async def _ask(self, bot_id: str | None, start: datetime | None, end: datetime | None) -> NetworkTotals:
        answer = await self._api.call("network_totals", _period(bot_id, start, end))
        rows = answer if isinstance(answer, Sequence) and not isinstance(answer, str) else [answer]
        if not rows or not isinstance(rows[0], Mapping):
            raise TelemetryError("network_totals gave no row", code="unconfirmed")
        row = rows[0]
        return NetworkTotals(
            bytes_sent=_integer(row, "bytes_sent"),
            bytes_recv=_integer(row, "bytes_recv"),
            samples=_integer(row, "samples"),
            samples_expected=_integer(row, "samples_expected"),
        )

    async def _with_coverage(
        self, known: NetworkTotals, bot_id: str | None, start: datetime | None, end: datetime | None
    ) -> NetworkTotals:
        """Ask how much was recorded, and how; a database that is too old to know leaves it open."""
        try:
            rows = await self._api.rows("network_coverage", _period(bot_id, start, end), most=1)
        except TelemetryError as error:
            if error.code in NO_SUCH_FUNCTION:
                return known
            raise
        if not rows:
            raise TelemetryError("network_coverage gave no row", code="unconfirmed")
        return replace(
            known,
            seconds_covered=float(rows[0]["seconds_covered"]),
            seconds_expected=float(rows[0]["seconds_expected"]),
            countings=frozenset(rows[0]["countings"]),
        )

    async def _pending(self, bot_id: str | None, start: datetime | None, end: datetime | None) -> NetworkSum:
        if bot_id not in {None, self._bot_id}:
            return NetworkSum()
        return await self._outbox.network_sum(
            start.timestamp() if start else float("-inf"), end.timestamp() if end else float("inf")
        )

    def _remembered(self, bot_id: str | None, start: datetime | None, end: datetime | None) -> NetworkTotals:
        wanted = [self._histories[name] for name in self._histories if bot_id in {None, name}]
        amount = NetworkSum()
        for history in wanted:
            amount = amount.plus(
                history.total(start.timestamp() if start else None, end.timestamp() if end else None)
            )
        return NetworkTotals(
            bytes_sent=amount.bytes_sent,
            bytes_recv=amount.bytes_recv,
            samples=amount.samples,
            samples_expected=amount.samples,
            as_of=min((history.as_of for history in wanted), default=None),
            is_complete=bool(self._histories),
        )


def _with_pending(known: NetworkTotals, pending: NetworkSum) -> NetworkTotals:
    """Add what waits; the coverage stays the database's, as the gaps that are shown beside it are."""
    return replace(
        known,
        bytes_sent=known.bytes_sent + pending.bytes_sent,
        bytes_recv=known.bytes_recv + pending.bytes_recv,
        samples=known.samples + pending.samples,
        samples_expected=known.samples_expected + pending.samples,
        pending_samples=pending.samples,
    )


def _period(bot_id: str | None, start: datetime | None, end: datetime | None) -> dict[str, str | None]:
    return {
        "p_from": start.isoformat() if start else None,
        "p_to": end.isoformat() if end else None,
        "p_bot_id": bot_id,
    }


def _integer(row: Mapping[str, Json], column: str) -> int:
    value = row.get(column)
    return int(value) if isinstance(value, int | float | str) else 0
