"""What telemetry costs the database: bytes per day, and what the rollups add to an insert."""

from __future__ import annotations

import json
import statistics
import time
import uuid
from typing import TYPE_CHECKING, LiteralString

from benchmarks.frame import Figure
from bot.telemetry.supabase_api import SupabaseApi
from bot.telemetry.tables import NETWORK_STATS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from psycopg import AsyncConnection

    from benchmarks.frame import Bench

    Connection = AsyncConnection[tuple[object, ...]]
    Rows = list[dict[str, str | float]]
    Insert = Callable[[Rows], Awaitable[object]]

TITLE = "Database: bytes per day and bot, and the cost of the rollups' trigger"
DAY = 8_640
"""Samples of ten seconds."""
MEBIBYTE = 2**20
BATCH = 500
TRIGGER = "network_stats_rollup_after_insert"
SEEDS: LiteralString = """
drop schema if exists seeds cascade;
create schema seeds;
create table seeds.network_stats (
  id uuid primary key default gen_random_uuid(),
  bytes_sent bigint not null, bytes_recv bigint not null, bytes_total bigint not null,
  mb_sent real not null, mb_recv real not null, mb_total real not null,
  recorded_at timestamptz default now(), created_at timestamptz default now());
create index on seeds.network_stats (recorded_at desc);
create table seeds.system_stats (
  id uuid primary key default gen_random_uuid(), bot_id text default 'primary',
  cpu_usage real default 0, ram_usage real default 0, memory_rss real default 0, memory_heap real default 0,
  ping_gateway real default 0, ping_lavalink real default 0, server_count integer default 0,
  guild_count integer default 0, uptime integer default 0, status text default 'online',
  timestamp timestamptz default now(), updated_at timestamptz default now(),
  created_at timestamptz default now());
create index on seeds.system_stats (timestamp desc);
create index on seeds.system_stats (bot_id, timestamp desc);
"""
# As PostgREST writes rows; ids of version 7, as the bot's.
INSERT: LiteralString = """
insert into public.network_stats
  (id, bot_id, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, boot_id, sequence,
   interval_seconds, recorded_at)
select uuidv7(), bot_id, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, boot_id, sequence,
  interval_seconds, recorded_at
from json_populate_recordset(null::public.network_stats, %s::json)
on conflict (id) do nothing
"""
SYSTEM: LiteralString = """
insert into public.system_stats (id, bot_id, cpu_usage, ram_usage, memory_rss, memory_heap, ping_gateway,
  ping_lavalink, server_count, guild_count, uptime, status, timestamp)
select uuidv7(), 'primary', 1, 2, 3, 4, 5, 6, 7, 7, n, 'online', now() + n * interval '10 seconds'
from generate_series(1, 8640) as n
"""
SEEDS_ROWS: LiteralString = """
insert into seeds.network_stats (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
  select n, n, n, n, n, n from generate_series(1, 8640) as n;
insert into seeds.system_stats (uptime) select n from generate_series(1, 8640) as n;
"""
VACUUM: tuple[LiteralString, ...] = (
    "vacuum public.network_stats",
    "vacuum public.system_stats",
    "vacuum public.network_stats_rollup",
    "vacuum public.network_stats_rollup_daily",
)


async def measure(bench: Bench) -> list[Figure]:
    await bench.supabase.start()
    tables = ("network_stats", "network_stats_rollup", "network_stats_rollup_daily", "system_stats")
    await bench.supabase.empty(*tables)
    async with await bench.supabase.connect() as connection:
        figures = await _bytes(connection)
        await bench.supabase.empty(*tables)
        api = SupabaseApi(bench.supabase.url, bench.supabase.key)

        async def by_sql(rows: Rows) -> object:
            # Prepared, as PostgREST does. Left to itself psycopg forgets it at each change of the trigger and
            # prepares it again some calls later, within what is timed.
            return await connection.execute(INSERT, [json.dumps(rows)], prepare=True)

        async def by_rest(rows: Rows) -> object:
            return await api.upsert(NETWORK_STATS, rows)

        for how, insert, rows, times in (
            ("one row by SQL", by_sql, 1, bench.scaled(600, 60)),
            ("one row by REST, as the bot does", by_rest, 1, bench.scaled(200, 20)),
            (f"{BATCH} rows by SQL", by_sql, BATCH, bench.scaled(60, 6)),
        ):
            figures += await _costs(connection, how, insert, rows, times)
        await api.close()
    await bench.supabase.empty(*tables)
    return figures


async def _bytes(connection: Connection) -> list[Figure]:
    """Return the size of one day's rows, written one by one as the bot does, after a vacuum."""
    boot = str(uuid.uuid4())
    await connection.execute("set synchronous_commit = off")
    for number in range(DAY):
        await connection.execute(INSERT, [json.dumps([_sample(boot, number)])])
    await connection.execute("set synchronous_commit = on")
    await connection.execute(SYSTEM)
    await connection.execute(SEEDS)
    await connection.execute(SEEDS_ROWS)
    for statement in VACUUM:
        await connection.execute(statement)
    return [
        Figure(what=what, value=await _size(connection, *names), unit="MiB a day", note="indexes included")
        for what, names in {
            "the seeds' network_stats and system_stats": ("seeds.network_stats", "seeds.system_stats"),
            "network_stats": ("public.network_stats",),
            "system_stats": ("public.system_stats",),
            "rollups by quarter and by day": (
                "public.network_stats_rollup",
                "public.network_stats_rollup_daily",
            ),
        }.items()
    ]


async def _costs(connection: Connection, how: str, insert: Insert, rows: int, times: int) -> list[Figure]:
    """Compare durable inserts with and without the trigger, in turn."""
    boot = str(uuid.uuid4())
    took: dict[str, list[float]] = {"disable": [], "enable": []}
    number = 0
    for _ in range(times):
        for way, durations in took.items():
            await connection.execute(f"alter table public.network_stats {way} trigger {TRIGGER}".encode())
            for turn in range(3):
                batch = [_sample(boot, number + n) for n in range(rows)]
                number += rows
                began = time.perf_counter()
                await insert(batch)
                if turn:  # the first after a change plans anew
                    durations.append((time.perf_counter() - began) * 1000)
    without, with_trigger = (statistics.median(durations) for durations in took.values())
    return [
        Figure(what=f"{how}, without the trigger", value=without, unit="ms"),
        Figure(what=f"{how}, with the trigger", value=with_trigger, unit="ms"),
        Figure(what=f"{how}, more", value=100 * (with_trigger / without - 1), unit="%", at_most=30),
    ]


async def _size(connection: Connection, *tables: str) -> float:
    """Return the MiB of ``tables`` with their indexes."""
    total = 0
    for table in tables:
        cursor = await connection.execute("select pg_total_relation_size(%s::regclass)", [table])
        row = await cursor.fetchone()
        total += int(str(row[0])) if row else 0
    return total / MEBIBYTE


def _sample(boot: str, number: int) -> dict[str, str | float]:
    sent, received = 1_000 + number, 4_000 + number
    return {
        "id": str(uuid.uuid4()),
        "bot_id": "primary",
        "bytes_sent": sent,
        "bytes_recv": received,
        "bytes_total": sent + received,
        "mb_sent": sent / MEBIBYTE,
        "mb_recv": received / MEBIBYTE,
        "mb_total": (sent + received) / MEBIBYTE,
        "boot_id": boot,
        "sequence": number,
        "interval_seconds": 10.0,
        "recorded_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_790_000_000 + 10 * number)),
    }
