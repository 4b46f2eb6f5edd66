"""Dead letters seen from another process: read, and replayed or dropped, whether the bot runs or not.

A running bot keeps its ledger in memory, so it is asked to do it, through a table that it reads every few
seconds; without one, this process does it itself. SQLite's WAL lets both look into the file.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Literal

from bot.config import ConfigError
from bot.storage.data_lock import DataLock
from bot.storage.database import connect
from bot.telemetry.events import DeadLetter
from bot.telemetry.ledger import Account
from bot.telemetry.spool import MAX_DEAD, Spool

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

Action = Literal["replay", "drop"]
Outcome = Literal["done", "asked", "late"]

ANSWER_SECONDS = 15.0
# One statement, so that a bot which writes meanwhile is seen at one moment.
LEDGER = (
    "SELECT coalesce(sum(recorded), 0), coalesce(sum(delivered), 0), coalesce(sum(duplicate), 0),"
    " (SELECT count(*) FROM spool), (SELECT count(*) FROM dead_letters), coalesce(sum(dropped), 0)"
    " FROM ledger"
)
LOOK_SECONDS = 0.1


def read_ledger(path: Path) -> Account | None:
    """Return the sum of the ledger as it stands on disk, None without a file; raises sqlite3.Error."""
    if not path.exists():
        return None
    with contextlib.closing(connect(path)) as connection:
        row = connection.execute(LEDGER).fetchone()
        return Account(*row)


def read_letters(path: Path) -> list[DeadLetter]:
    """Return every dead letter, newest first; raises sqlite3.Error."""
    if not path.exists():
        return []
    with contextlib.closing(connect(path)) as connection:
        rows = connection.execute(
            "SELECT id, table_name, payload, recorded_at, reason, died_at FROM dead_letters"
            " ORDER BY sequence DESC LIMIT ?",
            (MAX_DEAD,),
        )
        return list(map(DeadLetter._make, rows))


def settle(path: Path, action: Action, identifier: str | None) -> Outcome:
    """Replay or drop one dead letter (None: every one), and wait until that is done; raises sqlite3.Error."""
    try:
        lock = DataLock(path.parent)
    except ConfigError:
        return _ask_the_bot(path, action, identifier)
    try:
        with contextlib.closing(connect(path)) as connection:
            spool = Spool(connection)
            (spool.replay if action == "replay" else spool.drop)(identifier)
    finally:
        lock.release()
    return "done"


def _ask_the_bot(path: Path, action: Action, identifier: str | None) -> Outcome:
    with contextlib.closing(connect(path)) as connection:
        request = connection.execute(
            "INSERT INTO dead_letter_requests (action, id) VALUES (?, ?)", (action, identifier)
        ).lastrowid
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if not _is_open(connection, request):
                return "asked"
            time.sleep(LOOK_SECONDS)
    return "late"


def _is_open(connection: sqlite3.Connection, request: int | None) -> bool:
    query = "SELECT 1 FROM dead_letter_requests WHERE sequence = ?"
    return connection.execute(query, (request,)).fetchone() is not None
