from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.background_tasks import BackgroundTasks, cancel_and_wait

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def tasks() -> AsyncIterator[BackgroundTasks]:
    tasks = BackgroundTasks("a test's work")
    yield tasks
    await tasks.close()


async def test_closing_ends_every_task_and_waits_until_it_has_ended(tasks: BackgroundTasks) -> None:
    ended: list[int] = []

    async def work(number: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(number)

    for number in range(3):
        tasks.spawn(work(number))
    await asyncio.sleep(0)
    await tasks.close()
    assert sorted(ended) == [0, 1, 2]


async def test_closing_with_grace_lets_tasks_end_by_themselves_and_cancels_what_is_late(
    tasks: BackgroundTasks,
) -> None:
    closing = asyncio.Event()

    async def prompt() -> None:
        await closing.wait()

    async def late() -> None:
        await asyncio.Event().wait()

    quick, slow = tasks.spawn(prompt()), tasks.spawn(late())
    asyncio.get_running_loop().call_soon(closing.set)
    await tasks.close(grace=0.05)

    assert quick.done()
    assert not quick.cancelled()
    assert slow.cancelled()


async def test_a_task_that_fails_is_logged_and_the_others_go_on(
    tasks: BackgroundTasks, caplog: pytest.LogCaptureFixture
) -> None:
    done = asyncio.Event()

    async def fail() -> None:
        raise ValueError("no")

    async def succeed() -> None:
        done.set()

    tasks.spawn(fail())
    tasks.spawn(succeed())
    await done.wait()
    await asyncio.sleep(0)
    assert [(record.message, record.exc_info and record.exc_info[0]) for record in caplog.records] == [
        ("a test's work failed", ValueError)
    ]


async def test_a_task_may_cancel_the_others_without_ending_itself(tasks: BackgroundTasks) -> None:
    finished = asyncio.Event()
    cancelled = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async def end_the_others() -> None:
        tasks.cancel()
        await cancelled.wait()
        finished.set()

    tasks.spawn(wait())
    await asyncio.sleep(0)
    tasks.spawn(end_the_others())
    async with asyncio.timeout(60):
        await finished.wait()


async def test_waiting_for_cancelled_tasks_takes_one_that_failed_and_none_at_all() -> None:
    async def fail() -> None:
        raise ValueError("no")

    failed = asyncio.ensure_future(fail())
    await asyncio.wait([failed])
    await cancel_and_wait(failed, None)
    await cancel_and_wait()
    assert isinstance(failed.exception(), ValueError)
