from __future__ import annotations

import contextlib
import json
import logging
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from bot.storage import database
from bot.storage.database import connect, is_corruption, open_database
from bot.telemetry.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 2_000


@pytest.fixture
def full_file(tmp_path: Path) -> Path:
    """Return a spool of many pages, closed."""
    path = tmp_path / "x.sqlite3"
    connection = connect(path)
    spool = Spool(connection)
    spool.append(
        ("music_logs", [json.dumps([f"{n:05}", n, {"song_title": f"{n} " * 50}]) for n in range(ROWS)])
    )
    connection.execute("INSERT INTO state VALUES ('key', '1')")
    spool.close()
    return path


def kept(connection: sqlite3.Connection) -> int:
    with contextlib.closing(connection):
        (count,) = connection.execute("SELECT count(*) FROM spool").fetchone()
        return count


def set_aside(path: Path) -> list[Path]:
    return [each for each in path.parent.glob("*.corrupt-*") if not each.name.endswith(("-wal", "-shm"))]


def test_a_healthy_file_is_opened_as_it_is(full_file: Path) -> None:
    assert kept(open_database(full_file)) == ROWS
    assert not set_aside(full_file)


def test_a_commit_reaches_the_disk_before_it_returns(tmp_path: Path) -> None:
    with contextlib.closing(connect(tmp_path / "x.sqlite3")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_a_truncated_file_is_set_aside_and_its_readable_rows_are_saved(
    full_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = full_file.read_bytes()
    full_file.write_bytes(whole[: len(whole) * 2 // 3 + 100])  # in the middle of a page
    saved = kept(open_database(full_file))
    assert 0 < saved < ROWS
    assert [each.stat().st_size for each in set_aside(full_file)] == [len(whole) * 2 // 3 + 100]
    assert "was corrupted: kept as" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_page_of_rubbish_costs_only_its_own_rows(full_file: Path) -> None:
    whole = bytearray(full_file.read_bytes())
    middle = len(whole) // 2 // 4096 * 4096
    whole[middle : middle + 4096] = b"\xaa" * 4096
    full_file.write_bytes(whole)
    assert ROWS * 0.9 < kept(open_database(full_file)) <= ROWS
    with contextlib.closing(sqlite3.connect(full_file)) as connection:
        assert connection.execute("SELECT * FROM state").fetchall() == [("key", "1")]


def test_a_file_of_something_else_is_kept_under_another_name(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    path.write_bytes(b"This is a letter to my aunt. " * 1000)
    assert kept(open_database(path)) == 0
    assert [each.read_bytes()[:14] for each in set_aside(path)] == [b"This is a lett"]


def test_trouble_with_the_disk_is_not_corruption(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").mkdir()
    with pytest.raises(sqlite3.OperationalError) as caught:
        open_database(tmp_path / "x.sqlite3")
    assert not is_corruption(caught.value)
    assert not set_aside(tmp_path / "x.sqlite3")


class Killed(BaseException):
    """Ends a replacement half way, as SIGKILL would."""


@pytest.mark.parametrize("step", range(8))
def test_a_kill_while_a_broken_file_is_replaced_costs_nothing(
    full_file: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = full_file.read_bytes()
    full_file.write_bytes(whole[: len(whole) * 2 // 3 + 100])
    untouched = full_file.with_name("copy.sqlite3")
    shutil.copyfile(full_file, untouched)
    readable = kept(open_database(untouched))
    steps = iter(range(100))

    def killed_at(change: Callable[..., Any]) -> Callable[..., Any]:
        def until_then(*arguments: Any, **options: Any) -> Any:
            if next(steps) == step:
                raise Killed
            return change(*arguments, **options)

        return until_then

    with monkeypatch.context() as patched, contextlib.suppress(Killed):
        patched.setattr(type(full_file), "rename", killed_at(type(full_file).rename))
        patched.setattr(database, "salvage", killed_at(database.salvage))
        open_database(full_file).close()
    assert kept(open_database(full_file)) == readable
