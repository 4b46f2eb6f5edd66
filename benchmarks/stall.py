"""How long the event loop stands still while telemetry records and sends."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

from benchmarks.frame import Figure, percentile
from benchmarks.telemetry_process import in_process, make_client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from benchmarks.frame import Bench

TITLE = "Worst event-loop stall while one event a second is recorded, 150 ms round trip"
ROUND_TRIP = 150
TICK = 0.001
ROUNDS = 4
"""Each way is measured this often, in turn, and its best round counts: other programs disturb each."""


async def measure(bench: Bench) -> list[Figure]:
    await bench.supabase.start()
    await bench.supabase.latency(ROUND_TRIP)
    seconds = bench.scaled(10, 2)
    ways = {task: list[list[float]]() for task in (idle, seeds, otonari)}
    for _ in range(bench.scaled(ROUNDS, 1)):
        for task, stalls in ways.items():
            stalls.append(await in_process(task, bench.supabase.environment, seconds=seconds))
    best = {task: min(stalls, key=max) for task, stalls in ways.items()}
    quiet, blocked, ours = (max(best[task]) for task in (idle, seeds, otonari))
    above = max(ours - quiet, 0.0)
    return [
        Figure(what="an idle loop", value=quiet, unit="ms"),
        Figure(what="the seeds' synchronous insert", value=blocked, unit="ms"),
        Figure(what="Otonari", value=ours, unit="ms"),
        Figure(what="Otonari, 99.9 % of the time", value=percentile(best[otonari], 0.999), unit="ms"),
        Figure(what="Otonari above the idle loop", value=above, unit="ms", at_most=2.0),
        Figure(
            what="less than the seeds' above the idle loop",
            value=(blocked - quiet) / max(above, 0.01),
            unit="×",
            at_least=50,
        ),
    ]


async def idle(seconds: float) -> list[float]:
    """Record nothing."""

    async def nothing() -> None:
        return

    return await _stalls(seconds, nothing)


async def seeds(seconds: float) -> list[float]:
    """Insert as the seeds' sketch does."""
    from supabase import create_client  # noqa: PLC0415 - only the child pays for it

    client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_KEY"])

    async def insert() -> None:
        row = {"user_id": "1", "user_name": "はる", "prompt": "こんにちは", "response": "はい" * 50}
        request = client.table("conversation_logs").insert(row)  # pyright: ignore[reportUnknownMemberType] - its JSON alias is open
        request.execute()

    return await _stalls(seconds, insert)


async def otonari(seconds: float) -> list[float]:
    """Record through the bot's telemetry, with all that runs beside it."""
    client = make_client()
    await client.initialize()

    async def record() -> None:
        await client.save_conversation_log(
            user_id=1, user_name="はる", prompt="こんにちは", response="はい" * 50
        )

    await record()
    await asyncio.sleep(2)  # connected, as it has been for days
    stalls = await _stalls(seconds, record)
    await client.close()
    return stalls


async def _stalls(seconds: float, work: Callable[[], Awaitable[None]]) -> list[float]:
    """Return, in ms, by how much each tick of the loop came late while ``work`` was done every second."""

    async def every_second() -> None:
        while True:
            await work()
            await asyncio.sleep(1)

    late: list[float] = []
    working = asyncio.create_task(every_second())
    end = time.perf_counter() + seconds
    while (before := time.perf_counter()) < end:
        await asyncio.sleep(TICK)
        late.append((time.perf_counter() - before - TICK) * 1000)
    working.cancel()
    await asyncio.wait([working])
    return late
