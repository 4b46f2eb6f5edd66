"""A limit on calls per second, first come, first served."""

from __future__ import annotations

import asyncio


class Throttle:
    """Allows ``burst`` calls at once and ``rate`` per second in the long run, in order."""

    def __init__(self, rate: float, burst: int = 1) -> None:
        self._interval = 1.0 / rate
        self._ahead = (burst - 1) * self._interval
        self._next = 0.0
        """When the next call would be due if all of them came evenly."""

    @property
    def backlog(self) -> float:
        """Seconds that a call would wait now."""
        return max(0.0, self._next - self._ahead - asyncio.get_running_loop().time())

    async def turn(self) -> None:
        """Wait for this call's turn."""
        wait = self.backlog
        self._next = max(self._next, asyncio.get_running_loop().time()) + self._interval
        if wait:
            await asyncio.sleep(wait)
