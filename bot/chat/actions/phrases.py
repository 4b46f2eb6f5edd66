"""Recognises the plain phrases by which people ask for a command. Pure.

Only a whole message that can be nothing else is understood; whatever is in doubt is left to the model, which
knows the conversation and has the same commands as tools.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.chat.actions import english, japanese
from bot.chat.actions.catalogue import HELP, NETSTATS, Request
from bot.music_hosts import may_load
from bot.storable_text import normalized

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_POLITE = re.compile(r"(?:please,? |(?:can|could|would) you (?:please )?)?(.+?)(?:,? please)?", re.IGNORECASE)
_JAPANESE_REQUEST = re.compile("て(?!(?:ほしい|欲しい)$)")
"""Asked or not, 「止めてくれる？」 is one; 「止めてほしい？」 is not."""
_LONGEST = 200
"""Characters; longer messages are no plain requests."""
_LONGEST_TITLE = 60
_ONLY_TELLS = {HELP, NETSTATS, "nowplaying", "queue"}
"""Commands that answer a question."""
_QUOTES = " 「」『』\"“”'、"


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def _table(*tables: Mapping[str, Sequence[str]]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return names with their patterns, in the order in which they are tried."""
    return tuple(
        (name, pattern)
        for table in tables
        for name, patterns in table.items()
        for pattern in _compiled(patterns)
    )


_CERTAIN = _table(japanese.PATTERNS, english.PATTERNS)
_BARE = _table(japanese.BARE, english.BARE)
_GUESSES = _table(japanese.GUESSES, english.GUESSES)
_NO_TITLE = _compiled((*japanese.NO_TITLE, *english.NO_TITLE))
_PERIODS = tuple(
    (period, re.compile(f"{japanese.PERIODS[period]}|{english.PERIODS[period]}", re.IGNORECASE))
    for period in japanese.PERIODS
)


def understand(text: str, *, guess: bool = False) -> Request | None:
    """Return what ``text`` asks for, or None where it may be anything else.

    With ``guess``, for a bot without a model, what probably asks for a command counts as well.
    """
    if len(text) > 2 * _LONGEST:
        return None
    whole = normalized("NFKC", text).replace("’", "'").strip()
    phrase = whole.rstrip("。.!?~〜♪ ")
    if len(phrase) > _LONGEST or "\n" in phrase or (polite := _POLITE.fullmatch(phrase)) is None:
        return None
    sentence = polite[1].strip()
    # "next song?" wonders rather than asks for it.
    wonders = whole.endswith("?") and sentence == phrase and not _JAPANESE_REQUEST.search(sentence)
    request = _found(_CERTAIN, sentence)
    if request is not None and (guess or not wonders or request.name in _ONLY_TELLS):
        return request
    if guess:
        return _found(_GUESSES, sentence)
    bare = None if wonders else _found(_BARE, sentence)
    return None if bare is None else Request(bare.name, needs_music=True)


def _found(table: Iterable[tuple[str, re.Pattern[str]]], sentence: str) -> Request | None:
    for name, pattern in table:
        match = pattern.fullmatch(sentence)
        request = _request(name, match, sentence) if match else None
        if request is not None:
            return request
    return None


def _request(name: str, match: re.Match[str], sentence: str) -> Request | None:
    if name == "volume":
        return Request(name, {"level": float(match["level"])})
    if name == NETSTATS:
        found = (period for period, pattern in _PERIODS if pattern.search(sentence))
        return Request(name, {"period": next(found, "today")})
    if name == "play":
        groups = match.groupdict()
        if link := groups.get("link"):
            # A game is played by its link, too; the model knows what is meant.
            return Request(name, {"query": link}) if may_load(link.strip("<>")) else None
        query = (groups.get("title") or groups["query"]).strip(_QUOTES)
        return Request(name, {"query": query}) if groups.get("title") or _is_title(query) else None
    return Request(name)


def _is_title(query: str) -> bool:
    return 0 < len(query) <= _LONGEST_TITLE and not any(pattern.fullmatch(query) for pattern in _NO_TITLE)
