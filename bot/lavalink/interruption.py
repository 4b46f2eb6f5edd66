"""How long music has been interrupted, and whether people were told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


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
