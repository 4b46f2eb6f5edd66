"""A song's words, whoever knows them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import SpokenError
from bot.escaping import visible
from bot.storable_text import sanitize_text
from bot.texts import music

if TYPE_CHECKING:
    from collections.abc import Sequence

USER_AGENT = "Otonari (Discord bot)"
"""LRCLIB asks programs to say who they are."""
MOST_LINES = 1_000
MOST_CHARACTERS = 300
"""Of a line, and lines of a song: what is longer is none."""


class LyricsServiceError(SpokenError):
    """A service of lyrics does not answer, or not with lyrics."""

    def __init__(self) -> None:
        super().__init__(music.LYRICS_UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Lyrics:
    """A song's words; each line with its time in milliseconds from the beginning, or None where unknown."""

    provider: str
    lines: Sequence[tuple[int | None, str]]
    """Empty for a song without words."""

    @property
    def is_timed(self) -> bool:
        """Whether it is known when each line is sung."""
        return bool(self.lines) and all(at is not None for at, _words in self.lines)

    def line_at(self, position_ms: int) -> int:
        """Return the index of the line that is sung at a position, of timed ones; -1 before the first."""
        return bisect_right(self.lines, position_ms, key=lambda line: line[0] or 0) - 1


def clean_line(text: str) -> str:
    """Return a line of others: valid, without what is not seen but acts, and not longer than a line is."""
    return sanitize_text(visible(text[:MOST_CHARACTERS]))
