from __future__ import annotations

import asyncio
import math

import pytest

from bot.waiting import happens


@pytest.mark.parametrize("within", [60.0, math.inf])
async def test_an_event_ends_the_waiting(within: float) -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(happens(event, within))
    await asyncio.sleep(0)
    event.set()
    assert await waiting


async def test_a_limit_ends_it_too() -> None:
    assert not await happens(asyncio.Event(), within=0.001)


async def test_a_cancellation_that_meets_the_event_is_not_lost() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(happens(event, within=60))
    await asyncio.sleep(0)
    event.set()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
