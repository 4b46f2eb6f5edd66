"""Spreads calls over time, first come, first served."""

from __future__ import annotations

import asyncio


class Throttle:
    """Lets at most ``rate`` calls per second through, evenly; a call that comes alone never waits."""

    def __init__(self, rate: float) -> None:
        self._interval = 1.0 / rate
        self._next = 0.0

    @property
    def backlog(self) -> float:
        """Seconds that a call would wait now."""
        return max(0.0, self._next - asyncio.get_running_loop().time())

    async def turn(self) -> None:
        """Wait for this call's turn."""
        wait = self.backlog
        self._next = asyncio.get_running_loop().time() + wait + self._interval
        if wait:
            await asyncio.sleep(wait)
