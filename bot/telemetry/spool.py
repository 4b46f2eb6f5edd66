"""The durable queue's storage: events, dead letters and the ledger, changed together in one transaction."""

from __future__ import annotations

import contextlib
import itertools
import json
import sqlite3
import time
from typing import TYPE_CHECKING, Any, Literal

from bot.telemetry.events import DeadLetter, NetworkSum, Spooled
from bot.telemetry.ledger import ROW_OVERHEAD, Account, Books, total
from bot.telemetry.personal_rows import erase_personal_rows, personal_rows
from bot.telemetry.spool_clock import SpoolClock
from bot.telemetry.tables import NETWORK_STATS, TABLES
from bot.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from bot.storage.json_value import Json

MAX_AGE_SECONDS = 7 * 86_400
MAX_BYTES = 256 * MEBIBYTE
MAX_DEAD = 10_000
KEPT_AFTER_EVICTION = 0.95
"""Making room is rare when it frees more than the one row that was too many."""
STATISTICS = tuple(table.name for table in TABLES if table.is_statistic)
# SQLite works through a whole batch in one call, during which Python's other threads run.
APPEND = (
    "INSERT INTO spool (id, table_name, payload, size, recorded_at, age_mark)"
    " SELECT json_extract(value, '$[0]'), ?, json_extract(value, '$[2]'),"
    " length(CAST(json_extract(value, '$[2]') AS BLOB)), json_extract(value, '$[1]'), ?"
    " FROM json_each(?)"
)
BATCH = (
    "SELECT CAST(group_concat("
    "   '[' || sequence || ',\"' || id || '\",' || payload || ']') AS BLOB)"
    " FROM (SELECT sequence, id, payload FROM spool WHERE table_name = ? AND sequence > ?"
    "   ORDER BY sequence LIMIT ?)"
)
# A sequence number alone could be another event's, in a file that took a corrupted one's place.
STILL_HERE = (
    "SELECT json_group_array(spool.sequence), count(*), coalesce(sum(spool.size), 0)"
    " FROM json_each(?) AS listed CROSS JOIN spool ON spool.sequence = json_extract(listed.value, '$[0]')"
    " AND spool.id = json_extract(listed.value, '$[1]')"
)
DEAD_LETTER = (
    "INSERT OR IGNORE INTO dead_letters (id, table_name, payload, size, recorded_at, reason, died_at)"
    " SELECT id, table_name, payload, size, recorded_at, ?, ? FROM spool WHERE sequence = ? AND id = ?"
)


class Spool:
    """Everything on one SQLite connection; used by one thread at a time. Its methods raise sqlite3.Error."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        max_bytes: int = MAX_BYTES,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db = connection
        self._max_bytes = max_bytes
        self._wall = wall
        self._clock = SpoolClock(connection, wall, monotonic)
        self._books = Books()
        self.withdrawn = 0
        """How many of the dropped events somebody wanted gone, since it was opened."""
        self._load()

    @property
    def accounts(self) -> Mapping[str, Account]:
        """The ledger, by table."""
        return self._books.accounts

    def append(self, *groups: tuple[str, Sequence[str]]) -> None:
        """Store events, for each group a table and its events as JSON arrays ``[id, recorded_at, row]``.

        The oldest go where the spool is full.
        """
        with self._transaction() as books:
            for table, items in groups:
                self._append(books, table, items)
            self._make_room(books)

    def batch(self, table: str, after: int, max_rows: int, max_bytes: int) -> list[Spooled]:
        """Return the oldest events of ``table`` behind sequence ``after``: at least one, if there is one."""
        sizes = self._db.execute(
            "SELECT size FROM spool WHERE table_name = ? AND sequence > ? ORDER BY sequence LIMIT ?",
            (table, after, max_rows),
        ).fetchall()
        running = itertools.accumulate(size for (size,) in sizes)
        count = sum(1 for _ in itertools.takewhile(lambda total: total <= max_bytes, running))
        (text,) = self._db.execute(BATCH, (table, after, max(count, 1))).fetchone()
        try:
            found: list[Any] = json.loads(b"[%b]" % (text or b""))
        except ValueError:
            self._dead_letter_damaged(table)
            return []
        return list(map(Spooled._make, sorted(found)))

    def acknowledge(self, table: str, events: Sequence[Spooled], inserted: int) -> None:
        """Forget events that the database has; ``inserted`` of them it did not have before.

        Events that are no longer here are not counted, so acknowledging twice changes nothing. A power cut
        may undo it; then they are sent again, and found to be duplicates.
        """
        with self._transaction("NORMAL") as books:
            removed = self._remove(books, [(event.sequence, event.id) for event in events])
            duplicate = min(len(events) - inserted, removed)
            books.add(table, Account(delivered=removed - duplicate, duplicate=duplicate, spooled=-removed))

    def dead_letter(self, table: str, sequence: int, identifier: str, reason: str) -> None:
        """Set one event aside with the ``reason`` why the database will never take it."""
        with self._transaction() as books:
            self._db.execute(DEAD_LETTER, (reason, self._wall(), sequence, identifier))
            removed = self._remove(books, [(sequence, identifier)])
            books.add(table, Account(spooled=-removed, dead=removed))
            self._limit_dead(books)

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """Return the newest dead letters."""
        rows = self._db.execute(
            "SELECT id, table_name, payload, recorded_at, reason, died_at FROM dead_letters"
            " ORDER BY sequence DESC LIMIT ?",
            (limit,),
        )
        return list(map(DeadLetter._make, rows))

    def replay(self, identifier: str | None = None) -> int:
        """Put one dead letter (None: every one) back in the queue, unless it is damaged; returns how many."""
        letters = self._items("dead_letters", identifier)
        with self._transaction() as books:
            self._db.execute(
                "DELETE FROM dead_letters WHERE (? IS NULL OR id = ?) AND json_valid(payload)",
                (identifier, identifier),
            )
            for table, items in letters.items():
                books.add(table, Account(recorded=-len(items), dead=-len(items)))
                self._append(books, table, items)
        return sum(map(len, letters.values()))

    def drop(self, identifier: str | None = None) -> int:
        """Drop one dead letter (None: every one) for good; returns how many there were."""
        which = "WHERE ? IS NULL OR id = ?"
        counts: list[tuple[str, int]] = self._db.execute(
            f"SELECT table_name, count(*) FROM dead_letters {which} GROUP BY table_name",  # noqa: S608
            (identifier, identifier),
        ).fetchall()
        with self._transaction() as books:
            self._db.execute(f"DELETE FROM dead_letters {which}", (identifier, identifier))  # noqa: S608
            for table, count in counts:
                books.add(table, Account(dead=-count, dropped=count))
        dropped = sum(count for _table, count in counts)
        self.withdrawn += dropped
        return dropped

    def carry_out_requests(self) -> None:
        """Do with dead letters what another process has asked for, see `bot.telemetry.dead_letters`."""
        for sequence, action, identifier in self._db.execute(
            "SELECT sequence, action, id FROM dead_letter_requests ORDER BY sequence"
        ).fetchall():
            (self.replay if action == "replay" else self.drop)(identifier)
            self._db.execute("DELETE FROM dead_letter_requests WHERE sequence = ?", (sequence,))

    def personal_rows(self, user_id: str) -> dict[str, list[Json]]:
        """Return every row about a person that waits here, by table."""
        return personal_rows(self._db, user_id)

    def erase_personal_rows(self, user_id: str, before: float) -> int:
        """Drop what a person said until ``before``, Unix seconds; returns how many rows were changed."""
        dropped = total(self.accounts.values()).dropped
        with self._transaction() as books:
            changed = erase_personal_rows(self._db, books, user_id, before)
        self.withdrawn += total(self.accounts.values()).dropped - dropped
        return changed

    def expire(self) -> None:
        """Drop what waited for more than seven days, and give freed pages back to the disk.

        Seven days are below the tables' retention, so that a row whose acknowledgement was lost is still
        there to be recognised as a duplicate.
        """
        horizon = self._clock.age - MAX_AGE_SECONDS
        with self._transaction() as books:
            self._drop(books, "SELECT sequence, size, table_name FROM spool WHERE age_mark < ?", (horizon,))
        self._db.execute("PRAGMA incremental_vacuum(2000)").fetchall()

    def network_sum(self, since: float, until: float) -> NetworkSum:
        """Add up the network samples that wait here, recorded in [since, until), Unix seconds."""
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(json_extract(payload, '$.bytes_sent')), 0),"
            " coalesce(sum(json_extract(payload, '$.bytes_recv')), 0)"
            " FROM spool WHERE table_name = ? AND recorded_at >= ? AND recorded_at < ?"
            " AND json_valid(payload)",
            (NETWORK_STATS.name, since, until),
        ).fetchone()
        return NetworkSum._make(row)

    def merge(self, other: Spool) -> None:
        """Take over everything of ``other``, which is then to be closed."""
        letters = other.dead_letters(MAX_DEAD)
        with self._transaction() as books:
            for table, account in other.accounts.items():
                books.add(table, account + Account(recorded=-account.spooled, spooled=-account.spooled))
            # What is here already was committed by a transaction that seemed to have failed.
            here = {identifier for (identifier,) in self._db.execute("SELECT id FROM spool")}
            for table, items in other._items("spool").items():
                self._append(books, table, [item for item in items if json.loads(item)[0] not in here])
            for letter in reversed(letters):
                self._db.execute(
                    "INSERT OR IGNORE INTO dead_letters"
                    " (id, table_name, payload, size, recorded_at, reason, died_at)"
                    " VALUES (:id, :table, :payload, length(:payload), :recorded_at, :reason, :died_at)",
                    letter._asdict(),
                )
            self._make_room(books)

    def close(self) -> None:
        """Close the connection; everything committed stays."""
        self._db.close()

    def _items(
        self, source: Literal["spool", "dead_letters"], identifier: str | None = None
    ) -> dict[str, list[str]]:
        """Return the events of ``source`` (or one of them) by table, oldest first, as `append` takes them."""
        items: dict[str, list[str]] = {}
        for table, item in self._db.execute(
            f"SELECT table_name, json_array(id, recorded_at, json(payload)) FROM {source}"  # noqa: S608 - one of our tables
            " WHERE (? IS NULL OR id = ?) AND json_valid(payload) ORDER BY sequence",
            (identifier, identifier),
        ):
            items.setdefault(table, []).append(item)
        return items

    def _load(self) -> None:
        """Read the ledger; what a damaged disk lost of the events is booked as dropped."""
        books = Books()
        for table, recorded, delivered, duplicate, dropped in self._db.execute(
            "SELECT table_name, recorded, delivered, duplicate, dropped FROM ledger"
        ):
            books.add(table, Account(recorded, delivered, duplicate, dropped=dropped))
        for table, spooled, size in self._db.execute(
            "SELECT table_name, count(*), sum(size) FROM spool GROUP BY table_name"
        ):
            books.add(table, Account(spooled=spooled))
            books.size += size + spooled * ROW_OVERHEAD
        for table, dead in self._db.execute(
            "SELECT table_name, count(*) FROM dead_letters GROUP BY table_name"
        ):
            books.add(table, Account(dead=dead))
        self._books = books
        lost = {table: account.balance for table, account in books.accounts.items() if account.balance}
        if lost:
            with self._transaction() as mended:
                for table, balance in lost.items():
                    mended.add(table, Account(dropped=max(balance, 0), recorded=max(-balance, 0)))

    @contextlib.contextmanager
    def _transaction(self, synchronous: Literal["FULL", "NORMAL"] = "FULL") -> Generator[Books]:
        """Change rows and ledger together; the ledger in memory follows only after the commit."""
        books = self._books.copy()
        self._db.execute(f"PRAGMA synchronous = {synchronous}")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield books
            self._write_ledger(books)
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:  # SQLite rolls some failures back by itself
                with contextlib.suppress(sqlite3.Error):  # the failure before it is the one to tell
                    self._db.execute("ROLLBACK")
        self._books = books

    def _write_ledger(self, books: Books) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO ledger (table_name, recorded, delivered, duplicate, dropped)"
            " VALUES (?, ?, ?, ?, ?)",
            [
                (table, account.recorded, account.delivered, account.duplicate, account.dropped)
                for table, account in books.accounts.items()
                if account != self._books.accounts.get(table)
            ],
        )
        self._clock.keep()

    def _append(self, books: Books, table: str, items: Sequence[str]) -> None:
        (last,) = self._db.execute("SELECT coalesce(max(sequence), 0) FROM spool").fetchone()
        inserted = self._db.execute(APPEND, (table, self._clock.age, f"[{','.join(items)}]")).rowcount
        (size,) = self._db.execute(
            "SELECT coalesce(sum(size), 0) FROM spool WHERE sequence > ?", (last,)
        ).fetchone()
        books.add(table, Account(recorded=inserted, spooled=inserted))
        books.size += size + inserted * ROW_OVERHEAD

    def _remove(self, books: Books, listed: Sequence[tuple[int, str]]) -> int:
        sequences, removed, size = self._db.execute(STILL_HERE, (json.dumps(listed),)).fetchone()
        self._db.execute("DELETE FROM spool WHERE sequence IN (SELECT value FROM json_each(?))", (sequences,))
        books.size -= size + removed * ROW_OVERHEAD
        return removed

    def _dead_letter_damaged(self, table: str) -> None:
        """Set aside what the disk has made unreadable."""
        query = "SELECT sequence, id, CAST(payload AS BLOB) FROM spool WHERE table_name = ?"
        for sequence, identifier, payload in self._db.execute(query, (table,)).fetchall():
            try:
                json.loads(payload)
            except ValueError:
                # SQLite gives no text that is no UTF-8, not to the doctor either.
                readable = (payload.decode(errors="replace"), sequence)
                self._db.execute("UPDATE spool SET payload = ? WHERE sequence = ?", readable)
                self.dead_letter(table, sequence, identifier, "its text in the spool is damaged")

    def _make_room(self, books: Books) -> None:
        if books.size <= self._max_bytes:
            return
        marks = ", ".join("?" * len(STATISTICS))
        for condition in (f"table_name IN ({marks})", f"table_name NOT IN ({marks})"):
            query = f"SELECT sequence, size, table_name FROM spool WHERE {condition} ORDER BY sequence"  # noqa: S608 - our own words
            self._drop(books, query, STATISTICS, down_to=self._max_bytes * KEPT_AFTER_EVICTION)

    def _drop(self, books: Books, query: str, parameters: tuple[object, ...], down_to: float = -1.0) -> None:
        """Drop the rows of ``query`` in its order until no more than ``down_to`` bytes are left."""
        victims: list[tuple[int]] = []
        with contextlib.closing(self._db.execute(query, parameters)) as cursor:
            for sequence, size, table in cursor:
                if books.size <= down_to:
                    break
                victims.append((sequence,))
                books.size -= size + ROW_OVERHEAD
                books.add(table, Account(spooled=-1, dropped=1))
        self._db.executemany("DELETE FROM spool WHERE sequence = ?", victims)

    def _limit_dead(self, books: Books) -> None:
        excess = sum(account.dead for account in books.accounts.values()) - MAX_DEAD
        if excess <= 0:
            return
        oldest = self._db.execute(
            "SELECT sequence, table_name FROM dead_letters ORDER BY sequence LIMIT ?", (excess,)
        ).fetchall()
        for sequence, table in oldest:
            books.add(table, Account(dead=-1, dropped=1))
            self._db.execute("DELETE FROM dead_letters WHERE sequence = ?", (sequence,))
