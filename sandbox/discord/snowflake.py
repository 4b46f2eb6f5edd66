"""Discord's ids: 42 bits of milliseconds since 2015, then worker, process and a counter.

https://discord.com/developers/docs/reference#snowflakes
"""

from __future__ import annotations

import time

DISCORD_EPOCH = 1_420_070_400_000
"""Milliseconds from the Unix epoch to Discord's."""


class Snowflakes:
    """Makes ids as decimal strings, each greater than all before, whatever the clock does."""

    def __init__(self, last: int = 0) -> None:
        self._last = last

    def __call__(self) -> str:
        """Return a fresh id."""
        fresh = (time.time_ns() // 1_000_000 - DISCORD_EPOCH) << 22
        self._last = max(fresh, self._last + 1)
        return str(self._last)


def milliseconds(snowflake: str) -> int:
    """Return when ``snowflake`` was made, in milliseconds since the Unix epoch."""
    return (int(snowflake) >> 22) + DISCORD_EPOCH
