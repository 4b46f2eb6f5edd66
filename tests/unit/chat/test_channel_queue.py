"""One at a time in each channel."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.channel_queue import ChannelQueue


async def test_turns_of_one_channel_are_taken_one_at_a_time_in_order() -> None:
    queue, log = ChannelQueue(), list[str]()

    async def work(name: str) -> None:
        async with queue.turn(1):
            log.append(f"{name} in")
            await asyncio.sleep(0)
            log.append(f"{name} out")

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(work(name))

    assert log == ["a in", "a out", "b in", "b out", "c in", "c out"]


async def test_channels_do_not_wait_for_each_other() -> None:
    queue = ChannelQueue()

    async with queue.turn(1), asyncio.timeout(60), queue.turn(2):
        pass


async def test_only_those_who_wait_do_so_visibly_and_it_has_ended_before_their_turn() -> None:
    queue, log = ChannelQueue(), list[str]()
    first_is_in, go = asyncio.Event(), asyncio.Event()

    async def visibly(name: str) -> None:
        log.append(f"{name} waits")
        go.set()
        await asyncio.sleep(0)
        log.append(f"{name} waited")

    async def work(name: str) -> None:
        async with queue.turn(1, while_waiting=lambda: visibly(name)):
            log.append(name)
            first_is_in.set()
            await go.wait()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(work("a"))
        await first_is_in.wait()
        group.create_task(work("b"))

    assert log == ["a", "b waits", "b waited", "b"]


async def test_a_turn_that_fails_or_is_cancelled_frees_the_channel() -> None:
    queue = ChannelQueue()

    async def fail() -> None:
        async with queue.turn(1):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with queue.turn(1):
        waiting = asyncio.create_task(fail())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    async with asyncio.timeout(60), queue.turn(1):
        pass


async def test_a_channel_without_anybody_is_not_kept() -> None:
    queue = ChannelQueue()

    async with queue.turn(1):
        assert len(queue._locks) == 1

    assert len(queue._locks) == 0
