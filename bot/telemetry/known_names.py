"""Which names of servers and channels were recorded already, so that each is recorded once a day."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_NAMES = 10_000
AGAIN_SECONDS = 86_400.0
"""The database keeps a name for longer after it was last heard of than what happened there."""


class KnownNames:
    """Remembers the last name of each place, for the places that were heard of last."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._names: OrderedDict[int, tuple[str, float]] = OrderedDict()

    def is_news(self, discord_id: int, name: str) -> bool:
        """Note a place's name; returns whether it is to be recorded: a new one, or not recorded for a day."""
        now = self._monotonic()
        known, recorded_at = self._names.get(discord_id, ("", 0.0))
        if known == name and now - recorded_at < AGAIN_SECONDS:
            self._names.move_to_end(discord_id)
            return False
        self._names[discord_id] = name, now
        self._names.move_to_end(discord_id)
        if len(self._names) > MOST_NAMES:
            self._names.popitem(last=False)
        return True
