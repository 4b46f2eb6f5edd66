"""How fast a full spool is drained."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchmarks.frame import Figure
from benchmarks.telemetry_process import in_process, make_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Bench

TITLE = "Rows delivered per second, draining 50,000 spooled rows"
ROUND_TRIPS = (0, 50, 150)
DECISIVE = 50
"""The round trip for which there are marks against one-row inserts."""
BATCH = 500
ONE_ROW_SECONDS = 5.0
TABLE = "conversation_logs"


async def measure(bench: Bench) -> list[Figure]:
    await bench.supabase.start()
    count = bench.scaled(50_000, 5_000)
    figures = [Figure(what="COPY into the same table", value=await _copy(bench, count), unit="rows/s")]
    for round_trip in ROUND_TRIPS:
        await bench.supabase.latency(round_trip)
        figures += await _at(bench, round_trip, count)
    return figures


async def _at(bench: Bench, round_trip: int, count: int) -> list[Figure]:
    speeds: list[float] = []
    for task in (one_row, bare_loop, otonari):
        await bench.supabase.empty(TABLE)
        speeds.append(await in_process(task, bench.supabase.environment, count=count))
    await _expect(bench, count)
    single, bare, ours = speeds
    where = f"at {round_trip} ms"
    decisive = round_trip == DECISIVE
    return [
        Figure(what=f"{where}: one-row inserts", value=single, unit="rows/s"),
        Figure(what=f"{where}: a bare loop of {BATCH}-row supabase-py upserts", value=bare, unit="rows/s"),
        Figure(what=f"{where}: Otonari", value=ours, unit="rows/s"),
        Figure(
            what=f"{where}: against one-row inserts",
            value=ours / single,
            unit="×",
            at_least=100 if decisive else None,
        ),
        Figure(what=f"{where}: of the bare loop", value=100 * ours / bare, unit="%", at_least=80),
    ]


async def one_row(count: int) -> float:
    """Return rows per second of the seeds' inserts."""
    from supabase import create_client  # noqa: PLC0415 - only the child pays for it

    client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_KEY"])
    began = time.perf_counter()
    done = 0
    for row in _rows(count):
        client.table(TABLE).insert(row).execute()  # pyright: ignore[reportUnknownMemberType] - its JSON alias is open
        done += 1
        if time.perf_counter() - began > ONE_ROW_SECONDS:
            break
    return done / (time.perf_counter() - began)


async def bare_loop(count: int) -> float:
    """Return rows per second of batches that wait in memory: no disk, no acknowledgement, no care."""
    from supabase import create_client  # noqa: PLC0415

    client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_KEY"])
    rows = [_as_recorded(row) for row in _rows(count)]
    client.table(TABLE).select("id").limit(1).execute()  # connected
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        request = client.table(
            TABLE
        ).upsert(  # pyright: ignore[reportUnknownMemberType]
            rows[start : start + BATCH], on_conflict="id", ignore_duplicates=True
        )
        request.execute()
    return count / (time.perf_counter() - began)


async def otonari(count: int) -> float:
    """Return rows per second from the start of telemetry to the last row's removal from the disk."""
    client = make_client()
    for number, row in enumerate(_rows(count)):
        await client.save_conversation_log(
            user_id=row["user_id"],
            user_name=row["user_name"],
            prompt=row["prompt"],
            response=row["response"],
        )
        if number % 100 == 0:
            await asyncio.sleep(0)
    await client.dead_letters()  # answered when everything before it is on disk
    began = time.perf_counter()
    starting = asyncio.create_task(client.initialize())
    while client.ledger()[TABLE].spooled:
        await asyncio.sleep(0.01)
    seconds = time.perf_counter() - began
    await starting
    await client.close()
    return count / seconds


async def _copy(bench: Bench, count: int) -> float:
    """Return rows per second of PostgreSQL's own way, without a network and without HTTP."""
    await bench.supabase.empty(TABLE)
    rows = list(_rows(count))
    async with await bench.supabase.connect() as connection:
        began = time.perf_counter()
        columns = "id, user_id, user_name, prompt, response"
        async with connection.cursor().copy(f"copy public.conversation_logs ({columns}) from stdin") as copy:
            for row in rows:
                await copy.write_row(tuple(row.values()))
    return count / (time.perf_counter() - began)


async def _expect(bench: Bench, count: int) -> None:
    async with await bench.supabase.connect() as connection:
        cursor = await connection.execute("select count(*) from public.conversation_logs")
        row = await cursor.fetchone()
    if row != (count,):
        raise RuntimeError(f"PostgreSQL has {row} rows instead of {count}")


def _rows(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        yield {
            "id": str(uuid.uuid4()),
            "user_id": str(number),
            "user_name": "はる",
            "prompt": f"{number} 明日の東京の天気はどうですか？",
            "response": "明日の東京は晴れのち曇りの予報です。傘は必要ないでしょう。",
        }


def _as_recorded(row: dict[str, str]) -> dict[str, str | None]:
    """Return the row with every column that telemetry sends for it, so that the same work is compared."""
    unknown = dict.fromkeys(("guild_id", "channel_id", "model", "prompt_tokens", "response_tokens"))
    return {**row, **unknown, "bot_id": "primary", "timestamp": datetime.now(UTC).isoformat()}
