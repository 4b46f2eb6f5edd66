"""Countdowns: to leaving a channel that has no use for the bot, and to telling of a long interruption."""

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


class Interruption:
    """Calls ``on_long`` once when an interruption outlasts ``patience`` seconds."""

    def __init__(self, patience: float, on_long: Callable[[], None]) -> None:
        self._patience = patience
        self._on_long = on_long
        self._timer: asyncio.TimerHandle | None = None
        self._told = False

    def begin(self) -> None:
        """Count from now on; while it lasts, beginning again changes nothing."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._patience, self._tell)

    def end(self) -> bool:
        """Count no more; returns whether people were told of it, and so want to hear of its end."""
        told, self._told = self._told, False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return told

    def _tell(self) -> None:
        self._told = True
        self._on_long()
