"""Positions in a song, as people read and write them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.markup import composed

if TYPE_CHECKING:
    from bot.escaping import Label

_POSITION = re.compile(r"([+-]?)(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})s?")


def duration(milliseconds: int) -> Label:
    """Return ``3:07`` or ``1:02:03``."""
    minutes, seconds = divmod(max(0, milliseconds) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return composed("{}:{:02}:{:02}", hours, minutes, seconds)
    return composed("{}:{:02}", minutes, seconds)


def parse_position(text: str, now_ms: int) -> int | None:
    """Return the position in milliseconds that ``text`` means at ``now_ms``; None if it means none.

    ``1:23``, ``1:02:03`` and ``83`` (seconds) are positions; ``+10`` and ``-0:30`` are relative to it.
    """
    match = _POSITION.fullmatch(text.strip())
    if match is None:
        return None
    sign, hours, minutes, seconds = match.groups()
    position_ms = 1000 * (3600 * int(hours or 0) + 60 * int(minutes or 0) + int(seconds))
    if sign:
        position_ms = now_ms + position_ms * (1 if sign == "+" else -1)
    return max(0, position_ms)
