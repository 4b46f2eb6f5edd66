"""The countdown to leaving a channel that has no use for the bot."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.lavalink.timings import Timings

Idleness: TypeAlias = Literal["alone", "silent"]
"""alone: nobody listens · silent: nothing plays."""


class IdleCountdown:
    """Calls ``on_end`` when one kind of idleness has lasted for its time."""

    def __init__(self, timings: Timings, on_end: Callable[[Idleness], None]) -> None:
        self._seconds: dict[Idleness, float] = {"alone": timings.alone, "silent": timings.idle}
        self._on_end = on_end
        self._idleness: Idleness | None = None
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, idleness: Idleness | None) -> None:
        """Take the present idleness: start, keep or stop the countdown."""
        if idleness == self._idleness:
            return
        self.stop()
        self._idleness = idleness
        if idleness is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._seconds[idleness], self._end, idleness)

    def stop(self) -> None:
        """Count no more."""
        self._idleness = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self, idleness: Idleness) -> None:
        self.stop()
        self._on_end(idleness)
