from __future__ import annotations

import json
import logging
import sqlite3
from typing import TYPE_CHECKING

import pytest

from bot.storage.database import open_database
from bot.telemetry import spool_keeper
from bot.telemetry.ledger import Account
from bot.telemetry.spool import Spool
from bot.telemetry.spool_keeper import SpoolKeeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHAT = "conversation_logs"


def append(keeper: SpoolKeeper, *ids: str, size: int = 1000) -> None:
    keeper.run(lambda spool: spool.append((CHAT, [json.dumps([each, 0, {"t": "x" * size}]) for each in ids])))


def ids(keeper: SpoolKeeper) -> list[str]:
    return [spooled.id for spooled in keeper.run(lambda spool: spool.batch(CHAT, 0, 10_000, 2**30))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "x.sqlite3"


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """Return the connections to the file that were opened, so that a test can spoil them."""
    opened: list[sqlite3.Connection] = []

    def opener(path: Path) -> sqlite3.Connection:
        opened.append(open_database(path))
        return opened[-1]

    monkeypatch.setattr(spool_keeper, "open_database", opener)
    return opened


@pytest.fixture
def keeper(path: Path, connections: list[sqlite3.Connection]) -> Iterator[SpoolKeeper]:
    keeper = SpoolKeeper(path, memory_bytes=20_000)
    yield keeper
    keeper.close()


def fill_disk(connection: sqlite3.Connection) -> None:
    """Make SQLite answer SQLITE_FULL, as it does when the disk is full."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_said_once_and_memory_takes_over_until_there_is_room(
    keeper: SpoolKeeper, connections: list[sqlite3.Connection], caplog: pytest.LogCaptureFixture
) -> None:
    append(keeper, "before")
    fill_disk(connections[0])
    append(keeper, "a", size=10_000)
    append(keeper, "b")
    keeper.mend()
    assert not keeper.on_disk
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "database or disk is full" in caplog.text
    assert ids(keeper) == ["a", "b"]
    assert keeper.accounts[CHAT] == Account(3, spooled=3)
    connections[0].execute("PRAGMA max_page_count = 100000")
    keeper.mend()
    assert keeper.on_disk
    assert ids(keeper) == ["before", "a", "b"]
    assert keeper.accounts[CHAT] == Account(3, spooled=3)


def test_memory_is_bounded_and_what_it_drops_is_counted(
    keeper: SpoolKeeper, connections: list[sqlite3.Connection], caplog: pytest.LogCaptureFixture
) -> None:
    fill_disk(connections[0])
    for n in range(40):
        append(keeper, f"{n:02}", size=2000)
    account = keeper.accounts[CHAT]
    assert 0 < account.spooled <= 10
    assert account == Account(40, spooled=account.spooled, dropped=40 - account.spooled)
    assert [record.message for record in caplog.records if "dropped" in record.message] == [
        "2 events of telemetry were dropped: the spool is full, or they waited too long"
    ]  # once a minute
    connections[0].execute("PRAGMA max_page_count = 100000")
    keeper.mend()
    assert keeper.accounts[CHAT] == account


def test_acknowledging_goes_on_while_the_disk_is_read_only(
    keeper: SpoolKeeper, connections: list[sqlite3.Connection]
) -> None:
    append(keeper, "old")
    connections[0].execute("PRAGMA query_only = on")
    append(keeper, "a", "b")
    keeper.run(lambda spool: spool.acknowledge(CHAT, spool.batch(CHAT, 0, 1, 1), 1))
    assert keeper.accounts[CHAT] == Account(3, delivered=1, spooled=2)
    connections[0].execute("PRAGMA query_only = off")
    keeper.mend()
    assert ids(keeper) == ["old", "b"]
    assert keeper.accounts[CHAT] == Account(3, delivered=1, spooled=2)


def test_a_directory_that_cannot_be_used_costs_durability_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").touch()
    keeper = SpoolKeeper(tmp_path / "data" / "x.sqlite3")
    append(keeper, "a")
    keeper.mend()
    assert not keeper.on_disk
    assert len(caplog.records) == 1
    (tmp_path / "data").unlink()
    keeper.mend()
    assert keeper.on_disk
    assert ids(keeper) == ["a"]
    keeper.close()


def test_a_file_that_breaks_while_in_use_is_replaced_and_the_event_kept(
    keeper: SpoolKeeper, path: Path, connections: list[sqlite3.Connection]
) -> None:
    append(keeper, *(f"{n:03}" for n in range(200)))
    connections[0].execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections[0].execute("PRAGMA shrink_memory")
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\x55" * (len(content) - 4096 * 3)
    path.write_bytes(content)
    append(keeper, "after")
    assert keeper.on_disk
    assert "after" in ids(keeper)
    assert list(path.parent.glob("*.corrupt-*"))
    account = keeper.accounts[CHAT]
    assert account.balance == 0
    assert account.spooled == len(ids(keeper))


def test_what_even_memory_refuses_is_written_off(keeper: SpoolKeeper) -> None:
    append(keeper, "a")
    keeper.write_off(CHAT, 2)
    assert keeper.accounts[CHAT] == Account(3, spooled=1, dropped=2)


def test_a_spool_that_cannot_do_it_at_all_says_so(keeper: SpoolKeeper) -> None:
    with pytest.raises(sqlite3.OperationalError, match="malformed JSON"):
        keeper.run(lambda spool: Spool.append(spool, (CHAT, ["[broken"])))
