"""How many plays of one person are recorded in a day: a repeated song of a second would fill the database."""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

log = logging.getLogger(__name__)

MOST = 2_000
"""A song every 43 seconds, day and night. Who reaches it every day takes up about 80 MB of the free plan by
the end of the 90 days for which plays are kept, at some 450 bytes a row with its indexes."""
TITLE_CHARACTERS = 200
"""A title counts once more for each so many of them."""
KNOWN = 10_000
"""People in servers whose plays are counted; beyond, the one who was silent for longest is dropped."""


class PlayLimit:
    """Counts plays by day, by server and who asked for them."""

    def __init__(self, today: Callable[[], date]) -> None:
        self._today = today
        self._day: date | None = None
        self._plays: OrderedDict[tuple[int, int], int] = OrderedDict()

    def admit(self, guild_id: int, user_id: int, title: str) -> bool:
        """Count a play, and return whether it is to be recorded."""
        day, key = self._today(), (guild_id, user_id)
        if day != self._day:
            self._day = day
            self._plays.clear()
        before = self._plays.pop(key, 0)
        self._plays[key] = before + 1 + len(title) // TITLE_CHARACTERS
        if len(self._plays) > KNOWN:
            self._plays.popitem(last=False)
        if before < MOST <= self._plays[key]:
            log.info("Guild %s: no more plays of user %s are recorded today", guild_id, user_id)
        return before < MOST
