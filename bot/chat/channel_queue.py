"""A queue for each channel: one turn at a time, in the order of arrival."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine


class ChannelQueue:
    """Gives turns by channel id; channels never wait for each other."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(
        self, channel_id: int, *, while_waiting: Callable[[], Coroutine[object, object, None]] | None = None
    ) -> AsyncGenerator[None]:
        """Wait for this caller's turn and hold it inside the block.

        The place in the queue is taken at once, so callers are served in the order in which they came.
        ``while_waiting`` runs beside the wait if there is one, and has ended before the turn begins.
        """
        lock = self._locks.setdefault(channel_id, asyncio.Lock())
        waiting = asyncio.create_task(while_waiting()) if while_waiting and lock.locked() else None
        try:
            async with lock:
                if waiting:
                    await waiting
                yield
        finally:
            if waiting:
                waiting.cancel()
