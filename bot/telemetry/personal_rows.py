"""The rows about one person that wait in the SQLite file: found, and erased."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.telemetry.ledger import ROW_OVERHEAD, Account
from bot.telemetry.tables import CONVERSATION_LOGS, GEMINI_USAGE, MUSIC_LOGS

if TYPE_CHECKING:
    import sqlite3

    from bot.storage.json_value import Json
    from bot.telemetry.ledger import Books

NOBODY = "0"
"""In the place of an id; no Discord id."""
NO_NAME = "-"
ABOUT = {CONVERSATION_LOGS.name: "user_id", GEMINI_USAGE.name: "user_id", MUSIC_LOGS.name: "requested_by_id"}
"""The column with a person's id, by table."""
NAMELESS = {
    GEMINI_USAGE.name: f"'$.user_id', '{NOBODY}'",
    MUSIC_LOGS.name: f"'$.requested_by_id', '{NOBODY}', '$.requested_by', '{NO_NAME}'",
}
"""What takes the name out of a row that stays; as ``erase_personal_data`` of the database does."""
PLACES = ("spool", "dead_letters")
_IS_ABOUT = "table_name = ? AND json_valid(payload) AND json_extract(payload, ?) = ?"
_IS_DAMAGED = "table_name = ? AND NOT json_valid(payload)"
"""Text that a disk has spoilt: whose it is, nobody can tell."""


def personal_rows(db: sqlite3.Connection, user_id: str) -> dict[str, list[Json]]:
    """Return every waiting row about a person, by table, oldest first; raises sqlite3.Error."""
    found: dict[str, list[Json]] = {}
    for table, column in ABOUT.items():
        for place in PLACES:
            query = f"SELECT CAST(payload AS BLOB) FROM {place} WHERE {_IS_ABOUT} ORDER BY sequence"  # noqa: S608 - our own names
            rows = db.execute(query, (table, f"$.{column}", user_id))
            found.setdefault(table, []).extend(
                json.loads(payload.decode(errors="replace")) for (payload,) in rows
            )
    return found


def erase_personal_rows(db: sqlite3.Connection, books: Books, user_id: str, before: float) -> int:
    """Drop what a person said until ``before`` (Unix seconds), and take their name out of the rest.

    What is damaged goes, too: it may be theirs, and no database takes it any more. Belongs into a
    transaction; returns how many rows about the person it changed. Raises sqlite3.Error.
    """
    changed = 0
    for table, column in ABOUT.items():
        for place in PLACES:
            about = f"{_IS_ABOUT} AND recorded_at <= ?"
            parameters = (table, f"$.{column}", user_id, before)
            if table in NAMELESS:
                old = _size(db, place, about, parameters)
                marked = f"SELECT sequence FROM {place} WHERE {about}"  # noqa: S608 - our own names
                sequences = [sequence for (sequence,) in db.execute(marked, parameters)]
                _rename(db, place, table, sequences)
                listed = "sequence IN (SELECT value FROM json_each(?))"
                new = _size(db, place, listed, (json.dumps(sequences),))
                changed += len(sequences)
                books.size += new - old if place == "spool" else 0
            else:
                changed += _delete(db, books, place, table, about, parameters)
            _delete(db, books, place, table, f"{_IS_DAMAGED} AND recorded_at <= ?", (table, before))
    return changed


def _delete(
    db: sqlite3.Connection, books: Books, place: str, table: str, which: str, parameters: tuple[object, ...]
) -> int:
    size = _size(db, place, which, parameters)
    gone = db.execute(f"DELETE FROM {place} WHERE {which}", parameters).rowcount  # noqa: S608 - our own names
    if place == "spool":
        books.size -= size + gone * ROW_OVERHEAD
        books.add(table, Account(spooled=-gone, dropped=gone))
    else:
        books.add(table, Account(dead=-gone, dropped=gone))
    return gone


def _size(db: sqlite3.Connection, place: str, condition: str, parameters: tuple[object, ...]) -> int:
    query = f"SELECT coalesce(sum(size), 0) FROM {place} WHERE {condition}"  # noqa: S608 - our own names
    (size,) = db.execute(query, parameters).fetchone()
    return size


def _rename(db: sqlite3.Connection, place: str, table: str, sequences: list[int]) -> None:
    listed = "sequence IN (SELECT value FROM json_each(?))"
    update = f"UPDATE {place} SET payload = json_set(payload, {NAMELESS[table]}) WHERE {listed}"  # noqa: S608
    measure = f"UPDATE {place} SET size = length(CAST(payload AS BLOB)) WHERE {listed}"  # noqa: S608
    for statement in (update, measure):
        db.execute(statement, (json.dumps(sequences),))
