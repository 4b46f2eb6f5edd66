"""What people read at the end: what was injected, what it cost, and what is not as it must be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.telemetry.ledger import total
from sandbox.chaos.checker import WINDOW, events_of, is_poison
from sandbox.chaos.fault_schedule import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sandbox.chaos.checker import History, Verdict
    from sandbox.chaos.run import Chaos

SHOWN = 3


def report(chaos: Chaos, history: History, verdict: Verdict) -> str:
    """Return the tables as Markdown."""
    lines = ["| fault | injected | cost |", "|---|--:|---|"]
    lines += [f"| {what} | {count:,} | {cost} |" for what, count, cost in _faults(chaos, history, verdict)]
    lines += ["", "| events | |", "|---|--:|"]
    lines += [f"| {what} | {count:,} |" for what, count in _events(history, verdict)]
    lines.append("")
    if not verdict.violations:
        lines.append("Nothing lost beyond that, nothing twice, every time kept, every ledger exact. ✅")
    else:
        lines.append(f"❌ {len(verdict.violations)} violations:")
        lines += _by_kind(verdict.violations)
    return "\n".join(lines)


def _by_kind(violations: Sequence[str]) -> Iterator[str]:
    """Yield the first few of each kind of violation: the same words but for ids and numbers."""
    kinds: dict[str, list[str]] = {}
    for words in violations:
        kinds.setdefault(re.sub(r"[0-9a-f-]{36}|\d+|\w+_(stats|logs)", "…", words), []).append(words)
    for alike in kinds.values():
        yield from (f"  {words}" for words in alike[:SHOWN])
        if len(alike) > SHOWN:
            yield f"  … and {len(alike) - SHOWN:,} like these"


def _faults(chaos: Chaos, history: History, verdict: Verdict) -> Iterator[tuple[str, int, str]]:
    ledger = total(history.runs[-1].after.ledger.values())
    for kind in KINDS:
        cost = "none"
        if kind == "commits, then drops the answer":
            cost = f"none; {ledger.duplicate:,} rows were sent again and recognised"
        yield kind, chaos.faults.injected[kind], cost
    lost = verdict.lost_at_kills
    oldest = max(lost.values(), default=0.0)
    yield (
        "kill -9",
        chaos.kills,
        f"{len(lost):,} events, the oldest {oldest * 1000:.0f} ms old ({WINDOW * 1000:.0f} ms allowed)",
    )
    yield "SIGTERM", chaos.stops, "none"
    waiting = sum(len(one.before.waiting) for one in history.truncations)
    yield (
        "spool truncated in the middle of a record",
        len(history.truncations),
        f"{len(verdict.destroyed):,} of the {waiting:,} events in it; all that could be read were saved",
    )
    yield "clock set by up to half an hour", chaos.clock_jumps, "none"
    poison = sum(map(is_poison, events_of(history)))
    dead = len(verdict.dead - verdict.destroyed)
    yield "poison rows", poison, f"{dead:,} set aside with the reason, and no neighbour"


def _events(history: History, verdict: Verdict) -> Iterator[tuple[str, int]]:
    yield "recorded", sum(1 for _ in events_of(history)) + len(verdict.unjournaled)
    rows = {str(row["id"]) for found in history.rows.values() for row in found}
    yield "in PostgreSQL, column by column as recorded", len(rows)
    yield "set aside as dead letters", len(verdict.dead - verdict.destroyed)
    yield "lost at kills", len(verdict.lost_at_kills)
    yield "destroyed with the file and not sent before", len(verdict.destroyed - rows)
