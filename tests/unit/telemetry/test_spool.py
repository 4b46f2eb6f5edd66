from __future__ import annotations

import json
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.storage.database import connect
from bot.telemetry.events import NetworkSum
from bot.telemetry.ledger import Account, total
from bot.telemetry.spool import MAX_AGE_SECONDS, MAX_DEAD, Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

CHAT, PLAY, STATS, NETWORK = "conversation_logs", "music_logs", "system_stats", "network_stats"


class Clocks:
    """Wall and monotonic time that a test moves."""

    def __init__(self) -> None:
        self.wall = 1_800_000_000.0
        self.monotonic = 50.0

    def sleep(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds


def item(identifier: str, recorded_at: float = 1_800_000_000.5, **row: object) -> str:
    return json.dumps([identifier, recorded_at, {"id": identifier, **row}])


def items(*identifiers: str) -> list[str]:
    return [item(identifier) for identifier in identifiers]


def ids(spool: Spool, table: str = CHAT) -> list[str]:
    return [spooled.id for spooled in spool.batch(table, 0, 10_000, 2**30)]


def acknowledge(spool: Spool, table: str, identifiers: Collection[str], inserted: int) -> None:
    events = [event for event in spool.batch(table, 0, 10_000, 2**30) if event.id in identifiers]
    spool.acknowledge(table, events, inserted)


def dead_letter(spool: Spool, table: str, identifier: str, reason: str) -> None:
    (event,) = (event for event in spool.batch(table, 0, 10_000, 2**30) if event.id == identifier)
    spool.dead_letter(table, event.sequence, event.id, reason)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def open_spool(tmp_path: Path, clocks: Clocks) -> Iterator[Callable[..., Spool]]:
    opened: list[Spool] = []

    def opener(**options: int) -> Spool:
        spool = Spool(
            connect(tmp_path / "x.sqlite3"),
            wall=lambda: clocks.wall,
            monotonic=lambda: clocks.monotonic,
            **options,
        )
        opened.append(spool)
        return spool

    yield opener
    for spool in opened:
        spool.close()


def test_rows_come_back_whole_and_in_order(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append((CHAT, [item("b", prompt='"引用" \\ \n', number=2**62, real=0.1), item("a")]))
    spool.append((PLAY, items("c")))
    spool.append((CHAT, items("d")))
    batch = spool.batch(CHAT, 0, 500, 2**18)
    assert [spooled.id for spooled in batch] == ["b", "a", "d"]
    assert batch[0].row == {"id": "b", "prompt": '"引用" \\ \n', "number": 2**62, "real": 0.1}


def test_a_batch_is_bounded_by_rows_and_bytes_but_has_at_least_one_row(
    open_spool: Callable[..., Spool],
) -> None:
    spool = open_spool()
    spool.append((CHAT, [item(name, text="x" * 1000) for name in "abcd"]))
    assert len(spool.batch(CHAT, 0, 3, 2**18)) == 3
    assert len(spool.batch(CHAT, 0, 500, 2500)) == 2
    assert len(spool.batch(CHAT, 0, 500, 10)) == 1
    first = spool.batch(CHAT, 0, 1, 2**18)[0]
    assert [spooled.id for spooled in spool.batch(CHAT, first.sequence, 500, 2**18)] == ["b", "c", "d"]


def test_everything_survives_reopening(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append((CHAT, items("a", "b", "c", "d")))
    acknowledge(spool, CHAT, ["a", "b"], 1)
    dead_letter(spool, CHAT, "c", "refused")
    assert spool.accounts[CHAT] == Account(4, delivered=1, duplicate=1, spooled=1, dead=1)
    again = open_spool()
    assert again.accounts == spool.accounts
    assert ids(again) == ["d"]
    assert again.dead_letters(10)[0][:2] == ("c", CHAT)


def test_acknowledging_twice_changes_nothing(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append((CHAT, items("a", "b")))
    batch = spool.batch(CHAT, 0, 1, 1)
    for _ in range(2):
        spool.acknowledge(CHAT, batch, 1)
    assert spool.accounts[CHAT] == Account(2, delivered=1, spooled=1)


def test_an_acknowledgement_of_another_files_event_is_not_taken(open_spool: Callable[..., Spool]) -> None:
    spool, replaced = open_spool(), Spool(connect(None))
    spool.append((CHAT, items("a")))
    replaced.append((CHAT, items("b")))
    spool.acknowledge(CHAT, replaced.batch(CHAT, 0, 1, 1), 1)
    replaced.close()
    assert ids(spool) == ["a"]


def test_a_failed_change_leaves_rows_and_ledger_as_they_were(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append((CHAT, items("a")))
    with pytest.raises(sqlite3.OperationalError, match="malformed JSON"):
        spool.append((CHAT, ["[broken"]))
    assert spool.accounts[CHAT] == Account(1, spooled=1)
    assert ids(spool) == ["a"]


def test_the_oldest_statistics_go_before_any_log(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool(max_bytes=40_000)
    spool.append((CHAT, [item(f"chat{n}", text="x" * 1000) for n in range(10)]))
    spool.append((STATS, [item(f"stat{n}", text="x" * 1000) for n in range(20)]))
    spool.append((CHAT, [item(f"late{n}", text="x" * 1000) for n in range(10)]))
    assert spool.accounts[CHAT] == Account(20, spooled=20)
    dropped = spool.accounts[STATS].dropped
    assert dropped > 0
    assert ids(spool, STATS) == [f"stat{n}" for n in range(dropped, 20)]


def test_the_oldest_logs_go_when_there_are_no_statistics_left(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool(max_bytes=10_000)
    spool.append((STATS, items("stat")))
    spool.append((CHAT, [item(f"{n:02}", text="x" * 1000) for n in range(20)]))
    dropped = spool.accounts[CHAT].dropped
    assert spool.accounts[STATS] == Account(1, dropped=1)
    assert ids(spool) == [f"{n:02}" for n in range(dropped, 20)]
    assert spool.accounts[CHAT].balance == 0


def test_what_waits_for_more_than_seven_days_is_dropped_and_counted(
    open_spool: Callable[..., Spool], clocks: Clocks
) -> None:
    spool = open_spool()
    spool.append((CHAT, items("old")))
    clocks.sleep(MAX_AGE_SECONDS)
    spool.append((CHAT, items("new")))
    spool.expire()
    assert ids(spool) == ["old", "new"]
    clocks.sleep(1)
    spool.expire()
    assert ids(spool) == ["new"]
    assert spool.accounts[CHAT] == Account(2, spooled=1, dropped=1)


def test_a_clock_that_is_set_does_not_make_events_old(
    open_spool: Callable[..., Spool], clocks: Clocks
) -> None:
    spool = open_spool()
    spool.append((CHAT, items("a")))
    clocks.wall += 60 * 365 * 86_400  # a board without a battery learns the time
    spool.expire()
    spool.append((CHAT, items("b")))
    clocks.wall -= 40 * 365 * 86_400
    open_spool().expire()
    assert ids(spool) == ["a", "b"]


def test_time_counts_while_the_process_is_down(open_spool: Callable[..., Spool], clocks: Clocks) -> None:
    open_spool().append((CHAT, items("a")))
    clocks.wall += MAX_AGE_SECONDS + 1
    spool = open_spool()
    spool.expire()
    assert spool.accounts[CHAT] == Account(1, dropped=1)


def test_dead_letters_come_back_to_the_queue(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append((CHAT, [item("a", prompt="x"), item("b")]))
    dead_letter(spool, CHAT, "a", "22P05: no")
    letter = spool.dead_letters(10)[0]
    assert (letter.id, letter.reason, json.loads(letter.payload)) == (
        "a",
        "22P05: no",
        {"id": "a", "prompt": "x"},
    )
    assert spool.replay() == 1
    assert ids(spool) == ["b", "a"]
    assert spool.accounts[CHAT] == Account(2, spooled=2)


def test_dead_letters_are_bounded(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append((CHAT, items(*(f"{n:05}" for n in range(3)))))
    connection = spool._db
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO dead_letters SELECT i, 'old' || i, ?, '{}', 2, 0, 'no', 0 FROM n",
        (MAX_DEAD - 1, PLAY),
    )
    connection.execute("INSERT INTO ledger VALUES (?, ?, 0, 0, 0)", (PLAY, MAX_DEAD - 1))
    spool = open_spool()
    for identifier in ids(spool):
        dead_letter(spool, CHAT, identifier, "no")
    assert spool.accounts[CHAT] == Account(3, dead=3)
    assert spool.accounts[PLAY] == Account(MAX_DEAD - 1, dead=MAX_DEAD - 3, dropped=2)


def test_damaged_text_is_set_aside(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append((CHAT, items("a", "b")))
    spool._db.execute("UPDATE spool SET payload = CAST(x'7b22ff' AS TEXT) WHERE id = 'a'")
    assert ids(spool) == []
    assert ids(spool) == ["b"]
    assert spool.accounts[CHAT] == Account(2, spooled=1, dead=1)


@pytest.mark.parametrize("is_set_aside", [False, True])
@pytest.mark.parametrize("damaged", [b'{"user_id":"7","prompt":"said by 7', b'{"said by 7\xff', b"said by 7"])
def test_what_a_disk_has_damaged_keeps_nobody_from_erasing_and_goes_with_that(
    open_spool: Callable[..., Spool], damaged: bytes, *, is_set_aside: bool
) -> None:
    spool = open_spool()
    spool.append((CHAT, [item("a", 1.0, user_id="7"), item("b", 1.0, user_id="8"), item("c", 1.0)]))
    spool._db.execute("UPDATE spool SET payload = CAST(? AS TEXT) WHERE id = 'c'", (damaged,))
    if is_set_aside:
        assert ids(spool) == []
        assert [letter.id for letter in spool.dead_letters(10)] == ["c"]

    assert len(spool.personal_rows("7")[CHAT]) == 1
    assert spool.erase_personal_rows("7", 2.0) == 1
    assert ids(spool) == ["b"]
    assert spool.dead_letters(10) == []
    assert spool.accounts[CHAT] == Account(3, spooled=1, dropped=2)
    assert "said by 7" not in "\n".join(spool._db.iterdump())


def test_a_damaged_dead_letter_can_be_dropped_and_is_not_replayed(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append((CHAT, items("a", "b")))
    dead_letter(spool, CHAT, "b", "no")
    spool._db.execute("UPDATE spool SET payload = '{' WHERE id = 'a'")
    assert ids(spool) == []

    assert spool.replay() == 1
    assert ids(spool) == ["b"]
    assert spool.drop() == 1
    assert spool.accounts[CHAT] == Account(2, spooled=1, dropped=1)


def test_a_damaged_sample_keeps_nobody_from_adding_up(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append((NETWORK, [item(f"{at}", at, bytes_sent=1, bytes_recv=2) for at in (1, 2)]))
    spool._db.execute("UPDATE spool SET payload = '{' WHERE id = '1'")
    assert spool.network_sum(0, 10) == NetworkSum(1, 1, 2)


def test_waiting_network_samples_add_up_by_their_time(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append(
        (NETWORK, [item(f"{at}", at, bytes_sent=at, bytes_recv=2**40) for at in range(100, 200, 10)])
    )
    assert spool.network_sum(110, 140) == NetworkSum(3, 110 + 120 + 130, 3 * 2**40)
    assert spool.network_sum(float("-inf"), float("inf")).samples == 10
    assert spool.network_sum(500, 600) == NetworkSum(0, 0, 0)


def test_absorbing_keeps_order_ledger_and_dead_letters(open_spool: Callable[..., Spool]) -> None:
    spool, other = open_spool(), Spool(connect(None))
    spool.append((CHAT, items("a")))
    other.append((CHAT, items("b", "c", "d", "a")))  # "a" was committed after all
    acknowledge(other, CHAT, ["b"], 1)
    dead_letter(other, CHAT, "c", "no")
    spool.merge(other)
    other.close()
    assert ids(spool) == ["a", "d"]
    assert spool.accounts[CHAT] == Account(4, delivered=1, spooled=2, dead=1)


def test_events_that_a_damaged_disk_lost_are_booked_as_dropped(open_spool: Callable[..., Spool]) -> None:
    spool = open_spool()
    spool.append((CHAT, items("a", "b")))
    spool._db.execute("DELETE FROM spool WHERE id = 'a'")
    assert open_spool().accounts[CHAT] == Account(2, spooled=1, dropped=1)
    spool._db.execute("DELETE FROM ledger")
    assert open_spool().accounts[CHAT] == Account(1, spooled=1)


TABLE_NAMES = st.sampled_from([CHAT, STATS])


class SpoolAndDatabase(RuleBasedStateMachine):
    """A spool that is killed at any moment, and a database whose answers get lost."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.recorded: dict[str, list[str]] = {CHAT: [], STATS: []}
        self.database: dict[str, list[str]] = {CHAT: [], STATS: []}
        self.poison: set[str] = set()
        self.may_drop = False

    @initialize(small=st.booleans())
    def begin(self, small: bool) -> None:
        self.may_drop = small
        self.open()

    def open(self) -> None:
        self.spool = Spool(
            connect(Path(self.directory.name) / "x.sqlite3"), max_bytes=3_000 if self.may_drop else 2**20
        )

    @rule(table=TABLE_NAMES, count=st.integers(1, 8), poison=st.booleans())
    def record(self, table: str, count: int, poison: bool) -> None:
        new = [f"{table}-{len(self.recorded[table]) + n}" for n in range(count)]
        self.recorded[table] += new
        if poison:
            self.poison.add(new[0])
        self.spool.append((table, items(*new)))

    @rule(table=TABLE_NAMES, size=st.integers(1, 6), answer_is_lost=st.booleans())
    def deliver(self, table: str, size: int, answer_is_lost: bool) -> None:
        batch = self.spool.batch(table, 0, size, 2**18)
        good = [event for event in batch if event.id not in self.poison]
        new = [event.id for event in good if event.id not in self.database[table]]
        self.database[table] += new
        if answer_is_lost:
            return
        self.spool.acknowledge(table, good, len(new))
        for event in batch:
            if event not in good:
                self.spool.dead_letter(table, event.sequence, event.id, "poison")

    @rule()
    def revive_the_mended(self) -> None:
        self.poison.clear()
        self.spool.replay()

    @rule(table=TABLE_NAMES)
    def fail_in_the_middle(self, table: str) -> None:
        with pytest.raises(sqlite3.OperationalError):
            self.spool.append((table, [*items("never"), "[broken"]))

    @rule()
    def kill_and_restart(self) -> None:
        before = self.spool.accounts
        self.spool._db.close()  # nothing is said to SQLite that a killed process would not have said
        self.open()
        assert self.spool.accounts == before

    @invariant()
    def the_ledger_balances(self) -> None:
        for table, account in self.spool.accounts.items():
            assert account.balance == 0
            assert min(account.delivered, account.duplicate, account.spooled, account.dead) >= 0
            assert account.recorded == len(self.recorded[table])

    def teardown(self) -> None:
        self.poison.clear()
        self.spool.replay()
        for table, recorded in self.recorded.items():
            while self.spool.batch(table, 0, 1, 1):
                self.deliver(table, 6, answer_is_lost=False)
            arrived = self.database[table]
            assert len(set(arrived)) == len(arrived)
            account = self.spool.accounts.get(table, Account())
            assert account.spooled == account.dead == 0
            lost = set(recorded) - set(arrived)
            assert len(lost) <= account.dropped
            assert self.may_drop or not lost
        assert self.may_drop or not total(self.spool.accounts.values()).dropped
        self.spool.close()
        self.directory.cleanup()


TestSpoolAndDatabase = SpoolAndDatabase.TestCase
TestSpoolAndDatabase.settings = settings(max_examples=25, stateful_step_count=25)
