"""Calls spread over time."""

from __future__ import annotations

import asyncio

from bot.chat.throttle import Throttle


async def test_a_call_that_comes_alone_does_not_wait() -> None:
    throttle = Throttle(rate=0.001)

    async with asyncio.timeout(60):
        await throttle.turn()

    assert throttle.backlog > 900


async def test_calls_are_let_through_in_order_and_never_faster_than_the_rate() -> None:
    throttle, passed = Throttle(rate=100.0), list[tuple[int, float]]()
    loop = asyncio.get_running_loop()

    async def call(number: int) -> None:
        await throttle.turn()
        passed.append((number, loop.time()))

    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(call(number))

    assert [number for number, _at in passed] == list(range(6))
    assert passed[-1][1] - passed[0][1] >= 0.049


async def test_a_burst_passes_at_once_and_what_follows_waits_for_the_rate() -> None:
    throttle = Throttle(rate=0.001, burst=3)

    async with asyncio.timeout(60):
        for _ in range(3):
            await throttle.turn()

    assert throttle.backlog > 900
