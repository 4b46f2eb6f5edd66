from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from bot.storage.salvage import salvage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = 4096
ROWS = 3_000
TABLE = "CREATE TABLE t (sequence INTEGER PRIMARY KEY AUTOINCREMENT, words TEXT NOT NULL)"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a file of many pages whose rows have lived: the pages are not in the order of the rows."""
    path = tmp_path / "source.sqlite3"
    rows = [(f"{number} " * 30,) for number in range(ROWS)]
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(TABLE)
        connection.executemany("INSERT INTO t (words) VALUES (?)", rows)
        connection.execute("DELETE FROM t WHERE sequence < 1000")
        connection.executemany("INSERT INTO t (words) VALUES (?)", rows)
        connection.commit()
    return path


@pytest.fixture
def target() -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(TABLE)
        yield connection


def found_one_by_one(path: Path) -> set[int]:
    """Return the rows of a broken file that a look-up finds."""
    found: set[int] = set()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        for sequence in range(1, 2 * ROWS + 1):
            query = f"SELECT sequence, words FROM t WHERE sequence = {sequence}"
            with contextlib.suppress(sqlite3.DatabaseError, UnicodeDecodeError):
                found.update(row for row, _ in connection.execute(query))
    return found


def saved(source: Path, target: sqlite3.Connection) -> set[int]:
    count = salvage(source, "t", "words", target)
    rows = {row for (row,) in target.execute("SELECT sequence FROM t")}
    assert len(rows) == count
    return rows


def test_a_sound_file_is_copied_whole(source: Path, target: sqlite3.Connection) -> None:
    assert saved(source, target) == found_one_by_one(source)
    assert target.execute("SELECT words FROM t WHERE sequence = 1000").fetchone() == ("999 " * 30,)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_every_row_that_a_cut_file_still_has_is_saved(
    source: Path, target: sqlite3.Connection, share: float
) -> None:
    whole = source.read_bytes()
    source.write_bytes(whole[: int(len(whole) * share) | 1])
    readable = found_one_by_one(source)
    assert readable
    assert saved(source, target) >= readable


def test_rows_between_two_damaged_places_are_saved(source: Path, target: sqlite3.Connection) -> None:
    content = bytearray(source.read_bytes())
    pages = len(content) // PAGE
    for page in (pages // 3, pages // 2):
        content[page * PAGE : (page + 1) * PAGE] = b"\xaa" * PAGE
    source.write_bytes(content)
    readable = found_one_by_one(source)
    assert saved(source, target) == readable
    assert len(readable) > ROWS


def test_a_file_without_the_table_gives_nothing(tmp_path: Path, target: sqlite3.Connection) -> None:
    assert saved(tmp_path / "empty.sqlite3", target) == set()
    (tmp_path / "letter").write_bytes(b"Dear aunt, " * 1000)
    assert saved(tmp_path / "letter", target) == set()


def test_a_row_that_is_torn_is_left_behind(source: Path, target: sqlite3.Connection) -> None:
    with contextlib.closing(sqlite3.connect(source)) as connection:
        connection.execute("UPDATE t SET words = 'co' || char(0, 0, 0) WHERE sequence = 4000")
        connection.commit()
    assert 4000 not in (rows := saved(source, target))
    assert {3999, 4001} <= rows
