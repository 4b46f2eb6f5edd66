"""Text that others wrote, made safe to show in Discord: the one way from a name or a title to a sentence.

No pattern here can backtrack, and what will not be shown is cut off first.
"""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LABEL_LENGTH = 80
"""Characters of a title shown in a line of text."""
NAMELESS = "—"
"""Stands for a name of which nothing can be seen."""
UNSEEN_PER_SEEN = 8
"""How many characters are read for each that may be shown; the others may be invisible, or accents."""

_ESCAPES = str.maketrans(
    {**{mark: f"\\{mark}" for mark in r"\`*_~|[]<>#"}, **{mark: f"{mark}\u200b" for mark in "@/"}}
)
"""Whatever begins formatting: https://support.discord.com/hc/en-us/articles/210298617. A mention, an address
or an invite also acts where it is not shown as one, so each is broken by a zero-width space, as discord.py's
``escape_mentions`` does."""
_ACTS = str.maketrans({mark: f"{mark}\u200b" for mark in "@/<"})
_LIST_ITEM = re.compile(r"\A(\d{0,9})([-.])")

_BLANK = re.compile(r"[\x00-\x1f\x7f-\x9f\u115f\u1160\u2028\u2029\u2800\u3164\uffa0]+")
"""C0 and C1 controls, line and paragraph separators, and blanks that count as letters or symbols."""
_INVISIBLE = re.compile(
    # The flags of England, Scotland and Wales are a black flag and tag characters; other tags show nothing.
    "(?P<flag>\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    "|\U000e0077\U000e006c\U000e0073)\U000e007f)"
    r"|[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0d"
    r"\ufeff\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]+"
)
"""Bidi controls and what else is never seen by itself: the property Default_Ignorable_Code_Point of
https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point"""
_EMOJI = r"\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_LONE_SELECTOR = re.compile(
    rf"(?<![0-9#*{_EMOJI}])[\ufe0e\ufe0f]+"
    r"|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]+"
)
"""Variation selectors that do not choose how an emoji looks, or a kanji of somebody's name."""
_JOINED = rf"\u0600-\u109f\u1780-\u1cff\ufb50-\ufefc{_EMOJI}"
_LONE_JOINER = re.compile(
    rf"(?<![{_JOINED}\ufe0f])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINED}])|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
"""Joiners that neither make one emoji of several nor shape letters of Persian and the scripts of India."""
_MOST_MARKS = 8
"""Marks on one letter; no language needs more, and hundreds would cover the lines around."""
_RIGHT_TO_LEFT = re.compile(
    r"[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""The blocks of Hebrew, Arabic and their kin: https://www.unicode.org/reports/tr9/#Bidirectional_Character_Types"""


def _marks(characters: Iterable[str]) -> str:
    return "".join(letter for letter in characters if unicodedata.category(letter)[0] == "M")


def _with_few_marks(text: str) -> str:
    run = re.escape(f"{_marks(set(text))}\u200c\u200d")
    return re.sub(rf"([{run}]{{{_MOST_MARKS}}})[{run}]+", r"\1", text)


_UNSEEN = (
    (_BLANK.search, partial(_BLANK.sub, " ")),
    (_INVISIBLE.search, partial(_INVISIBLE.sub, lambda match: match["flag"] or "")),
    (_marks, _with_few_marks),
    (re.compile("[\ufe0e\ufe0f\U000e0100-\U000e01ef]").search, partial(_LONE_SELECTOR.sub, "")),
    (re.compile("[\u200c\u200d]").search, partial(_LONE_JOINER.sub, "")),
)
"""How what may not be seen is found among the characters of a text, and what is then done, in this order."""
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
"""FSI and PDI: https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates"""


def truncate(text: str, limit: int) -> str:
    """Return ``text`` in at most ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def visible(text: str) -> str:
    """Return ``text`` in one line, without controls and without what is not seen but acts.

    Such are the bidi controls, which turn the text around them, and the zero-width and blank characters that
    make two names look alike. Emoji and the joiners of Persian and the scripts of India stay whole; of a pile
    of marks on one letter a few stay. ``dashboard/lib/visible.ts`` does the same.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    given, characters = text, "".join(set(text))
    for occurs, replace in _UNSEEN:
        if occurs(characters):
            text = replace(text)
    left = characters if text is given else set(text)
    return text.strip() if any(map(_stands_alone, left)) else ""


def _stands_alone(character: str) -> bool:
    """Tell whether a character is seen by itself; marks, spaces and format characters are not."""
    category = unicodedata.category(character)
    return category[0] not in "MZ" and category not in {"Cc", "Cf"}


def isolated(text: str) -> str:
    """Return ``text`` so that its direction does not reach the text around it.

    Hebrew or Arabic letters draw the digits and signs after them to their left, without any control.
    """
    return f"{_ISOLATE}{text}{_END_ISOLATE}" if _RIGHT_TO_LEFT.search(text) else text


def plain(text: str, limit: int = LABEL_LENGTH) -> str:
    """Return ``text`` in one line of at most ``limit`` characters, for places that know no markdown."""
    read = limit * UNSEEN_PER_SEEN
    shown = visible(text[:read]) or NAMELESS
    if len(text) > read:
        shown += "…"
    whole = isolated(truncate(shown, limit))
    return whole if len(whole) <= limit else isolated(truncate(shown, limit - 2))


def inert(text: str, limit: int = LABEL_LENGTH) -> str:
    """Return at most ``limit`` characters of ``text`` for places that know no markdown, but links and emoji.

    What breaks those comes on top, so the result has up to twice as many characters.
    """
    return plain(text, limit).translate(_ACTS)


class Label(str):
    """Text that may stand in a sentence of the bot: it formats, links and mentions nothing by itself."""

    __slots__ = ()


def label(text: str, limit: int = LABEL_LENGTH) -> Label:
    """Return at most ``limit`` characters of ``text``, shown as they are: no markdown, links or mentions.

    It is one line that leaves the text around it alone. The escapes come on top, so the result has up to
    twice as many characters.
    """
    return Label(_LIST_ITEM.sub(r"\1\\\2", plain(text, limit).translate(_ESCAPES)))


def code_label(text: str, limit: int = LABEL_LENGTH) -> Label:
    """Return at most ``limit`` characters of ``text`` to stand between two backticks."""
    return Label(plain(text, limit).replace("`", "'"))
