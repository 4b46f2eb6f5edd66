"""``/netstats`` over everything, when everything is three years."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from benchmarks.frame import Figure

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from benchmarks.frame import Bench
    from bot.telemetry.supabase_api import SupabaseApi

TITLE = "/netstats of all time, 3 years of 10-second rows"
ROWS = 9_467_280
"""One every ten seconds for 1,095.75 days."""
BOOTS = 150
"""The bot is started again about once a week."""
TIMES = 30
TRIGGER = "network_stats_rollup_after_insert"
# Bulk loading needs none of the durability, and would spend its time on checkpoints.
FILL = f"""
set synchronous_commit = off;
alter system set max_wal_size = '4GB';
alter system set checkpoint_timeout = '30min';
select pg_reload_conf();
truncate public.network_stats, public.network_stats_rollup, public.network_stats_rollup_daily;
drop trigger {TRIGGER} on public.network_stats;
insert into public.network_stats
  (id, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, recorded_at, boot_id, sequence)
select uuidv7(), sent, received, sent + received,
  sent / 1048576.0, received / 1048576.0, (sent + received) / 1048576.0,
  now() - (%(rows)s - n) * interval '10 seconds',
  ('00000000-0000-4000-8000-' || lpad((n / (%(rows)s / {BOOTS} + 1))::text, 12, '0'))::uuid,
  n %% (%(rows)s / {BOOTS} + 1)
from (select n, (random() * 100000)::bigint as sent, (random() * 400000)::bigint as received
  from generate_series(1, %(rows)s) as n) as sample;
"""
PLAIN_SUM = """
create or replace function public.plain_sum() returns json language sql stable as $$
  select json_build_object('bytes_sent', sum(bytes_sent), 'bytes_recv', sum(bytes_recv), 'samples', count(*))
  from public.network_stats
$$;
grant execute on function public.plain_sum() to service_role;
"""


async def measure(bench: Bench) -> list[Figure]:
    from bot.telemetry.supabase_api import SupabaseApi  # noqa: PLC0415 - imports supabase

    await bench.supabase.start()
    rows = bench.scaled(ROWS, 300_000)
    filling = await _fill(bench, rows)
    api = SupabaseApi(bench.supabase.url, bench.supabase.key)
    try:
        return [
            Figure(
                what=f"{rows:,} rows generated and rolled up by the schema",
                value=filling,
                unit="s",
            ),
            *await _queries(api, rows),
        ]
    finally:
        await api.close()
        await bench.supabase.empty("network_stats", "network_stats_rollup", "network_stats_rollup_daily")


async def _queries(api: SupabaseApi, rows: int) -> list[Figure]:
    day = {"p_from": (datetime.now(UTC) - timedelta(days=1)).isoformat(), "p_to": None, "p_bot_id": "primary"}
    everything = {"p_from": None, "p_to": None, "p_bot_id": "primary"}
    true_sum = cast("dict[str, int]", await api.call("plain_sum"))
    (ours,) = cast("list[dict[str, int]]", await api.call("network_totals", everything))
    if not true_sum.items() <= ours.items():
        raise RuntimeError(f"network_totals gives {ours}, and the sum is {true_sum}")
    seen, seeds = await _seeds_select(api)
    plain = await _median(api, "plain_sum", {}, 5)
    one_day = await _median(api, "network_totals", day, TIMES)
    all_time = await _median(api, "network_totals", everything, TIMES)
    return [
        Figure(
            what="the seeds' select",
            value=seeds,
            unit="ms",
            note=f"which sees {seen:,} of {rows:,} rows: {100 * (1 - seen / rows):.2f} % too little",
        ),
        Figure(what="a plain SUM by RPC", value=plain, unit="ms"),
        Figure(what="network_totals of one day", value=one_day, unit="ms"),
        Figure(what="network_totals of all time", value=all_time, unit="ms", note="exact to the byte"),
        Figure(what="all time against one day", value=all_time / one_day, unit="×", at_most=1.5),
        Figure(what="less than the plain SUM", value=plain / all_time, unit="×", at_least=20),
    ]


async def _fill(bench: Bench, rows: int) -> float:
    """Generate the rows without the trigger; the schema, pasted again, adds them up and puts it back."""
    began = time.monotonic()
    async with await bench.supabase.connect() as connection:
        for statement in (FILL % {"rows": rows}).split(";\n"):
            await _execute(connection, statement)
        await _execute(connection, PLAIN_SUM)
    await bench.supabase.switch("POST", "/schema/reload")
    async with await bench.supabase.connect() as connection:
        await _execute(connection, "vacuum analyze public.network_stats")
        await _execute(connection, "vacuum analyze public.network_stats_rollup")
        await _execute(connection, "vacuum analyze public.network_stats_rollup_daily")
        for statement in ("alter system reset all", "select pg_reload_conf()", "checkpoint"):
            await _execute(connection, statement)
    return time.monotonic() - began


async def _execute(connection: AsyncConnection[tuple[object, ...]], statement: str) -> None:
    if statement.strip():
        await connection.execute(statement.encode())


async def _seeds_select(api: SupabaseApi) -> tuple[int, float]:
    """Return how many rows the seeds' query gets, and in how many ms."""
    request = (
        api.client.table("network_stats")
        .select("mb_sent, mb_recv, mb_total")
        .gte("recorded_at", "2020-01-01")
    )
    began = time.perf_counter()
    answer = await request.execute()
    return len(answer.data), (time.perf_counter() - began) * 1000


async def _median(api: SupabaseApi, function: str, parameters: dict[str, str | None], times: int) -> float:
    """Return the median of ``times`` calls in ms, after one to warm up."""
    took: list[float] = []
    for _ in range(times + 1):
        began = time.perf_counter()
        await api.call(function, parameters)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[1:])
