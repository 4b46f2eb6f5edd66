"""Splits an answer into Discord messages: nothing lost, code blocks kept whole, no cut where it would hurt.

Discord counts a message's length in code points, as Python's ``len`` does
(https://github.com/discord/discord-api-docs/issues/1315), strips its outer white space and refuses an empty
one. Its Markdown opens a code block at any ``` and closes it at the next.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from operator import itemgetter, le
from typing import TYPE_CHECKING

from bot.discord_limits import MESSAGE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FENCE = "```"
_CLOSING = f"\n{_FENCE}"
_OPENER = re.compile(r"```(?P<language>[\w+\-.#]{0,30})(?P<line_end>\n?)")
_PARTIAL_MARKER = re.compile(r"(?<!`)``?\Z")
_WHOLE = re.compile(
    r"(?<!`)(?P<ticks>`{1,2})(?!`)[^\n]{1,300}?(?:(?<!`)(?P=ticks)(?!`)|\Z)"  # inline code
    r"|\*\*[^*\n]{1,300}(?:\*\*|\Z)"  # bold
    r"|\[[^\[\]\n]{0,300}(?:\](?:\([^()\n]{0,500}(?:\)|\Z))?|\Z)"  # a link with its label
)
"""What should stay in one piece, even where the window ends before it does."""

_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"[。．！？!?][」』）)]*|\.[)\]\"'”’]*\s")
_WORD = re.compile(r"[、，]|\s")
_BOUNDARIES = ((_PARAGRAPH, False), (_LINE, False), (_LINE, True), (_SENTENCE, False), (_WORD, True))
"""Where to cut, best first, and whether inside a code block too."""

_BLANK = re.compile(r"\s*")
_JOINERS = "\u200d\ufe0e\ufe0f"
"""What ties an emoji to the character before or after it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One message: the slice of the answer that it carries, and what is sent for it."""

    source: str
    content: str
    """``source`` without outer white space; a code block that is cut is closed, and reopened in the next."""
    opening: str
    """How the code block is reopened inside which ``source`` begins; "" outside of any."""


def split(text: str, limit: int = MESSAGE_LENGTH, opening: str = "") -> Iterator[Piece]:
    """Yield ``text`` in messages of at most ``limit`` (at least 100) code points; none if it is blank.

    The sources, joined, equal ``text``. A longer text that begins with this one gives the same pieces but
    for the last, so an answer can be shown while it grows, and be continued at any piece: with its source
    and what follows, and its ``opening``. Each piece takes a time that depends on ``limit`` alone.
    """
    length = len(text.rstrip())
    start = 0
    while start < len(text) and length:
        visible = start if opening else _skip_blank(text, start)
        window = _Window(text, visible, limit, opening)
        cut = window.cut() if length - visible > window.budget else len(text)
        reopening = window.opening_at(cut)
        content = opening + text[visible:cut].rstrip() + (_CLOSING if reopening else "")
        end, next_opening = _end(text, cut, reopening)
        yield Piece(text[start:end], content, opening)
        start, opening = end, next_opening


def _end(text: str, cut: int, opening: str) -> tuple[int, str]:
    """Return where the piece after a cut begins, and in which code block.

    White space is left out, and so is a code block's end that is due; in code, empty lines alone.
    """
    end = _skip_blank(text, cut)
    if not opening:
        return end, ""
    if text.startswith(_FENCE, end):
        return _skip_blank(text, end + len(_FENCE)), ""
    return (end if end == len(text) else max(cut, text.rfind("\n", cut, end) + 1)), opening


def _skip_blank(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position


class _Window:
    """What the longest piece that begins at ``start`` could hold; looks no further.

    What comes later must not move the cut.
    """

    def __init__(self, text: str, start: int, limit: int, opening: str) -> None:
        has_code = opening or _FENCE in text[start : start + limit]
        self.budget = limit - len(opening) - (len(_CLOSING) if has_code else 0)
        self._text = text
        self._start = start
        self._words = text[start : start + self.budget]
        self._markers: list[tuple[int, int]] = []
        """The spans that no cut may enter: code block markers, with the language of an opening one."""
        self._code: list[tuple[int, str]] = [(start, opening)]
        """From which cut on it is inside a code block, with its opening, and outside again ("")."""
        self._find_code(opening)

    def _find_code(self, opening: str) -> None:
        end = self._start + len(self._words)
        marker = self._text.find(_FENCE, self._start, end + len(_FENCE) - 1)
        while marker != -1:
            after = marker + len(_FENCE)
            opener = None if opening else _OPENER.match(self._text, marker)
            if opener:
                opening = f"{_FENCE}{opener['language'] if opener['line_end'] else ''}\n"
                self._markers.append((marker, opener.end() + 1))
                self._code.append((marker + 1, opening))
            else:
                opening = ""
                self._markers.append((marker, after))
                self._code.append((after, ""))
            marker = self._text.find(_FENCE, after, end + len(_FENCE) - 1)
        if unfinished := _PARTIAL_MARKER.search(self._words):
            self._markers.append((self._start + unfinished.start(), end + 1))

    def opening_at(self, cut: int) -> str:
        """Return how the code block that a cut is in is opened, "" if it is in none."""
        return self._code[bisect_right(self._code, cut, key=itemgetter(0)) - 1][1]

    def cut(self) -> int:
        """Return where the piece is cut, which is after its start."""
        end, middle = self._start + len(self._words), self._start + self.budget // 2
        boundaries = [
            ([self._start + match.end() for match in pattern.finditer(self._words)], in_code)
            for pattern, in_code in _BOUNDARIES
        ]
        wholes = [(match.start(), match.end()) for match in _WHOLE.finditer(self._words)]
        # What reaches the end of the window goes on behind it.
        wholes = [
            (self._start + first, self._start + last + (last == len(self._words))) for first, last in wholes
        ]
        for spans, earliest in (([*self._markers, *wholes], middle), (self._markers, self._start)):
            taken = self._inside(spans)
            for least in (middle, self._start + 1):
                for cuts, in_code in boundaries:
                    for cut in takewhile(partial(le, least), reversed(cuts)):
                        if not taken[cut - self._start] and (in_code or not self.opening_at(cut)):
                            return cut
            if forced := self._forced_cut(earliest, end, taken):
                return forced
        return end

    def _inside(self, spans: Iterable[tuple[int, int]]) -> bytearray:
        """Return for each cut from the start on whether it is inside one of ``spans``."""
        inside = bytearray(len(self._words) + 1)
        for first, last in spans:
            begin, end = max(0, first + 1 - self._start), min(len(inside), last - self._start)
            inside[begin:end] = b"\1" * (end - begin)
        return inside

    def _forced_cut(self, start: int, end: int, taken: bytearray) -> int | None:
        """Return the last cut behind ``start`` that enters no span and parts no accent or joined emoji."""
        for cut in range(end, start, -1):
            before, after = self._text[cut - 1], self._text[cut]
            joined = unicodedata.combining(after) or after in _JOINERS or before == _JOINERS[0]
            if not joined and not taken[cut - self._start]:
                return cut
        return None
