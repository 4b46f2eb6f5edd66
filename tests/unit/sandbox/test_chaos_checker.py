from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.telemetry.ledger import Account
from sandbox.chaos.checker import History, Truncation, check
from sandbox.chaos.journal import Recorded
from sandbox.chaos.process_run import RunResult
from sandbox.chaos.spool_file import SpoolState

TABLE = "music_logs"
MOMENT = 1_790_000_000
KILLED_AT = 100.0


def event(number: int, *, at: float = 10.0, **row: Any) -> Recorded:
    wall = (MOMENT + number) * 10**9
    return Recorded(f"{number:04}", TABLE, {"song_title": f"song {number}", **row}, at, wall, wall + 1000)


def row(number: int, **changes: Any) -> dict[str, Any]:
    moment = datetime.fromtimestamp(MOMENT + number, UTC)
    return {"id": f"{number:04}", "song_title": f"song {number}", "timestamp": moment, **changes}


def waiting(*numbers: int) -> dict[str, str]:
    return {f"{number:04}": TABLE for number in numbers}


def state(
    account: Account, *, left: dict[str, str] | None = None, dead: dict[str, str] | None = None
) -> SpoolState:
    return SpoolState(waiting=left or {}, dead=dead or {}, ledger={TABLE: account})


def run(*events: Recorded, after: SpoolState, before: SpoolState | None = None, **changes: Any) -> RunResult:
    before = before or SpoolState()
    return RunResult(events=list(events), before=before, after=after, reported=dict(before.ledger), **changes)


def history(
    *runs: RunResult, rows: list[dict[str, Any]], truncations: tuple[Truncation, ...] = ()
) -> History:
    return History(runs=runs, truncations=truncations, rows={TABLE: rows})


DELIVERED = state(Account(recorded=2, delivered=2))
SOUND = history(run(event(1), event(2), after=DELIVERED), rows=[row(1), row(2)])


def test_nothing_is_said_of_a_sound_history() -> None:
    assert check(SOUND).violations == []


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(1)], "is lost"),
        ([row(1), row(2), row(3)], "nobody recorded it"),
        ([row(1), row(2), row(2)], "is there twice"),
        ([row(1), row(2, song_title="another")], "recorded as"),
        ([row(1), row(2, timestamp=datetime.fromtimestamp(MOMENT, UTC))], "not when it was recorded"),
    ],
)
def test_rows_that_are_not_as_recorded_are_seen(rows: list[dict[str, Any]], words: str) -> None:
    violations = check(replace(SOUND, rows={TABLE: rows})).violations
    assert any(words in violation for violation in violations)


def test_odd_values_are_compared_as_postgresql_can_hold_them() -> None:
    given = event(1, song_title="a\0b\ud83d", ping=float("nan"), cpu=0.1, error_id=None)
    stored = row(1, song_title="a\ufffdb\ufffd", ping=None, cpu=0.10000000149011612, error_id=None)
    sound = history(run(given, after=state(Account(recorded=1, delivered=1))), rows=[stored])
    assert check(sound).violations == []


def test_a_kill_may_cost_what_was_recorded_in_its_window_and_nothing_older() -> None:
    kept = state(Account(recorded=1, delivered=1))
    young, old = event(2, at=KILLED_AT - 0.2), event(2, at=KILLED_AT - 0.3)
    verdict = check(history(run(event(1), young, after=kept, killed_at=KILLED_AT), rows=[row(1)]))
    assert verdict.violations == []
    assert verdict.lost_at_kills == {"0002": pytest.approx(0.2)}
    (violation,) = check(
        history(run(event(1), old, after=kept, killed_at=KILLED_AT), rows=[row(1)])
    ).violations
    assert "300 ms before the end" in violation


def test_an_asked_for_end_may_cost_nothing() -> None:
    kept = state(Account(recorded=1, delivered=1))
    (violation,) = check(history(run(event(1), event(2), after=kept), rows=[row(1)])).violations
    assert "is lost" in violation


def test_a_kill_between_recording_and_the_journal_is_no_violation_but_two_are() -> None:
    kept = state(Account(recorded=2, delivered=1, spooled=1), left=waiting(2))
    last = run(before=kept, after=DELIVERED)
    killed = run(event(1), after=kept, killed_at=KILLED_AT)
    assert check(history(killed, last, rows=[row(1), row(2)])).violations == []
    two = state(Account(recorded=3, delivered=1, spooled=2), left=waiting(2, 3))
    killed = run(event(1), after=two, killed_at=KILLED_AT)
    last = run(before=two, after=state(Account(recorded=3, delivered=3)))
    violations = check(history(killed, last, rows=[row(1), row(2), row(3)])).violations
    assert violations == ["run 1: 2 events are in the spool and in no journal"]


@pytest.mark.parametrize(
    "account",
    [
        Account(recorded=3, delivered=2, dropped=1),
        Account(recorded=1, delivered=1),
        Account(recorded=2, delivered=1),
        Account(recorded=2, delivered=1, dropped=1),
    ],
)
def test_a_ledger_that_is_not_exact_is_seen(account: Account) -> None:
    violations = check(
        history(run(event(1), event(2), after=state(account)), rows=[row(1), row(2)])
    ).violations
    assert any("ledger" in violation for violation in violations)


def test_a_ledger_that_begins_otherwise_than_it_ended_is_seen() -> None:
    wrong = replace(SOUND.runs[0], reported={TABLE: Account(recorded=1, dropped=1)})
    (violation,) = check(replace(SOUND, runs=[wrong])).violations
    assert "the ledger began as" in violation


def test_ids_that_run_backwards_are_seen() -> None:
    violations = check(history(run(event(2), event(1), after=DELIVERED), rows=[row(1), row(2)])).violations
    assert violations == ["run 1: 0001 was recorded after 0002 and sorts before it"]


def test_what_still_waits_at_the_end_is_seen() -> None:
    left = state(Account(recorded=2, delivered=1, spooled=1), left=waiting(2))
    violations = check(history(run(event(1), event(2), after=left), rows=[row(1)])).violations
    assert "1 events are still waiting" in violations


def test_poison_belongs_among_the_dead_and_nothing_else_does() -> None:
    poison = event(2, bytes_sent=-1)
    buried = state(Account(recorded=2, delivered=1, dead=1), dead=waiting(2))
    assert check(history(run(event(1), poison, after=buried), rows=[row(1)])).violations == []
    (violation,) = check(history(run(event(1), event(2), after=buried), rows=[row(1)])).violations[:1]
    assert "nothing is wrong with it" in violation
    violations = check(history(run(event(1), poison, after=DELIVERED), rows=[row(1), row(2)])).violations
    assert any("must not be in" in violation for violation in violations)


def broken(after: SpoolState, *, readable: SpoolState) -> History:
    """Return a history in which event 3 is destroyed with the file, and perhaps more."""
    before = state(Account(recorded=3, spooled=3), left=waiting(1, 2, 3))
    first = run(event(1), event(2), event(3), after=before, killed_at=KILLED_AT)
    delivered = after.ledger[TABLE]
    end = Account(delivered.recorded, delivered.spooled, dropped=delivered.dropped)
    last = run(before=after, after=state(end))
    cut = Truncation("file", before, readable, after)
    return history(first, last, rows=[row(int(number)) for number in after.waiting], truncations=(cut,))


READABLE = state(Account(recorded=3), left=waiting(1, 2))


def test_what_a_truncation_destroyed_is_accounted_for() -> None:
    after = state(Account(recorded=3, spooled=2, dropped=1), left=waiting(1, 2))
    verdict = check(broken(after, readable=READABLE))
    assert verdict.violations == []
    assert verdict.destroyed == {"0003"}


def test_what_could_be_read_after_a_truncation_must_not_be_lost() -> None:
    after = state(Account(recorded=3, spooled=1, dropped=2), left=waiting(1))
    violations = check(broken(after, readable=READABLE)).violations
    assert "file: 0002 could still be read and was lost" in violations


def test_a_truncation_that_the_ledger_does_not_show_is_seen() -> None:
    after = state(Account(recorded=2, spooled=2), left=waiting(1, 2))
    violations = check(broken(after, readable=READABLE)).violations
    assert any("the ledger of music_logs became" in violation for violation in violations)
