"""Faults between the bot and its database: at random from a seed, one kind at a time, then calm again."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import TYPE_CHECKING

import aiohttp
import psycopg
from psycopg import sql

from bot.telemetry import tables as telemetry
from sandbox.faults import Fault

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from sandbox.supabase.stack import SupabaseStack

SHORTEST, LONGEST = 0.3, 1.5
"""Seconds that one fault lasts, or the calm between two."""
CALM_SHARE = 0.25
STRIKES = 0.6
"""How many of the requests a fault strikes, so that some are half way when it comes."""
HTML = "<html><body><h1>Sign in to the network</h1></body></html>"
TABLES = tuple(table.name for table in telemetry.TABLES)


def _status(status: int, body: str = "", **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(
        action="status", status=status, headers=named, body=body, path="^/rest/", probability=STRIKES
    )


HTTP_FAULTS = {
    "answers late": lambda: Fault(action="delay", seconds=0.7, path="^/rest/", probability=STRIKES),
    "resets the connection": lambda: Fault(action="reset", path="^/rest/", probability=STRIKES),
    "resets in the middle of the answer": lambda: Fault(
        action="truncate", path="^/rest/", probability=STRIKES
    ),
    "commits, then drops the answer": lambda: Fault(
        action="drop_answer", method="POST", path="^/rest/", probability=STRIKES
    ),
    "429 with Retry-After": lambda: _status(429, Retry_After="1"),
    "429 without Retry-After": lambda: _status(429),
    "500": lambda: _status(500, "Internal Server Error"),
    "502": lambda: _status(502, HTML, Content_Type="text/html"),
    "503": lambda: _status(503),
    "401": lambda: _status(401, '{"message": "Invalid API key"}', Content_Type="application/json"),
    "200 with an HTML page": lambda: _status(200, HTML, Content_Type="text/html"),
}
REFUSES = "refuses connections"
RENAMED = "the table is taken away"
REVOKED = "the grant is taken away"
STOPPED = "PostgreSQL is stopped"
KINDS = (*HTTP_FAULTS, REFUSES, RENAMED, REVOKED, STOPPED)


class FaultSchedule:
    """Injects faults until it is stopped; ``injected`` counts requests struck, or outages."""

    def __init__(self, stack: SupabaseStack, rng: random.Random) -> None:
        self.injected: Counter[str] = Counter()
        self._stack = stack
        self._rng = rng
        self._queue: list[str] = []
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="fault-schedule")

    async def stop(self) -> None:
        """End it and leave everything in order; raises what went wrong with it."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            seconds = self._rng.uniform(SHORTEST, LONGEST)
            if self._rng.random() < CALM_SHARE:
                await self._wait(seconds)
                continue
            kind = self._next_kind()
            if kind in HTTP_FAULTS:
                await self._strike(kind, seconds)
            else:
                await self._outage(kind, seconds)
                self.injected[kind] += 1

    async def _wait(self, seconds: float) -> None:
        """Wait, or until it is stopped: it is not cancelled, so that what was taken away is given back."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def _next_kind(self) -> str:
        """Return kinds in random order, each once before any comes again."""
        if not self._queue:
            self._queue = self._rng.sample(KINDS, len(KINDS))
        return self._queue.pop()

    async def _strike(self, kind: str, seconds: float) -> None:
        faults = self._stack.faults
        before = faults.struck
        faults.rules.append(HTTP_FAULTS[kind]())
        await self._wait(seconds)
        faults.clear()
        self.injected[kind] += faults.struck - before

    async def _outage(self, kind: str, seconds: float) -> None:
        if kind == REFUSES:
            await self._refuse(seconds)
        elif kind == STOPPED:
            await self._stop_postgres(seconds)
        else:
            table = self._rng.choice(TABLES)
            away, back = (statement.format(sql.Identifier(table)) for statement in _away_and_back(kind))
            await self._execute(away)
            await self._wait(seconds)
            await self._give_back(table, back)

    async def _refuse(self, seconds: float) -> None:
        relay, port = self._stack.relay, self._stack.relay.port
        await relay.close()
        await self._wait(seconds)
        await relay.start(port)

    async def _stop_postgres(self, seconds: float) -> None:
        await self._stack.postgres.stop()
        await self._wait(seconds)
        await self._stack.postgres.start()

    async def _give_back(self, table: str, back: sql.Composed) -> None:
        await self._execute(back)
        # PostgREST reads its schema again when a table changes; lite only when it starts, which, if it had
        # died, may be while the table was away. An insert, of no rows, shows it; a read not always.
        url = f"{self._stack.url}/rest/v1/{table}?columns=id"
        async with (
            aiohttp.ClientSession(headers={"apikey": self._stack.secret_key}) as session,
            session.post(url, json=[]) as answer,
        ):
            if not answer.ok:
                await self._stack.reload_schema()

    async def _execute(self, statement: sql.Composed) -> None:
        async with await psycopg.AsyncConnection.connect(self._stack.dsn, autocommit=True) as connection:
            await connection.execute(statement)


def _away_and_back(kind: str) -> Sequence[sql.SQL]:
    if kind == RENAMED:
        return (
            sql.SQL("alter table public.{} rename to away"),
            sql.SQL("alter table public.away rename to {}"),
        )
    return (
        sql.SQL("revoke insert on public.{} from service_role"),
        sql.SQL("grant insert on public.{} to service_role"),
    )
