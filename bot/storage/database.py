"""The SQLite file under ``DATA_DIR``: spool, dead letters, ledger, state, songs; opened, mended if broken."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from bot.log_setup import unrecorded_logger
from bot.storage.salvage import salvage

if TYPE_CHECKING:
    from pathlib import Path

log = unrecorded_logger(__name__)

COLUMNS = {
    "spool": "id, table_name, payload, size, recorded_at, age_mark",
    "dead_letters": "id, table_name, payload, size, recorded_at, reason, died_at",
    "ledger": "table_name, recorded, delivered, duplicate, dropped",
    "spool_clock": "only, age, wall",
    "state": "key, value",
    "collections": "owner, name, maker_id, tracks",
}
SCHEMA = """
CREATE TABLE IF NOT EXISTS spool (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  table_name TEXT NOT NULL,
  payload TEXT NOT NULL,
  size INTEGER NOT NULL,
  recorded_at REAL NOT NULL,
  age_mark REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS spool_by_table ON spool (table_name, sequence);
CREATE TABLE IF NOT EXISTS dead_letters (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  table_name TEXT NOT NULL,
  payload TEXT NOT NULL,
  size INTEGER NOT NULL,
  recorded_at REAL NOT NULL,
  reason TEXT NOT NULL,
  died_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS ledger (
  table_name TEXT PRIMARY KEY,
  recorded INTEGER NOT NULL,
  delivered INTEGER NOT NULL,
  duplicate INTEGER NOT NULL,
  dropped INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS spool_clock (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  age REAL NOT NULL,
  wall REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS dead_letter_requests (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  action TEXT NOT NULL,
  id TEXT
);
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS collections (
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  maker_id INTEGER NOT NULL,
  tracks TEXT NOT NULL,
  PRIMARY KEY (owner, name)
);
"""
BUSY_SECONDS = 30.0
"""How long one connection waits for another: `bot.storage.purge` takes seconds for a full spool."""
CORRUPTED = ".corrupt-"
"""Comes after the name of a file that was set aside."""
_replacing = threading.Lock()
"""Held while a file is replaced: the spool's thread and the state's may both find it broken."""
# https://www.sqlite.org/rescode.html
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_corruption(error: sqlite3.Error) -> bool:
    """Tell a broken file from trouble with the disk around it."""
    # The low byte of an extended result code is the primary one.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _CORRUPT


def connect(path: Path | None) -> sqlite3.Connection:
    """Open ``path`` (None: in memory) durably and make its tables; raises sqlite3.Error or OSError.

    The connection is in autocommit mode and may move between threads, one at a time.
    """
    if path is not None:
        _finish_replacement(path)
    connection = sqlite3.connect(
        path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        # Must come before the first table: pages freed after an outage go back to the disk.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 4194304")
        connection.execute("PRAGMA secure_delete = FAST")  # Debian's default writes every freed page again
        connection.executescript(SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def open_database(path: Path) -> sqlite3.Connection:
    """Open ``path``; a corrupted file is set aside under another name and what is readable of it copied back.

    Raises sqlite3.Error or OSError when the disk cannot be used.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _replacing:
        try:
            connection = connect(path)
            with contextlib.closing(connection.execute("PRAGMA quick_check(1)")) as check:
                if check.fetchone() == ("ok",):
                    return connection
            connection.close()
        except sqlite3.DatabaseError as error:
            if not is_corruption(error):
                raise
        return _replace(path)


def replace_corrupted(path: Path) -> sqlite3.Connection:
    """Put a new file with every readable row in the place of this one, which is kept under another name.

    A kill at any moment leaves the old file or the new one. Raises sqlite3.Error or OSError.
    """
    with _replacing:
        return _replace(path)


def _replace(path: Path) -> sqlite3.Connection:
    fresh = _fresh(path)
    _move(fresh, None)
    with contextlib.closing(connect(fresh)) as connection:
        copied = {table: salvage(path, table, columns, connection) for table, columns in COLUMNS.items()}
    aside = path.with_name(f"{path.name}{CORRUPTED}{time.strftime('%Y%m%dT%H%M%S')}-{time.monotonic_ns()}")
    _move(path, aside)
    _finish_replacement(path)
    log.error("%s was corrupted: kept as %s; rows saved from it: %s", path.name, aside.name, copied)
    return connect(path)


def _fresh(path: Path) -> Path:
    """Return where the successor of ``path`` is made; it is whole as soon as ``path`` is away."""
    return path.with_name(f"{path.name}.mending")


def _finish_replacement(path: Path) -> None:
    """Do the last step of a replacement, perhaps one during which the process was killed."""
    fresh = _fresh(path)
    if fresh.exists() and not path.exists():
        _move(path, None)  # a write-ahead log of the old file would be taken for the new one's
        fresh.rename(path)


def _move(path: Path, target: Path | None) -> None:
    """Rename a database with its companions, or delete what there is of it; the file itself goes first."""
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if target is None:
            file.unlink(missing_ok=True)
        elif file.exists():
            file.rename(target.with_name(target.name + suffix))
