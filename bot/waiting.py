"""Waiting for an event with a limit."""

from __future__ import annotations

import asyncio
import math


async def happens(event: asyncio.Event, within: float) -> bool:
    """Wait for ``event``, ``within`` seconds at most (may be infinite), and return whether it is set.

    ``asyncio.wait_for`` will not do: in Python 3.11 it loses a cancellation that meets the event
    (https://github.com/python/cpython/issues/86296).
    """
    try:
        async with asyncio.timeout(within if math.isfinite(within) else None):
            await event.wait()
    except TimeoutError:
        return event.is_set()
    return True
