"""How long an insert waits while expired rows are deleted, and whether the totals stay as they are."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from typing import TYPE_CHECKING, LiteralString

from psycopg import errors

from benchmarks.frame import Figure, percentile
from bot.telemetry.maintenance import RETENTION_PAUSE, RETENTION_ROWS

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from psycopg import AsyncConnection

    from benchmarks.frame import Bench

    Connection = AsyncConnection[tuple[object, ...]]

TITLE = "Retention: the longest wait of an insert while expired rows are deleted"
CRON_ROWS = 10_000
"""What pg_cron's job deletes at a time, see bot/supabase_schema.sql."""
EXPIRED: LiteralString = """
insert into public.network_stats
  (bot_id, boot_id, sequence, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, recorded_at)
select 'primary', '00000000-0000-4000-8000-000000000001', n, n, 3 * n, 4 * n, 0, 0, 0,
  now() - interval '60 days' + n * interval '10 seconds'
from generate_series(1, %s) as n
"""
ONE: LiteralString = (
    "insert into public.network_stats (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)"
    " values (0, 0, 0, 0, 0, 0)"
)
TOTALS: LiteralString = "select bytes_sent, bytes_recv from public.network_totals()"
TABLES = ("network_stats", "network_stats_rollup", "network_stats_rollup_daily")


async def measure(bench: Bench) -> list[Figure]:
    await bench.supabase.start()
    rows = bench.scaled(100_000, 10_000)
    figures: list[Figure] = []
    async with await bench.supabase.connect() as inserting, await bench.supabase.connect() as deleting:
        await inserting.execute("set lock_timeout = '50ms'")
        idle = await _inserts(inserting, asyncio.sleep(bench.scaled(10, 1)))
        figures += _figures("nothing else", idle)
        for who, batch in (("the bot", RETENTION_ROWS), ("pg_cron", CRON_ROWS)):
            await bench.supabase.empty(*TABLES)
            await deleting.execute(EXPIRED, [rows])
            await deleting.execute("analyze public.network_stats")
            before = await _totals(deleting)
            waits = await _inserts(inserting, _clean_up(deleting, batch))
            what = f"{who} deletes {rows:,} rows by {batch:,}"
            figures += [*_figures(what, waits), *_marks(what, waits, idle)]
            now = await _totals(deleting)
            changed = sum(abs(after - then) for after, then in zip(now, before, strict=True))
            figures.append(Figure(what=f"{what}: totals changed by", value=changed, unit="bytes", at_most=0))
    await bench.supabase.empty(*TABLES)
    return figures


def _figures(during: str, waits: list[float]) -> list[Figure]:
    return [
        Figure(what=f"{during}: insert, median", value=percentile(waits, 0.5), unit="ms"),
        Figure(what=f"{during}: longest insert", value=max(waits), unit="ms", note=f"of {len(waits):,}"),
    ]


def _marks(during: str, waits: list[float], idle: list[float]) -> list[Figure]:
    """Judge what the clean-up adds; the disk and the machine have pauses of their own."""
    blocked = sum(wait == math.inf for wait in waits)
    more = max(max(waits) - max(idle), 0)
    return [
        Figure(what=f"{during}: waited over 50 ms for a lock", value=blocked, unit="inserts", at_most=0),
        Figure(
            what=f"{during}: longest insert, more than with nothing else", value=more, unit="ms", at_most=50
        ),
    ]


async def _inserts(connection: Connection, meanwhile: Awaitable[object]) -> list[float]:
    """Insert row after row until ``meanwhile`` is done; returns how many milliseconds each took.

    One that its ``lock_timeout`` ended took for ever.
    """
    task = asyncio.ensure_future(meanwhile)
    waits: list[float] = []
    try:
        while not task.done():
            began = time.perf_counter()
            try:
                await connection.execute(ONE)
            except errors.LockNotAvailable:
                waits.append(math.inf)
            else:
                waits.append((time.perf_counter() - began) * 1000)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return waits


async def _clean_up(connection: Connection, batch: int) -> None:
    """Do what `bot.telemetry.maintenance` and pg_cron do, without pg_cron's ten minutes in between."""
    while True:
        cursor = await connection.execute("select sum(deleted) from public.apply_retention(%s)", [batch])
        row = await cursor.fetchone()
        if row is None or not row[0]:
            return
        await asyncio.sleep(RETENTION_PAUSE)


async def _totals(connection: Connection) -> list[int]:
    row = await (await connection.execute(TOTALS)).fetchone()
    return [int(str(value)) for value in row or ()]
