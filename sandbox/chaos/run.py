"""Runs the chaos: lives of the process under test in changing weather, until enough was recorded."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from sandbox.chaos.checker import Story, Truncation
from sandbox.chaos.driver import Orders
from sandbox.chaos.life import ChaosError, Left, Life
from sandbox.chaos.spool_file import SpoolState, cut, read_spool, readable_parts
from sandbox.chaos.weather import TABLES, Weather

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.supabase.stack import SupabaseStack

ENDS = ("kill", "kill", "cut", "kill", "stop", "cut", "kill")
"""How lives end; "cut" is a kill after which the spool is truncated."""
LIFE_SHARES = (0.03, 0.09)
"""How long a life lasts, as shares of the whole."""
SHORTEST_LIFE = 0.8
SPARE_RATE = 1.6
"""Nothing is recorded while the process starts."""
WORTH_CUTTING = 50
"""Events in the spool, below which a truncation would prove little."""


@dataclass(slots=True, kw_only=True)
class Chaos:
    """One run on a Supabase that is running; everything random comes from ``seed``."""

    stack: SupabaseStack
    directory: Path
    seed: int
    events: int
    seconds: float
    weather: Weather = field(init=False)
    kills: int = 0
    stops: int = 0
    clock_jumps: int = 0
    _lives: list[Left] = field(default_factory=list[Left])
    _truncations: list[Truncation] = field(default_factory=list[Truncation])
    _spool: SpoolState = field(default_factory=SpoolState)
    _clock_offset: float = 0.0
    _number: int = 0
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        # Dice of their own, so that what one draws does not depend on how fast the other was.
        self._dice = random.Random(f"lives {self.seed}")  # noqa: S311 - repeatable, not secret
        self.weather = Weather(self.stack, random.Random(f"weather {self.seed}"))  # noqa: S311

    async def run(self) -> None:
        """Cause it, then let everything arrive; raises ChaosError if that does not come to an end."""
        (self.directory / "data").mkdir(parents=True, exist_ok=True)
        self.weather.start()
        ends: list[str] = []
        recorded = 0
        cut_next = False
        try:
            while recorded < self.events:
                ends = ends or self._dice.sample(ENDS, len(ENDS))
                end = ends.pop()
                recorded += len((await self._live(end)).events)
                cut_next = cut_next or end == "cut"
                if cut_next and end != "stop" and len(self._spool.waiting) >= WORTH_CUTTING:
                    cut_next = False
                    await self._truncate()
        finally:
            await self.weather.clear()
        life = self._life(rate=0.0, until_drained=True)
        await life.start()
        self._note(await life.end())

    async def story(self) -> Story:
        """Return what happened, with what PostgreSQL holds now."""
        rows: dict[str, list[dict[str, Any]]] = {}
        async with await psycopg.AsyncConnection.connect(self.stack.dsn) as connection:
            cursor = connection.cursor(row_factory=dict_row)
            for table in TABLES:
                await cursor.execute(sql.SQL("select * from {}").format(sql.Identifier("public", table)))
                rows[table] = await cursor.fetchall()
        return Story(lives=self._lives, truncations=self._truncations, rows=rows)

    async def _live(self, end: str) -> Left:
        life = self._life(rate=SPARE_RATE * self.events / self.seconds)
        await life.start()
        await asyncio.sleep(max(self._dice.uniform(*LIFE_SHARES) * self.seconds, SHORTEST_LIFE))
        if end == "stop":
            self.stops += 1
            left = await life.stop()
        else:
            self.kills += 1
            left = await life.kill()
        self._clock_offset = life.clock_offset
        self.clock_jumps += life.clock_jumps
        return self._note(left)

    async def _truncate(self) -> None:
        """Cut the spool, and have the code under test open what is left, without sending anything."""
        life = self._life(rate=0.0, open_only=True)
        before = self._spool
        what = await asyncio.to_thread(cut, life.spool, self._dice)
        readable = await asyncio.to_thread(readable_parts, life.spool)
        await life.start()
        left = await life.end()
        if left.events:
            raise ChaosError("opening the spool recorded something")
        self._spool = await asyncio.to_thread(read_spool, life.spool)
        self._truncations.append(Truncation(what, before, readable, self._spool))

    def _life(self, *, rate: float, open_only: bool = False, until_drained: bool = False) -> Life:
        self._number += 1
        orders = Orders(
            journal=self.directory / f"journal-{self._number}.jsonl",
            seed=self._dice.randrange(2**32),
            clock_offset=self._clock_offset,
            rate=rate,
            open_only=open_only,
            until_drained=until_drained,
        )
        environment = {"DISCORD_TOKEN": "none", "SHARD_COUNT": "1", **self.stack.environment()}
        return Life(orders, environment, self.directory / "data", self._spool)

    def _note(self, left: Left) -> Left:
        self._lives.append(left)
        self._spool = left.after
        return left
