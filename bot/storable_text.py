"""Text that databases and JSON take, whatever somebody wrote."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Literal

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRETCH, _MOST_JOINED = 32, 16
"""Characters that are normalised at once, and how many may follow that belong to the last of them."""


def sanitize_text(text: str) -> str:
    r"""Return ``text`` without what PostgreSQL's ``text`` refuses; most texts come back unchanged.

    NUL (SQLSTATE 22P05) and lone surrogates (22P02) become U+FFFD; a surrogate pair in two code points
    becomes the character it stands for. https://www.postgresql.org/docs/current/datatype-json.html
    """
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            # JSON joins pairs, and takes a tenth of the time of a codec that meets a fault at each character.
            text = _SURROGATE.sub(REPLACEMENT, json.loads(json.dumps(text)))
    return text.replace("\0", REPLACEMENT)


def normalized(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Return ``text`` in a normal form of Unicode, a stretch at a time.

    Python puts accents into their order in a time that grows with the square of their number; nobody writes
    more than a few on one letter (https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format).
    """
    stretches: list[str] = []
    start = 0
    while start < len(text):
        end = start + _STRETCH
        while end < min(len(text), start + _STRETCH + _MOST_JOINED) and _joins(text[end]):
            end += 1
        stretches.append(unicodedata.normalize(form, text[start:end]))
        start = end
    return "".join(stretches)


def _joins(character: str) -> bool:
    """Tell whether a character may become one with that before it: accents, and the vowels of Hangul."""
    return unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"
