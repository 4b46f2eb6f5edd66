"""Through real processes: what goes wrong in one costs that one."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from audio_node.errors import LoadFailedError
from audio_node.sources.worker_pool import WorkerPool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio
MODULE = "tests.support.troubled_worker"


@asynccontextmanager
async def pool(*, size: int = 1, seconds: float = 60, idle: float = 60) -> AsyncIterator[WorkerPool]:
    workers = WorkerPool(MODULE, size=size, memory=512 << 20, seconds=seconds, idle=idle)
    try:
        yield workers
    finally:
        await workers.close()


async def process_of(workers: WorkerPool) -> int:
    answer = (await workers.run("echo"))["process"]
    assert isinstance(answer, int)
    return answer


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_one_process_serves_one_task_after_the_other() -> None:
    async with pool() as workers:
        answer = await workers.run("echo", words="夜に駆ける\n")
        assert answer["words"] == "夜に駆ける\n"
        assert await process_of(workers) == answer["process"]


async def test_at_most_so_many_processes_run() -> None:
    async with pool(size=2) as workers:
        assert len(set(await asyncio.gather(*(process_of(workers) for _ in range(8))))) <= 2


async def test_what_is_printed_spoils_no_answer() -> None:
    async with pool() as workers:
        assert await workers.run("print") == {}


async def test_what_a_task_refuses_is_told_and_the_process_goes_on() -> None:
    async with pool() as workers:
        process = await process_of(workers)
        with pytest.raises(LoadFailedError) as failure:
            await workers.run("refuse")
        assert (str(failure.value), failure.value.severity) == ("no such song", "common")
        assert await process_of(workers) == process


@pytest.mark.parametrize("trouble", ["die", "swell"])
async def test_a_process_that_breaks_is_told_and_replaced(trouble: str) -> None:
    async with pool() as workers:
        with pytest.raises(LoadFailedError):
            await workers.run(trouble)
        assert is_running(await process_of(workers))


async def test_a_task_that_takes_too_long_costs_its_process_only() -> None:
    async with pool(seconds=2) as workers:
        with pytest.raises(LoadFailedError, match="too long"):
            await workers.run("hang")
        assert is_running(await process_of(workers))


async def test_a_task_that_is_given_up_takes_its_process_along() -> None:
    async with pool() as workers:
        process = await process_of(workers)
        task = asyncio.create_task(workers.run("hang"))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not is_running(process)


async def test_no_process_outlives_the_pool() -> None:
    async with pool(size=2) as workers:
        processes = {await process_of(workers)}
    assert not any(is_running(process) for process in processes)


async def test_a_process_that_nobody_needs_ends() -> None:
    async with pool(idle=0.0) as workers:
        process = await process_of(workers)
        while is_running(process):
            await asyncio.sleep(0.01)
        assert await process_of(workers) != process
