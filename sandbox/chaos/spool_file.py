"""The spool's file seen from outside, while no process has it: what it holds, and how to break it."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.telemetry.ledger import Account

if TYPE_CHECKING:
    import random
    from collections.abc import Generator

FILES = ("", "-wal")
LEDGER = "SELECT table_name, recorded, delivered, duplicate, dropped FROM ledger"
READ_BROKEN = "PRAGMA writable_schema = ON"
"""Otherwise SQLite reads nothing at all of a file that was cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolState:
    """What a spool holds: ids of events with their tables, dead letters likewise, and the ledger.

    In the ledger, what is spooled and dead was counted; the other figures are the file's own.
    """

    waiting: dict[str, str] = field(default_factory=dict[str, str])
    dead: dict[str, str] = field(default_factory=dict[str, str])
    ledger: dict[str, Account] = field(default_factory=dict[str, Account])

    @property
    def ids(self) -> set[str]:
        """Every event that is here."""
        return self.waiting.keys() | self.dead.keys()


def read_spool(path: Path) -> SpoolState:
    """Return what a sound file holds; works on a copy, so that not even its WAL is touched."""
    if not path.exists():
        return SpoolState()
    with _copy(path) as copy, contextlib.closing(sqlite3.connect(copy)) as connection:
        waiting = dict(connection.execute("SELECT id, table_name FROM spool"))
        dead = dict(connection.execute("SELECT id, table_name FROM dead_letters"))
        ledger = {
            table: Account(*counts, dropped=dropped) for table, *counts, dropped in connection.execute(LEDGER)
        }
    for ids, one in ((waiting, Account(spooled=1)), (dead, Account(dead=1))):
        for table in ids.values():
            ledger[table] = ledger.get(table, Account()) + one
    return SpoolState(waiting=waiting, dead=dead, ledger=ledger)


def readable_parts(path: Path) -> SpoolState:
    """Return what SQLite still finds in a broken file, each event looked up by itself; spares the file."""
    with _copy(path) as copy:
        waiting, dead = (_look_up(copy, table) for table in ("spool", "dead_letters"))
        ledger: dict[str, Account] = {}
        with (
            contextlib.closing(sqlite3.connect(copy)) as connection,
            contextlib.suppress(sqlite3.DatabaseError),
        ):
            connection.execute(READ_BROKEN)
            for table, *counts, dropped in connection.execute(LEDGER):
                ledger[table] = Account(*counts, dropped=dropped)
        return SpoolState(waiting=waiting, dead=dead, ledger=ledger)


def _look_up(path: Path, table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    query = f"SELECT id, table_name FROM {table} WHERE sequence = ? AND json_valid(payload)"  # noqa: S608 - two names
    with contextlib.closing(sqlite3.connect(path)) as connection:
        try:
            connection.execute(READ_BROKEN)
            last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        except sqlite3.DatabaseError:
            return found
        for sequence in range(last[0] if last else 0, 0, -1):
            with contextlib.suppress(sqlite3.DatabaseError, UnicodeDecodeError):
                found.update(connection.execute(query, (sequence,)))
    return found


def cut(path: Path, rng: random.Random) -> str:
    """Cut the end off the file or its write-ahead log, in the middle of a record; returns what was done."""
    candidates = [file for suffix in FILES if (file := path.with_name(path.name + suffix)).exists()]
    victim = rng.choice([file for file in candidates if file.stat().st_size])
    size = victim.stat().st_size
    left = int(size * rng.uniform(0.6, 0.98)) | 1  # odd: never at the end of a page or frame
    with victim.open("r+b") as file:
        file.truncate(left)
    return f"{victim.name} from {size} to {left} bytes"


@contextlib.contextmanager
def _copy(path: Path) -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="otonari-chaos-") as directory:
        for suffix in FILES:
            source = path.with_name(path.name + suffix)
            if source.exists():
                shutil.copyfile(source, Path(directory) / source.name)
        yield Path(directory) / path.name
