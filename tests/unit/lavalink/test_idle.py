from __future__ import annotations

import asyncio

from bot.lavalink.idle import IdleCountdown, Idleness
from bot.lavalink.timings import Timings


async def test_the_countdown_ends_once_with_the_kind_of_idleness() -> None:
    ended: asyncio.Queue[Idleness] = asyncio.Queue()
    countdown = IdleCountdown(Timings(alone=0.01), ended.put_nowait)
    countdown.watch("alone")

    assert await ended.get() == "alone"
    assert ended.empty()


async def test_a_repeated_report_does_not_start_the_countdown_again() -> None:
    ended: asyncio.Queue[Idleness] = asyncio.Queue()
    countdown = IdleCountdown(Timings(alone=0.1), ended.put_nowait)
    countdown.watch("alone")
    repeater = asyncio.create_task(_repeat(countdown))

    assert await asyncio.wait_for(ended.get(), 60) == "alone"
    repeater.cancel()


async def _repeat(countdown: IdleCountdown) -> None:
    while True:
        countdown.watch("alone")
        await asyncio.sleep(0.01)


async def test_somebody_coming_back_stops_it() -> None:
    ended: asyncio.Queue[Idleness] = asyncio.Queue()
    countdown = IdleCountdown(Timings(alone=0.0, idle=0.0), ended.put_nowait)
    countdown.watch("alone")
    countdown.watch(None)
    countdown.watch("silent")

    assert await ended.get() == "silent"
    assert ended.empty()
