"""A bound on the bytes of files that are in memory for questions that are being answered.

A file may be 18 MB, and is in memory several times while it is sent; so questions with files wait for each
other, in the order in which they came.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from bot.chat.channel_queue import ChannelQueue
from bot.errors import UserError
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

COPIES = 4
"""Of a file at once while it is sent (measured): as it was loaded, in the request, that written out as bytes,
and once more in gRPC."""
PATIENCE = 120.0
"""Seconds to wait; who asked sees the bot typing meanwhile."""


class FileBudget:
    """Lets ``limit`` bytes be held at a time, first come, first served."""

    def __init__(self, limit: int, *, patience: float = PATIENCE) -> None:
        self._limit = limit
        self._patience = patience
        self.in_flight = 0
        """Bytes that are held."""
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._turns = ChannelQueue()

    @asynccontextmanager
    async def hold(self, size: int, *, whose: int) -> AsyncGenerator[None]:
        """Hold ``size`` bytes inside the block; what is beyond the limit waits until it is alone.

        Of one person or channel (``whose``) one holds or waits at a time, so that nobody waits for more than
        one question of each of the others. Raises UserError where that takes too long. Not to be nested.
        """
        size = min(size, self._limit)
        if not size:
            yield
            return
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._patience):
                    await stack.enter_async_context(self._turns.turn(whose))
                    await self._take(size)
                    stack.callback(self._give, size)
            except TimeoutError as error:
                raise UserError(texts.FILES_BUSY) from error
            yield

    async def _take(self, size: int) -> None:
        ready = asyncio.get_running_loop().create_future()
        self._waiting.append((size, ready))
        self._admit()
        try:
            await ready
        except asyncio.CancelledError:
            if ready.cancelled():
                self._admit()  # It may have kept those behind it from what is free.
            else:
                self._give(size)
            raise

    def _give(self, size: int) -> None:
        self.in_flight -= size
        self._admit()

    def _admit(self) -> None:
        while self._waiting:
            size, ready = self._waiting[0]
            if not ready.cancelled():
                if self.in_flight + size > self._limit:
                    return
                self.in_flight += size
                ready.set_result(None)
            self._waiting.popleft()
