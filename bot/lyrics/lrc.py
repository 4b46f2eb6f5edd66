"""Reads timed lines in the LRC format: https://en.wikipedia.org/wiki/LRC_(file_format). Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.lyrics.lyrics import MOST_LINES, clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIME = re.compile(r"\s{0,4}\[(\d{1,3}):([0-5]?\d)(?:[.:](\d{1,3}))?\]", re.ASCII)
_WORD_TIME = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>", re.ASCII)
"""Of a word, in the "enhanced" format."""
_OFFSET = re.compile(r"\[offset:\s{0,4}([+-]?\d{1,7})\s{0,4}\]", re.IGNORECASE | re.ASCII)
_MOST_TIMES = 16
"""Of one line, for a chorus."""


def parse_lrc(text: str) -> list[tuple[int, str]]:
    """Return the lines of ``text`` that have a time (milliseconds), in the order in which they are sung.

    Lines without words are kept: they say when the last one is over. Other tags and lines are left out.
    """
    lines, offset = list[tuple[int, str]](), 0
    for line in text.splitlines()[:MOST_LINES]:
        if match := _OFFSET.match(line.strip()):
            offset = int(match[1])  # Positive: the words come sooner.
        times, end = _times(line)
        if times:
            words = clean_line(_WORD_TIME.sub("", line[end:]))
            lines += [(at, words) for at in times]
    lines = [(max(0, at - offset), words) for at, words in lines[:MOST_LINES]]
    return sorted(lines, key=lambda line: line[0])


def _times(line: str) -> tuple[list[int], int]:
    """Return the times with which a line begins, and where its words begin."""
    times, end = list[int](), 0
    for match in _leading(line):
        minutes, seconds, fraction = match.groups(default="0")
        times.append(60_000 * int(minutes) + 1_000 * int(seconds) + int(fraction.ljust(3, "0")))
        end = match.end()
    return times, end


def _leading(line: str) -> Iterator[re.Match[str]]:
    match = _TIME.match(line)
    for _ in range(_MOST_TIMES):
        if match is None:
            return
        yield match
        match = _TIME.match(line, match.end())
