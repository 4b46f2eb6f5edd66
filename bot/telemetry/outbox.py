"""The durable queue between the bot and the database: recording costs an append, a thread does the rest."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from bot.log_setup import unrecorded_logger
from bot.storable_text import sanitize_text
from bot.storage.data_lock import DataLock
from bot.telemetry.event_ids import EventIds
from bot.telemetry.ledger import Account
from bot.telemetry.sanitize import encode
from bot.telemetry.spool import MAX_BYTES, Spool
from bot.telemetry.spool_keeper import MEMORY_BYTES, SpoolKeeper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from bot.storage.json_value import Json
    from bot.telemetry.events import DeadLetter, NetworkSum, Spooled
    from bot.telemetry.tables import Table

    Command: TypeAlias = Callable[[SpoolKeeper], None]
    Event: TypeAlias = tuple[str, float, str]
    """Its id, when it was recorded in Unix seconds, and its row as JSON, which has neither yet."""

log = unrecorded_logger(__name__)

COMMIT_WINDOW = 0.05
"""Seconds for which the writer waits for company before it commits; with the commit itself below 250 ms."""
PART_CHARACTERS = 100_000
"""Handing more than this to SQLite at once would keep Python's other threads waiting for a millisecond."""
UPKEEP_SECONDS = 5.0
EXPIRY_SECONDS = 60.0

T = TypeVar("T")


class Outbox:
    """Records events in memory at once and on disk within 250 ms; hands them out in batches.

    Any thread may record. One process per directory: raises ConfigError if another one has it.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int = MAX_BYTES,
        memory_bytes: int = MEMORY_BYTES,
        clock_ns: Callable[[], int] = time.time_ns,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._data_lock = DataLock(path.parent)
        self._ids = EventIds(clock_ns)
        self._monotonic = monotonic
        self._open_keeper = lambda: SpoolKeeper(
            path,
            max_bytes=max_bytes,
            memory_bytes=memory_bytes,
            wall=lambda: clock_ns() / 1e9,
            monotonic=monotonic,
        )
        # Reentrant: the collector may run inside, and what it destroys may log, and logs are recorded.
        self._guard = threading.RLock()
        self._recorded: dict[Table, list[Event]] = {}
        self._committing: dict[Table, list[Event]] = {}
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._accounts: Mapping[str, Account] = {}
        self._on_disk = True
        self._closing = False
        self._on_commit: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._write, name="outbox", daemon=True)
        self._thread.start()

    @property
    def on_disk(self) -> bool:
        """Whether what is recorded now will survive the process."""
        return self._on_disk

    def record(self, table: Table, row: Mapping[str, object]) -> str:
        """Take one row for ``table``, give it its id and the time of now; returns the id.

        Never blocks, and never fails for what the row contains: see `bot.telemetry.sanitize`.
        """
        with self._guard:
            identifier, now = self._ids.mint()
            payload = encode(row)
            if not self._recorded:
                self._commands.put(self._commit_soon)
            # The writer puts all three together: after a pause of the processor's, a line here costs 20 µs.
            self._recorded.setdefault(table, []).append((identifier, now, payload))
        return identifier

    def ledger(self) -> dict[str, Account]:
        """Return every table's account as of now, what is not committed yet included."""
        with self._guard:
            ledger = dict(self._accounts)
            for waiting in (self._recorded, self._committing):
                for table, events in waiting.items():
                    count = len(events)
                    account = ledger.get(table.name, Account())
                    ledger[table.name] = account + Account(recorded=count, spooled=count)
        return ledger

    def spooled(self, table: Table) -> int:
        """Return how many events of ``table`` are committed and wait to be sent."""
        account = self._accounts.get(table.name)
        return account.spooled if account else 0

    def notify(self, on_commit: Callable[[], None]) -> None:
        """Have ``on_commit`` called, in the writer's thread, whenever something was committed."""
        self._on_commit = on_commit

    async def batch(self, table: Table, after: int, max_rows: int, max_bytes: int) -> list[Spooled]:
        """Return the oldest events of ``table`` behind sequence ``after`` (0: from the first)."""
        return await self._ask(lambda spool: spool.batch(table.name, after, max_rows, max_bytes))

    def acknowledge(self, table: Table, events: Sequence[Spooled], inserted: int) -> None:
        """Say that the database has these events, ``inserted`` of which were new to it."""
        self._tell(lambda spool: spool.acknowledge(table.name, events, inserted))

    def dead_letter(self, table: Table, event: Spooled, reason: str) -> None:
        """Set one event aside for good, with the reason."""
        clean = sanitize_text(reason)
        self._tell(lambda spool: spool.dead_letter(table.name, event.sequence, event.id, clean))

    async def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """Return the newest dead letters."""
        return await self._ask(lambda spool: spool.dead_letters(limit))

    async def personal_rows(self, user_id: str) -> dict[str, list[Json]]:
        """Return every row about a person that waits here, by table."""
        return await self._ask(lambda spool: spool.personal_rows(user_id))

    async def erase_personal_rows(self, user_id: str, before: datetime) -> int:
        """Drop what a person said until ``before``, dead letters included; returns how many rows changed.

        A batch that is under way is not in it, see `bot.telemetry.delivery.Delivery.paused`.
        """
        return await self._ask(lambda spool: spool.erase_personal_rows(user_id, before.timestamp()))

    async def network_sum(self, since: float, until: float) -> NetworkSum:
        """Add up the network samples here that were recorded in [since, until), Unix seconds."""
        return await self._ask(lambda spool: spool.network_sum(since, until))

    async def close(self) -> None:
        """Commit what was recorded, stop the writer and let go of the directory."""
        self._commands.put(self._stop)
        await asyncio.to_thread(self._thread.join)
        self._data_lock.release()

    def _tell(self, action: Callable[[Spool], None]) -> None:
        def command(keeper: SpoolKeeper) -> None:
            try:
                keeper.run(action)
            except (sqlite3.Error, ValueError):
                log.exception("The spool could not be changed")

        self._commands.put(command)

    def _ask(self, action: Callable[[Spool], T]) -> asyncio.Future[T]:
        answer: Future[T] = Future()

        def command(keeper: SpoolKeeper) -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                result = keeper.run(action)
            except (sqlite3.Error, ValueError) as error:
                answer.set_exception(error)
            else:
                self._publish(keeper)  # before the answer: who has it sees the ledger after it
                answer.set_result(result)

        self._commands.put(command)
        return asyncio.wrap_future(answer)

    def _write(self) -> None:
        """Commit and answer until told to stop; the writer's thread.

        Whatever was recorded before a command is committed before it.
        """
        with contextlib.closing(self._open_keeper()) as keeper:
            self._publish(keeper)
            upkeep_at = self._monotonic() + UPKEEP_SECONDS
            expire_at = self._monotonic() + EXPIRY_SECONDS
            while not self._closing:
                command = self._next(UPKEEP_SECONDS)
                if command == self._commit_soon:
                    command = self._next(COMMIT_WINDOW)
                self._commit(keeper)
                if command:
                    command(keeper)
                    self._publish(keeper)
                if self._monotonic() >= upkeep_at:
                    upkeep_at = self._monotonic() + UPKEEP_SECONDS
                    keeper.mend()
                    self._tell(Spool.carry_out_requests)
                    self._publish(keeper)
                if self._monotonic() >= expire_at:
                    expire_at = self._monotonic() + EXPIRY_SECONDS
                    self._tell(Spool.expire)

    def _next(self, timeout: float) -> Command | None:
        try:
            return self._commands.get(timeout=timeout)
        except queue.Empty:
            return None

    def _commit_soon(self, keeper: SpoolKeeper) -> None:
        """Stand in the queue for events that were recorded; the writer commits them by itself."""

    def _stop(self, keeper: SpoolKeeper) -> None:
        self._commit(keeper)
        self._closing = True

    def _commit(self, keeper: SpoolKeeper) -> None:
        with self._guard:
            if not self._recorded:
                return
            self._committing, self._recorded = self._recorded, {}
        groups = [
            (table.name, part)
            for table, events in self._committing.items()
            for part in _parts([_item(table, event) for event in events])
        ]
        try:
            keeper.run(lambda spool: spool.append(*groups))
        except sqlite3.Error:
            log.exception("Events of telemetry could not be kept")
            for table, part in groups:
                keeper.write_off(table, len(part))
        self._publish(keeper)

    def _publish(self, keeper: SpoolKeeper) -> None:
        """Let other threads see the ledger as it is now."""
        accounts = keeper.accounts
        with self._guard:
            changed = self._accounts != accounts
            self._committing = {}
            self._accounts = accounts
        self._on_disk = keeper.on_disk
        if changed:
            self._on_commit()


def _item(table: Table, event: Event) -> str:
    """Return ``event`` as `Spool.append` takes it, its row with its id and its time."""
    identifier, now, payload = event
    stamp = datetime.fromtimestamp(now, UTC).isoformat()
    columns = "" if payload == "{}" else f",{payload[1:-1]}"
    return f'["{identifier}",{now!r},{{"id":"{identifier}","{table.time_column}":"{stamp}"{columns}}}]'


def _parts(items: list[str]) -> Iterator[list[str]]:
    """Split ``items`` into runs of about PART_CHARACTERS."""
    start = size = 0
    for index, item in enumerate(items):
        size += len(item)
        if size >= PART_CHARACTERS:
            yield items[start : index + 1]
            start, size = index + 1, 0
    if start < len(items):
        yield items[start:]
