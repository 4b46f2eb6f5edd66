from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.storage import purge as module
from bot.storage.database import connect
from bot.storage.purge import Purge, purge, purged_afterwards
from bot.storage.state import State
from tests.support.telemetry import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS = "誰にも見せない言葉 xyzzy"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with words that were deleted, which are still in it."""
    path = tmp_path / "otonari.sqlite3"
    with closing(connect(path)) as connection:
        connection.executemany("INSERT INTO state VALUES (?, ?)", [(str(n), WORDS * 50) for n in range(200)])
        connection.execute("INSERT INTO state VALUES ('kept', '1')")
        connection.execute("DELETE FROM state WHERE key != 'kept'")
    assert words_in(tmp_path)
    return path


def words_in(directory: Path) -> list[str]:
    """Return the names of the files in which the words can still be read."""
    return [path.name for path in directory.iterdir() if WORDS.encode() in path.read_bytes()]


def test_what_was_deleted_is_in_no_file_any_more(file: Path) -> None:
    purge(file)
    assert words_in(file.parent) == []
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT key FROM state").fetchall() == [("kept",)]
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)  # incremental, as before


def test_others_who_have_the_file_open_see_no_difference(file: Path) -> None:
    with closing(connect(file)) as other:
        assert other.execute("SELECT count(*) FROM state").fetchone() == (1,)
        purge(file)
        other.execute("INSERT INTO state VALUES ('new', '2')")
        assert other.execute("SELECT count(*) FROM state").fetchone() == (2,)
    purge(file)
    assert words_in(file.parent) == []


def test_copies_of_a_corrupted_file_go_with_it(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(f"otonari.sqlite3.corrupt-20260101T000000-1{suffix}").write_text(WORDS)
    purge(file)
    assert words_in(file.parent) == []


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    purge(tmp_path / "music.sqlite3")
    assert [*tmp_path.iterdir()] == []


@contextmanager
def a_reader(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM state").fetchone()
        yield


def test_while_somebody_reads_what_was_deleted_it_is_not_called_gone(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.01)
    with a_reader(file), pytest.raises(sqlite3.OperationalError):
        purge(file)
    purge(file)
    assert words_in(file.parent) == []


async def purged(state: State, *files: Path) -> None:
    """Run a purge until nothing is due."""
    running = Purge(state, *files)
    running.start()
    await until(lambda: not state.keys("storage.purge."))
    await running.close()


async def test_a_deletion_is_purged_when_it_is_done(file: Path) -> None:
    state = State(file)
    running = Purge(state, file)
    running.start()
    async with purged_afterwards(state):
        with closing(connect(file)) as connection:
            connection.execute("DELETE FROM state WHERE key = 'kept'")
        await asyncio.sleep(0)
        assert words_in(file.parent)
    await until(lambda: not state.keys("storage.purge."))
    await running.close()
    assert words_in(file.parent) == []


async def test_what_a_killed_process_had_begun_is_purged_at_the_next_start(file: Path) -> None:
    before = State(file)
    deleting = purged_afterwards(before)
    await deleting.__aenter__()
    await purged(State(file), file)
    assert words_in(file.parent) == []


async def test_a_purge_that_fails_is_told_once_and_tried_again(
    file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    state, tries = State(file), 0

    def failing(path: Path) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise sqlite3.OperationalError("database or disk is full")
        purge(path)

    monkeypatch.setattr(module, "purge", failing)
    async with purged_afterwards(state):
        pass
    await purged(state, file)
    assert words_in(file.parent) == []
    told = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.getMessage().count("database or disk is full") for record in told] == [1]
