"""Splits an answer into Discord messages: nothing lost, code blocks kept whole, no cut where it would hurt.

Discord counts a message's length in code points, as Python's ``len`` does
(https://github.com/discord/discord-api-docs/issues/1315), strips its outer white space and refuses an empty
one. Its Markdown opens a code block at any ``` and closes it at the next.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.discord_limits import MESSAGE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_CLOSING = "\n```"
_FENCE = re.compile(r"```(?:(?P<language>[\w+\-.#]{1,30})\n)?.*?(?P<closing>```|\Z)", re.DOTALL)
_OPENER = re.compile(r"```[\w+\-.#]{0,30}\n?")
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
_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)*")
_JOINERS = "\u200d\ufe0e\ufe0f"
"""What ties an emoji to the character before or after it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One message: the slice of the answer that it carries, and what is sent for it."""

    source: str
    content: str
    """``source`` without outer white space; a code block that is cut is closed, and reopened in the next."""


def split(text: str, limit: int = MESSAGE_LENGTH) -> list[Piece]:
    """Return ``text`` in messages of at most ``limit`` (at least 100) code points; none if it is blank.

    The sources, joined, equal ``text``. A longer text that begins with this one gives the same contents but
    for the last, so an answer can be shown while it grows.
    """
    return list(_Splitter(text, limit).pieces()) if text.strip() else []


@dataclass(frozen=True, slots=True)
class _Fence:
    """A code block from before its first marker to after its last, as indexes of the text."""

    start: int
    end: int
    closed: bool
    opening: str

    def holds(self, position: int) -> bool:
        """Tell whether a cut at ``position`` is inside."""
        return self.start < position < self.end or (position == self.end and not self.closed)


class _Splitter:
    def __init__(self, text: str, limit: int) -> None:
        self._text = text
        self._limit = limit
        self._fences = [
            _Fence(
                match.start(), match.end(), bool(match["closing"]), opening=f"```{match['language'] or ''}\n"
            )
            for match in _FENCE.finditer(text)
        ]

    def pieces(self) -> Iterator[Piece]:
        start = 0
        while start < len(self._text):
            fence = self._fence_at(start)
            opening = fence.opening if fence else ""
            visible = start if fence else _skip(_BLANK, self._text, start)
            cut = self._cut(visible, opening)
            closing = _CLOSING if self._fence_at(cut) else ""
            end = self._end(cut)
            content = opening + self._text[visible:cut].rstrip() + closing
            yield Piece(self._text[start:end], content)
            start = end

    def _fence_at(self, position: int) -> _Fence | None:
        return next((fence for fence in self._fences if fence.holds(position)), None)

    def _cut(self, start: int, opening: str) -> int:
        """Return where the piece that shows text from ``start`` on is cut, which is after ``start``.

        Looks no further than the longest piece reaches: what comes later must not move the cut.
        """
        text = self._text
        has_code = opening or "```" in text[start : start + self._limit]
        budget = self._limit - len(opening) - (len(_CLOSING) if has_code else 0)
        if len(text[start:].rstrip()) <= budget:
            return len(text)
        window = text[start : start + budget]
        markers = list(self._markers(start, window))
        wholes = [(start + match.start(), start + match.end()) for match in _WHOLE.finditer(window)]
        # What reaches the end of the window goes on behind it.
        wholes = [(begin, end + (end == start + budget)) for begin, end in wholes]
        end, middle = start + len(window), start + budget // 2
        for spans, earliest in (([*markers, *wholes], middle), (markers, start)):
            for least in (middle, start + 1):
                for pattern, in_code in _BOUNDARIES:
                    cuts = (start + match.end() for match in pattern.finditer(window))
                    good = [
                        cut
                        for cut in cuts
                        if cut >= least
                        and not _inside(spans, cut)
                        and (in_code or self._fence_at(cut) is None)
                    ]
                    if good:
                        return good[-1]
            if forced := self._forced_cut(earliest, end, spans):
                return forced
        return end

    def _markers(self, start: int, window: str) -> Iterator[tuple[int, int]]:
        """Yield the spans that no cut may enter: code block markers, with the language of an opening one."""
        end = start + len(window)
        for fence in self._fences:
            if start <= fence.start < end:
                opener = _OPENER.match(self._text, fence.start)
                yield fence.start, (opener.end() if opener else fence.start) + 1
            if fence.closed and start < fence.end:
                yield fence.end - 3, fence.end
        if partial := _PARTIAL_MARKER.search(window):
            yield start + partial.start(), end + 1

    def _forced_cut(self, start: int, end: int, spans: Sequence[tuple[int, int]]) -> int | None:
        """Return the last cut behind ``start`` that enters no span and parts no accent or joined emoji."""
        for cut in range(end, start, -1):
            before, after = self._text[cut - 1], self._text[cut]
            joined = unicodedata.combining(after) or after in _JOINERS or before == _JOINERS[0]
            if not joined and not _inside(spans, cut):
                return cut
        return None

    def _end(self, cut: int) -> int:
        """Return where the next piece begins: after white space, and after a code block's end that is due."""
        fence = self._fence_at(cut)
        if fence is None:
            return _skip(_BLANK, self._text, cut)
        code_end = fence.end - 3 if fence.closed else fence.end
        if not self._text[cut:code_end].strip():
            return _skip(_BLANK, self._text, fence.end)
        return _skip(_BLANK_LINES, self._text, cut)


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _inside(spans: Iterable[tuple[int, int]], position: int) -> bool:
    return any(start < position < end for start, end in spans)
