"""Tasks that run beside whoever started them, each with an owner that ends it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

log = logging.getLogger(__name__)

T = TypeVar("T")


class BackgroundTasks:
    """The tasks of one owner. One that fails is logged with ``description``; the others go on."""

    def __init__(self, description: str) -> None:
        self._description = description
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run ``work`` until it ends or the owner ends it; return its task, for who waits for the end."""
        task = asyncio.create_task(work, name=self._description)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def cancel(self) -> None:
        """Ask every task to end, but the one that calls this; does not wait for it."""
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()

    async def close(self, *, grace: float = 0.0) -> None:
        """End every task that does not end by itself within ``grace`` seconds; return when all have ended."""
        if grace and self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        await cancel_and_wait(*self._tasks)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s failed", self._description, exc_info=error)


async def cancel_and_wait(*tasks: asyncio.Task[T] | None) -> None:
    """Cancel ``tasks`` (None: there is none) and return when they have ended, however they end.

    What a task raises besides belongs to whoever awaits it for its result.
    """
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
