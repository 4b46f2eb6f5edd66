"""How much memory an outage costs."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import psutil

from benchmarks.frame import Figure
from benchmarks.telemetry_process import in_process, make_client

if TYPE_CHECKING:
    from benchmarks.frame import Bench

TITLE = "Memory with 100,000 events spooled during an outage"
NOBODY_LISTENS = {"SUPABASE_URL": "http://127.0.0.1:9", "SUPABASE_KEY": "sb_secret_none"}
MEBIBYTE = 2**20


async def measure(bench: Bench) -> list[Figure]:
    count = bench.scaled(100_000, 10_000)
    idle, after, peak = await in_process(spool, NOBODY_LISTENS, count=count)
    return [
        Figure(what="RSS of idle telemetry", value=idle, unit="MiB"),
        Figure(what=f"RSS with {count:,} events spooled", value=after, unit="MiB"),
        Figure(what="above idle", value=after - idle, unit="MiB", at_most=40),
        Figure(what="above idle at its highest, while recording", value=peak - idle, unit="MiB", at_most=40),
    ]


async def spool(count: int) -> list[float]:
    """Return RSS when idle, when everything is spooled, and the highest between, in MiB."""
    client = make_client()
    await client.initialize()
    process = psutil.Process()
    await asyncio.sleep(2)
    gc.collect()
    idle = peak = process.memory_info().rss
    for number in range(count):
        await client.save_conversation_log(
            user_id=number, user_name="はる", prompt=f"{number} 明日の天気は？", response="晴れです。" * 20
        )
        if number % 100 == 0:
            await asyncio.sleep(0.005)
            peak = max(peak, process.memory_info().rss)
    await client.dead_letters()  # answered when everything before it is on disk
    if client.ledger()["conversation_logs"].spooled != count:
        raise RuntimeError(f"not everything is spooled: {client.ledger()}")
    gc.collect()
    after = process.memory_info().rss
    await client.close()
    return [idle / MEBIBYTE, after / MEBIBYTE, max(peak, after) / MEBIBYTE]
