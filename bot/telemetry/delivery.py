"""Sends what the outbox holds: in batches, confirmed by the database, patient with everything that fails."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.background_tasks import cancel_and_wait
from bot.log_setup import unrecorded_logger
from bot.telemetry.circuit_breaker import CircuitBreaker
from bot.telemetry.postgrest_errors import Remedy, TelemetryError
from bot.telemetry.tables import TABLES, Table
from bot.waiting import happens

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncGenerator, Callable, Sequence

    from bot.telemetry.events import Spooled
    from bot.telemetry.outbox import Outbox
    from bot.telemetry.supabase_api import SupabaseApi
    from bot.texts import Text

log = unrecorded_logger(__name__)

BATCH_ROWS = 500
BATCH_BYTES = 256 * 1024
STATISTICS_SECONDS = 5.0
"""The least time between two batches of statistics. Samples are taken every ten, so each goes at once; a
pause as long as that could leave every sample waiting for the turn of the next one."""
INTERNAL = "internal"


class TableQueue:
    """One table's way to the database."""

    def __init__(self, table: Table, breaker: CircuitBreaker) -> None:
        self.table = table
        self.breaker = breaker
        self.served_at = float("-inf")
        """Monotonic time of the last attempt."""
        self.busy = asyncio.Lock()
        """Held while rows are under way, when nobody can say whether the database has them."""
        self._limit = BATCH_ROWS
        self._ahead: asyncio.Task[list[Spooled]] | None = None

    async def take(self, outbox: Outbox, *, half_open: bool) -> list[Spooled]:
        """Return the next batch, one row if ``half_open``; the one after it is read from disk meanwhile."""
        if half_open:
            return await outbox.batch(self.table, 0, 1, BATCH_BYTES)
        ahead, self._ahead = self._ahead, None
        batch = await (ahead or outbox.batch(self.table, 0, self._limit, BATCH_BYTES))
        if batch and outbox.spooled(self.table) > len(batch):
            after = batch[-1].sequence
            self._ahead = asyncio.ensure_future(outbox.batch(self.table, after, self._limit, BATCH_BYTES))
        return batch

    def succeed(self) -> None:
        """Note that a batch went through."""
        self.breaker.record_success()
        self._limit = min(self._limit * 2, BATCH_ROWS)

    def fail(self, error: TelemetryError) -> None:
        """Note that a batch did not; its rows come again, before those that were read ahead."""
        self.stop()
        if error.too_slow:
            self._limit = max(self._limit // 2, 1)

    def stop(self) -> None:
        """Forget what was read ahead."""
        if self._ahead is not None:
            self._ahead.cancel()
            self._ahead = None


class Delivery:
    """One task that sends, one request at a time, table by table in turn.

    Conversations, plays and logs go at once, statistics every five seconds at most. A fault of one table's
    setup does not hold the others. ``on_delivered`` is told what the database has confirmed: the table, the
    events and how many of them were new to it.
    """

    def __init__(
        self,
        outbox: Outbox,
        api: SupabaseApi,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
        on_delivered: Callable[[Table, Sequence[Spooled], int], None] | None = None,
    ) -> None:
        self._outbox = outbox
        self._api = api
        self._on_delivered = on_delivered
        self._monotonic = monotonic
        told: set[Text] = set()
        self._project = CircuitBreaker("Supabase", monotonic=monotonic, rng=rng, told=told)
        self._queues = [
            TableQueue(table, CircuitBreaker(table.name, monotonic=monotonic, rng=rng, told=told))
            for table in TABLES
        ]
        self._wake = asyncio.Event()
        self._progress = asyncio.Event()
        self._hurried: set[Table] = set()
        self._task: asyncio.Task[None] | None = None
        self.last_delivery: datetime | None = None
        """When the database last confirmed rows."""

    @property
    def failures(self) -> dict[str, TelemetryError]:
        """What keeps rows from passing, by table; under "Supabase" what concerns all of them."""
        breakers = {"Supabase": self._project, **{queue.table.name: queue.breaker for queue in self._queues}}
        return {name: breaker.failure for name, breaker in breakers.items() if breaker.failure}

    def hold(self, error: TelemetryError) -> None:
        """Hold every row back for a fault of the project's setup that somebody else met, and say so once."""
        self._project.record_failure(error)

    def start(self) -> None:
        """Begin to send, in the running event loop."""
        loop = asyncio.get_running_loop()

        def committed() -> None:
            with contextlib.suppress(RuntimeError):  # the loop ended before the writer's thread did
                loop.call_soon_threadsafe(self._nudge)

        self._outbox.notify(committed)
        self._task = asyncio.create_task(self._run(), name="telemetry delivery")

    async def close(self) -> None:
        """Stop at once; a batch under way comes again with the next process, and is recognised then."""
        await cancel_and_wait(self._task)
        for queue in self._queues:
            queue.stop()

    async def flush(self, seconds: float, tables: Sequence[Table] = TABLES) -> bool:
        """Send everything of ``tables`` now; returns whether nothing is left, after ``seconds`` at most."""
        deadline = self._monotonic() + seconds
        self._hurried.update(tables)
        self._project.retry_now()
        for queue in self._queues_of(tables):
            queue.breaker.retry_now()
        try:
            while not self._is_drained(tables):
                self._progress.clear()
                self._wake.set()
                remaining = deadline - self._monotonic()
                if remaining <= 0 or self._earliest(tables) >= remaining:
                    return False
                await happens(self._progress, within=remaining)
        finally:
            self._hurried.difference_update(tables)
        return True

    @contextlib.asynccontextmanager
    async def paused(self, table: Table) -> AsyncGenerator[None]:
        """Hold the rows of ``table`` back, once the batch under way is answered; nothing is read ahead."""
        (queue,) = self._queues_of([table])
        try:
            async with queue.busy:
                queue.stop()
                yield
        finally:
            self._wake.set()

    def _queues_of(self, tables: Sequence[Table]) -> list[TableQueue]:
        return [queue for queue in self._queues if queue.table in tables]

    def _is_drained(self, tables: Sequence[Table]) -> bool:
        ledger = self._outbox.ledger()
        return not any(ledger[table.name].spooled for table in tables if table.name in ledger)

    def _earliest(self, tables: Sequence[Table]) -> float:
        """Return in how many seconds the first attempt for one of ``tables`` that has rows can be made."""
        ledger = self._outbox.ledger()
        waits = [
            queue.breaker.wait
            for queue in self._queues_of(tables)
            if queue.table.name in ledger and ledger[queue.table.name].spooled
        ]
        return max(min(waits, default=0.0), self._project.wait)

    def _nudge(self) -> None:
        self._wake.set()
        self._progress.set()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            waits = [
                (self._due_in(queue), queue.served_at, index) for index, queue in enumerate(self._queues)
            ]
            seconds, _, index = min(waits)
            if seconds > 0:
                await happens(self._wake, within=seconds)
                continue
            await self._serve(self._queues[index])
            self._progress.set()

    def _due_in(self, queue: TableQueue) -> float:
        """Return in how many seconds ``queue`` is to be served; infinity while it is empty or paused."""
        spooled = self._outbox.spooled(queue.table)
        if not spooled or queue.busy.locked():
            return float("inf")
        pause = 0.0
        if queue.table.is_statistic and spooled < BATCH_ROWS and queue.table not in self._hurried:
            pause = queue.served_at + STATISTICS_SECONDS - self._monotonic()
        return max(pause, queue.breaker.wait, self._project.wait, 0.0)

    async def _serve(self, queue: TableQueue) -> None:
        queue.served_at = self._monotonic()
        try:
            async with queue.busy:
                await self._send_next(queue)
        except TelemetryError as error:
            self._note_failure(queue, error)
        except Exception as error:
            # Not even a fault of our own may end the sending for good.
            log.exception("Telemetry could not be sent")
            self._note_failure(queue, TelemetryError(repr(error), code=INTERNAL))

    def _note_failure(self, queue: TableQueue, error: TelemetryError) -> None:
        queue.fail(error)
        breaker = self._project if error.treatment.project_wide else queue.breaker
        breaker.record_failure(error)

    async def _send_next(self, queue: TableQueue) -> None:
        half_open = queue.breaker.is_half_open or self._project.is_half_open
        batch = await queue.take(self._outbox, half_open=half_open)
        parts = [batch] if batch else []
        while parts:
            part = parts.pop()
            try:
                inserted = await self._api.upsert(
                    queue.table, [spooled.row for spooled in part if spooled.row]
                )
            except TelemetryError as error:
                if error.treatment.remedy not in {Remedy.BISECT, Remedy.DUPLICATE}:
                    raise
                parts += self._halved(queue.table, part, error)
                continue
            self._acknowledge(queue.table, part, inserted)
        self._project.record_success()
        queue.succeed()

    def _halved(self, table: Table, part: list[Spooled], error: TelemetryError) -> list[list[Spooled]]:
        """Return the halves of a refused batch, later half first; a single row is settled."""
        if len(part) > 1:
            middle = len(part) // 2
            return [part[middle:], part[:middle]]
        if error.treatment.remedy is Remedy.DUPLICATE:
            self._acknowledge(table, part, 0)
        else:
            log.error("Supabase refuses one row of %s, which is set aside: %s", table.name, error)
            self._outbox.dead_letter(table, part[0], str(error))
        return []

    def _acknowledge(self, table: Table, part: list[Spooled], inserted: int) -> None:
        self._outbox.acknowledge(table, part, inserted)
        self.last_delivery = datetime.now(UTC)
        if self._on_delivered:
            self._on_delivered(table, part, inserted)
