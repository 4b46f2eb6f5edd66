"""Starts the process under test again and again under changing faults, until enough was recorded."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from sandbox.chaos.checker import History, Truncation
from sandbox.chaos.driver import RunOptions
from sandbox.chaos.fault_schedule import TABLES, FaultSchedule
from sandbox.chaos.process_run import ChaosError, ProcessRun, RunResult
from sandbox.chaos.spool_file import SpoolState, cut, read_spool, readable_parts

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.supabase.stack import SupabaseStack

ENDS = ("kill", "kill", "cut", "kill", "stop", "cut", "kill")
"""How runs end; "cut" is a kill after which the spool is truncated."""
RUN_SHARES = (0.03, 0.09)
"""How long a run lasts, as shares of the whole."""
SHORTEST_RUN = 0.8
SPARE_RATE = 1.6
"""Nothing is recorded while the process starts."""
WORTH_CUTTING = 50
"""Events in the spool, below which a truncation would prove little."""


@dataclass(slots=True, kw_only=True)
class Chaos:
    """All of it, on a Supabase that is running; everything random comes from ``seed``."""

    stack: SupabaseStack
    directory: Path
    seed: int
    events: int
    seconds: float
    faults: FaultSchedule = field(init=False)
    kills: int = 0
    stops: int = 0
    clock_jumps: int = 0
    _runs: list[RunResult] = field(default_factory=list[RunResult])
    _truncations: list[Truncation] = field(default_factory=list[Truncation])
    _spool: SpoolState = field(default_factory=SpoolState)
    _clock_offset: float = 0.0
    _number: int = 0
    _rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        # A generator each, so that what one draws does not depend on how fast the other was.
        self._rng = random.Random(f"runs {self.seed}")  # noqa: S311 - repeatable, not secret
        self.faults = FaultSchedule(self.stack, random.Random(f"faults {self.seed}"))  # noqa: S311

    async def run(self) -> None:
        """Cause it, then let everything arrive; raises ChaosError if that does not come to an end."""
        (self.directory / "data").mkdir(parents=True, exist_ok=True)
        self.faults.start()
        ends: list[str] = []
        recorded = 0
        cut_next = False
        try:
            while recorded < self.events:
                ends = ends or self._rng.sample(ENDS, len(ENDS))
                end = ends.pop()
                recorded += len((await self._run_until(end)).events)
                cut_next = cut_next or end == "cut"
                if cut_next and end != "stop" and len(self._spool.waiting) >= WORTH_CUTTING:
                    cut_next = False
                    await self._truncate()
        finally:
            await self.faults.stop()
        run = self._new_run(rate=0.0, until_drained=True)
        await run.start()
        self._note(await run.end())

    async def history(self) -> History:
        """Return what happened, with what PostgreSQL holds now."""
        rows: dict[str, list[dict[str, Any]]] = {}
        async with await psycopg.AsyncConnection.connect(self.stack.dsn) as connection:
            cursor = connection.cursor(row_factory=dict_row)
            for table in TABLES:
                await cursor.execute(sql.SQL("select * from {}").format(sql.Identifier("public", table)))
                rows[table] = await cursor.fetchall()
        return History(runs=self._runs, truncations=self._truncations, rows=rows)

    async def _run_until(self, end: str) -> RunResult:
        run = self._new_run(rate=SPARE_RATE * self.events / self.seconds)
        await run.start()
        await asyncio.sleep(max(self._rng.uniform(*RUN_SHARES) * self.seconds, SHORTEST_RUN))
        if end == "stop":
            self.stops += 1
            result = await run.stop()
        else:
            self.kills += 1
            result = await run.kill()
        self._clock_offset = run.clock_offset
        self.clock_jumps += run.clock_jumps
        return self._note(result)

    async def _truncate(self) -> None:
        """Cut the spool, and have the code under test open what is left, without sending anything."""
        run = self._new_run(rate=0.0, open_only=True)
        before = self._spool
        what = await asyncio.to_thread(cut, run.spool, self._rng)
        readable = await asyncio.to_thread(readable_parts, run.spool)
        await run.start()
        result = await run.end()
        if result.events:
            raise ChaosError("opening the spool recorded something")
        self._spool = await asyncio.to_thread(read_spool, run.spool)
        self._truncations.append(Truncation(what, before, readable, self._spool))

    def _new_run(self, *, rate: float, open_only: bool = False, until_drained: bool = False) -> ProcessRun:
        self._number += 1
        options = RunOptions(
            journal=self.directory / f"journal-{self._number}.jsonl",
            seed=self._rng.randrange(2**32),
            clock_offset=self._clock_offset,
            rate=rate,
            open_only=open_only,
            until_drained=until_drained,
        )
        environment = {"DISCORD_TOKEN": "x", "SHARD_COUNT": "1", **self.stack.environment()}
        return ProcessRun(options, environment, self.directory / "data", self._spool)

    def _note(self, result: RunResult) -> RunResult:
        self._runs.append(result)
        self._spool = result.after
        return result
