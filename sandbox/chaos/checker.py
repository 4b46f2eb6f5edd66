"""Compares PostgreSQL, the spool and the journals, event by event; pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.telemetry.ledger import Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sandbox.chaos.journal import Recorded
    from sandbox.chaos.process_run import RunResult
    from sandbox.chaos.spool_file import SpoolState

WINDOW = 0.25
"""Seconds before a kill whose events may be lost."""
TIME_COLUMNS = {"network_stats": "recorded_at"}
"""The column of an event's own time, where it is not ``timestamp``."""
EPOCH = datetime.fromtimestamp(0, UTC)
FLOAT4 = 1e-6
"""Relative precision of PostgreSQL's ``real``."""


class Truncation(NamedTuple):
    """A spool that was cut while no process had it."""

    what: str
    before: SpoolState
    readable: SpoolState
    """What was still to be found in the broken file, by somebody else than the code under test."""
    after: SpoolState
    """What the code under test made of it."""


@dataclass(slots=True, kw_only=True)
class History:
    """Everything that happened, and what PostgreSQL holds at its end."""

    runs: Sequence[RunResult]
    truncations: Sequence[Truncation]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    """By table."""


@dataclass(slots=True)
class Verdict:
    """What was found."""

    violations: list[str] = field(default_factory=list[str])
    lost_at_kills: dict[str, float] = field(default_factory=dict[str, float])
    """Events that were lost, with their age in seconds when the process was killed."""
    destroyed: set[str] = field(default_factory=set[str])
    """Events that a truncation took from the spool, or made unreadable in it."""
    unjournaled: set[str] = field(default_factory=set[str])
    """Events that a kill caught between being recorded and being written into the journal."""
    dead: set[str] = field(default_factory=set[str])


def check(history: History) -> Verdict:
    """Return everything that is not as it must be."""
    verdict = Verdict()
    stored = {str(row["id"]) for rows in history.rows.values() for row in rows}
    for number, run in enumerate(history.runs, 1):
        verdict.violations += [f"run {number}: {words}" for words in _run(run, stored, verdict)]
    for truncation in history.truncations:
        verdict.violations += [f"{truncation.what}: {words}" for words in _truncation(truncation, verdict)]
    verdict.violations += _rows(history, verdict)
    return verdict


def is_poison(event: Recorded) -> bool:
    """Tell whether the database must refuse this event."""
    tokens = event.row.get("prompt_tokens")
    return event.row.get("bytes_sent", 0) < 0 or (tokens is not None and tokens >= 2**31)


def _run(run: RunResult, stored: set[str], verdict: Verdict) -> Iterator[str]:
    if run.reported != run.before.ledger:
        yield f"the ledger began as {run.reported}, after {run.before.ledger}"
    kept = run.after.ids | stored
    for event in run.events:
        if event.id in kept:
            continue
        age = math.inf if run.killed_at is None else run.killed_at - event.at
        verdict.lost_at_kills[event.id] = age
        if age >= WINDOW:
            yield f"{event.table} {event.id} is lost, recorded {age * 1000:.0f} ms before the end"
    for earlier, later in zip(run.events, run.events[1:], strict=False):
        if earlier.id >= later.id:
            yield f"{later.id} was recorded after {earlier.id} and sorts before it"
    journaled = {event.id for event in run.events}
    unjournaled = run.after.ids - run.before.ids - journaled
    if len(unjournaled) > (run.killed_at is not None):
        yield f"{len(unjournaled)} events are in the spool and in no journal"
    verdict.unjournaled |= unjournaled
    yield from _ledger(run, kept, stored)


def _ledger(run: RunResult, kept: set[str], stored: set[str]) -> Iterator[str]:
    """Check that the change of the ledger is exactly what became of the events."""
    tables = {event.id: event.table for event in run.events if event.id in kept}
    taken = Counter((run.after.waiting | run.after.dead | tables | run.before.waiting).values())
    committed = (run.after.waiting | run.after.dead | tables).items() - (
        run.before.waiting | run.before.dead
    ).items()
    gone = (run.before.waiting.items() | committed) - (run.after.waiting | run.after.dead).items()
    for identifier, table in gone:
        if identifier not in stored:
            yield f"{table} {identifier} was acknowledged, and PostgreSQL does not have it"
    recorded, sent = Counter(table for _, table in committed), Counter(table for _, table in gone)
    for table in taken:
        before = run.before.ledger.get(table, Account())
        after = run.after.ledger.get(table, Account())
        if after.balance:
            yield f"the ledger of {table} does not add up: {after}"
        changes = {
            "recorded": (after.recorded - before.recorded, recorded[table]),
            "delivered or found": (
                after.delivered + after.duplicate - before.delivered - before.duplicate,
                sent[table],
            ),
            "dropped": (after.dropped - before.dropped, 0),
        }
        for word, (booked, counted) in changes.items():
            if booked != counted:
                yield f"the ledger of {table} says {booked} {word}, and it was {counted}"


def _truncation(cut: Truncation, verdict: Verdict) -> Iterator[str]:
    verdict.destroyed |= cut.before.ids - cut.readable.ids
    for identifier in cut.readable.ids - cut.after.ids:
        yield f"{identifier} could still be read and was lost"
    for table in cut.readable.ledger.keys() | cut.after.ledger.keys():
        before = cut.readable.ledger.get(table, Account())
        after = cut.after.ledger.get(table, Account())
        missing = (before + Account(spooled=after.spooled, dead=after.dead)).balance
        booked = (after.recorded - before.recorded, after.dropped - before.dropped)
        if after.balance or booked != (max(-missing, 0), max(missing, 0)):
            yield f"the ledger of {table} became {after}, from {before} and what was left"


def _rows(history: History, verdict: Verdict) -> Iterator[str]:
    """Compare what must be in PostgreSQL with what is there."""
    events = {event.id: event for event in events_of(history)}
    final = history.runs[-1].after
    verdict.dead |= final.dead.keys()
    if final.waiting:
        yield f"{len(final.waiting)} events are still waiting"
    seen: set[str] = set()
    for table, rows in history.rows.items():
        for row in rows:
            identifier = str(row["id"])
            if identifier in seen:
                yield f"{table} {identifier} is there twice"
            seen.add(identifier)
            if identifier in events:
                yield from _differences(events[identifier], table, row)
            elif identifier not in verdict.unjournaled:
                yield f"{table} {identifier} is there, and nobody recorded it"
    excused = verdict.destroyed | verdict.lost_at_kills.keys()
    for identifier, event in events.items():
        if identifier in final.dead and identifier not in verdict.destroyed and not is_poison(event):
            yield f"{event.table} {identifier} was set aside, and nothing is wrong with it"
        place = final.dead if is_poison(event) else seen
        if identifier not in place and identifier not in excused:
            yield f"{event.table} {identifier} is missing"


def _differences(event: Recorded, table: str, row: Mapping[str, Any]) -> Iterator[str]:
    if event.table != table or is_poison(event):
        yield f"{event.table} {event.id} must not be in {table}"
        return
    for column, given in event.row.items():
        if not _same(given, row[column]):
            yield f"{table} {event.id}: {column} is {row[column]!r}, recorded as {given!r}"
    moment: datetime = row[TIME_COLUMNS.get(table, "timestamp")]
    microseconds = (moment - EPOCH) // timedelta(microseconds=1)
    if not event.before_ns // 1000 - 1 <= microseconds <= event.after_ns // 1000 + 1:
        yield f"{table} {event.id}: its time is {moment}, which is not when it was recorded"


def _same(given: object, stored: object) -> bool:
    """Tell whether ``stored`` is what PostgreSQL can hold of ``given``."""
    match given:
        case float():
            if not math.isfinite(given):
                return stored is None
            return isinstance(stored, float | int) and math.isclose(given, stored, rel_tol=FLOAT4)
        case str():
            return str(stored) == re.sub("[\0\ud800-\udfff]", "\ufffd", given)
        case _:
            return given == stored


def events_of(history: History) -> Iterable[Recorded]:
    """Return every journaled event."""
    return (event for run in history.runs for event in run.events)
