"""Recognises the plain phrases by which people ask for a command. Pure.

Only a whole message that says nothing else is understood; whatever is in doubt is left to the model.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bot.chat.actions import english, japanese
from bot.chat.actions.catalogue import NETSTATS, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

_POLITE = re.compile(r"(?:please,? |(?:can|could|would) you (?:please )?)?(.+?)(?:,? please)?", re.IGNORECASE)
_LONGEST = 200
"""Characters; longer messages are no plain requests."""


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_PATTERNS = tuple(
    (name, pattern)
    for language in (japanese.PATTERNS, english.PATTERNS)
    for name, patterns in language.items()
    for pattern in _compiled(patterns)
)
"""``play``, which takes any text, is the last of its language."""
_NO_SONG = _compiled((*japanese.NO_SONG, *english.NO_SONG))
_PERIODS = tuple(
    (period, re.compile(f"{japanese.PERIODS[period]}|{english.PERIODS[period]}", re.IGNORECASE))
    for period in japanese.PERIODS
)


def understand(text: str) -> Request | None:
    """Return what ``text`` asks for, or None where it is anything but a plain request."""
    phrase = unicodedata.normalize("NFKC", text).replace("’", "'").strip().rstrip("。.!?~〜♪ ")
    polite = _POLITE.fullmatch(phrase)
    if polite is None or len(phrase) > _LONGEST or "\n" in phrase:
        return None
    phrase = polite[1].strip()
    for name, pattern in _PATTERNS:
        if match := pattern.fullmatch(phrase):
            return _request(name, match, phrase)
    return None


def _request(name: str, match: re.Match[str], phrase: str) -> Request | None:
    if name == "volume":
        return Request(name, {"level": float(match["level"])})
    if name == NETSTATS:
        found = (period for period, pattern in _PERIODS if pattern.search(phrase))
        return Request(name, {"period": next(found, "today")})
    if name == "play":
        query = match["query"].strip(" 「」『』\"'、")
        is_title = query and not any(pattern.fullmatch(query) for pattern in _NO_SONG)
        return Request(name, {"query": query}) if is_title else None
    return Request(name)
