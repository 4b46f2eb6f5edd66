"""Copies from a broken SQLite file whatever can still be read."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Row: TypeAlias = tuple[int, *tuple[object, ...]]

LOOK_UPS = 500_000
"""Rows that are looked up one by one at most, newest first: about as many as fit into a full spool."""


def salvage(source: Path, table: str, columns: str, target: sqlite3.Connection) -> int:
    """Copy every row of ``table`` that can be read whole from ``source``; returns how many.

    SQLite reads the lost end of a page as NULs, which no text of ours contains: such a row is torn.

    ``columns`` are those to copy, separated by commas. Raises sqlite3.Error if ``target`` cannot be written.
    """
    marks = ", ".join("?" * (columns.count(",") + 2))
    insert = f"INSERT OR IGNORE INTO {table} (rowid, {columns}) VALUES ({marks})"  # noqa: S608 - our own names
    before = target.total_changes
    target.execute("BEGIN IMMEDIATE")
    for row in _readable_rows(source, table, columns):
        if any(isinstance(value, str) and "\0" in value for value in row):
            continue
        with contextlib.suppress(sqlite3.IntegrityError):
            target.execute(insert, row)
    target.execute("COMMIT")
    return target.total_changes - before


def _readable_rows(source: Path, table: str, columns: str) -> Iterator[Row]:
    """Yield rows from both ends up to the damage, then what lies between, each looked up by itself."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(source)) as connection:
        connection.execute("PRAGMA writable_schema = ON")  # otherwise SQLite reads nothing of a cut file
        select = f"SELECT rowid, {columns} FROM {table}"  # noqa: S608 - our own names
        first = last = 0
        for row in _until_damage(connection, f"{select} ORDER BY rowid"):
            last = row[0]
            yield row
        for row in _until_damage(connection, f"{select} WHERE rowid > {last} ORDER BY rowid DESC"):
            first = row[0]
            yield row
        end = first or _highest_rowid(connection, table) + 1
        for rowid in range(end - 1, max(last, end - LOOK_UPS), -1):
            yield from _until_damage(connection, f"{select} WHERE rowid = {rowid}")


def _until_damage(connection: sqlite3.Connection, query: str) -> Iterator[Row]:
    with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
        yield from connection.execute(query)


def _highest_rowid(connection: sqlite3.Connection, table: str) -> int:
    """Return the highest that a table ever gave, as SQLite remembers it; 0 where it does not."""
    # https://www.sqlite.org/autoinc.html
    query = "SELECT seq FROM sqlite_sequence WHERE name = ?"
    return max((seq for (seq,) in connection.execute(query, (table,))), default=0)
