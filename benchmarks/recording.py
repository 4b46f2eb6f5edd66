"""What recording a conversation costs whoever records it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from benchmarks.frame import Figure, percentile
from benchmarks.telemetry_process import in_process, make_client

if TYPE_CHECKING:
    from benchmarks.frame import Bench

TITLE = "Cost of save_conversation_log to its caller"
ROUND_TRIP = 50
BURST = 100
ROUNDS = 5
"""Of which the best counts: other programs disturb each."""


async def measure(bench: Bench) -> list[Figure]:
    await bench.supabase.start()
    await bench.supabase.latency(ROUND_TRIP)
    count = bench.scaled(10_000, 2_000)
    rounds = [
        await in_process(record, bench.supabase.environment, count=count)
        for _ in range(bench.scaled(ROUNDS, 1))
    ]
    costs = min(rounds, key=lambda costs: percentile(costs, 0.999))
    bare = await in_process(do_nothing, bench.supabase.environment, count=count)
    return [
        Figure(what="awaiting an empty function, median", value=percentile(bare, 0.5), unit="µs"),
        Figure(what="awaiting an empty function, p99.9", value=percentile(bare, 0.999), unit="µs"),
        Figure(what="median", value=percentile(costs, 0.5), unit="µs", at_most=20),
        Figure(what="p99", value=percentile(costs, 0.99), unit="µs"),
        Figure(
            what="p99.9",
            value=percentile(costs, 0.999),
            unit="µs",
            at_most=200,
            note=f"{count:,} calls in bursts of {BURST}, sent meanwhile at {ROUND_TRIP} ms",
        ),
    ]


async def record(count: int) -> list[float]:
    """Return the cost of each call in µs, while everything recorded is being written and sent."""
    client = make_client()
    await client.initialize()
    costs: list[float] = []
    for number in range(count):
        before = time.perf_counter_ns()
        await client.save_conversation_log(
            user_id=123456789012345678,
            user_name="はる",
            prompt="明日の東京の天気はどうですか？傘は必要でしょうか。",
            response="明日の東京は晴れのち曇りの予報です。傘は必要ないでしょう。" * 3,
        )
        costs.append((time.perf_counter_ns() - before) / 1000)
        if number % BURST == 0:
            await asyncio.sleep(0.05)
    await client.close()
    return costs


async def do_nothing(count: int) -> list[float]:
    """Return what the measuring itself costs."""

    async def nothing() -> None:
        return

    costs: list[float] = []
    for number in range(count):
        before = time.perf_counter_ns()
        await nothing()
        costs.append((time.perf_counter_ns() - before) / 1000)
        if number % BURST == 0:
            await asyncio.sleep(0)
    return costs
