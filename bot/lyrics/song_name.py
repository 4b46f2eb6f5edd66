"""Finds a song's title and artist in what a video is called, and compares them with others'. Pure.

Titles are cut first, and read with patterns that cannot backtrack: others wrote them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.storable_text import normalized

TITLE_LENGTH = 200
"""Characters that are read of a title, and of an artist."""
MOST_NAMES = 3
"""Readings of one title, which are asked for one after the other."""

_OPENING, _CLOSING = "([{【〔〈《<", ")]}】〕〉》>"
_QUOTED = re.compile(r"[「『“\"]([^「」『』“”\"]{1,120})[」』”\"]")
_NOISE = re.compile(
    r"\b(?:official|video|mv|m/v|pv|clip|lyrics?|audio|visuali[sz]er|hd|hq|uhd|4k|8k|1080p|remaster(?:ed)?|full|"
    r"explicit|performance|teaser|trailer|short ver|from|prod|theme|ost|opening|ending|op|ed|upgrade|"
    r"color coded|sub)\b"
    r"|公式|歌詞|フル|高音質|主題歌|テーマ|オフィシャル|ミュージックビデオ|リリックビデオ|字幕|作業用|ノンクレジット",
    re.IGNORECASE,
)
"""What stands in brackets beside a title and does not belong to it."""
_FEATURING = re.compile(r"(?:\s|^|\()(?:feat|ft|featuring)\b", re.IGNORECASE)
_TRAILER = re.compile(
    r"[\s:|/~-]{0,8}\b(?:(?:official|the)\s{1,3})?(?:(?:music|lyrics?|full)\s{0,3})?(?:video|clip|mv|m/v|pv|audio|visuali[sz]er)"
    r"(?:\s{0,3}(?:full|short)(?:\s{0,3}ver(?:sion)?\.?)?)?[\s:|/~-]{0,8}$"
    r"|[\s:|/~-]{0,8}(?:公式|オフィシャル)?(?:ミュージックビデオ|リリックビデオ)[\s:|/~-]{0,8}$",
    re.IGNORECASE,
)
"""The same at the end, without brackets."""
_CHANNEL = re.compile(
    r"(?:\s{1,4}-\s{1,4}topic|vevo|\s{0,4}(?:official|オフィシャル|公式)(?:\s{0,4}(?:youtube|artist))?"
    r"(?:\s{0,4}(?:channel|チャンネル))?|\s{1,4}(?:youtube\s{0,4})?channel|\s{0,4}(?:チャンネル|ちゃんねる))$",
    re.IGNORECASE,
)
"""What channels add to an artist's name."""
_TITLE_FIRST = re.compile(r"\s/\s?|\s?/\s|(?<=[^ -~])/|/(?=[^ -~])")
_ARTIST_FIRST = re.compile(r"\s[-–—―|~]\s|\s[-–—―]|[–—―]\s")
_EDGES = " \t-–—―|~/:・,、。♪♫🎵*'\""


class SongName(NamedTuple):
    """A title and an artist; "" where nobody says who it is."""

    title: str
    artist: str


def song_names(title: str, author: str) -> list[SongName]:
    """Return what a song may be called of which a source says ``title`` and ``author``, likeliest first.

    The title of a video may hold both, in either order, between decorations.
    """
    channel = _artist(author)
    whole = _folded_width(title)
    names = [*_quoted(whole, channel), *_divided(_undecorated(whole), channel)]
    names += [SongName(_bare(_undecorated(whole)) or whole.strip(_EDGES), channel)]
    return [name for name in dict.fromkeys(names) if _letters(name.title)][:MOST_NAMES]


def same_title(one: str, other: str) -> bool:
    """Tell whether two titles are those of one song, apart from decorations, width, case and marks."""
    return bool(_key(one)) and _key(one) == _key(other)


def same_artist(one: str, other: str) -> bool:
    """Tell whether two names may be one artist's: one may name others too, or be written in two scripts."""
    first, second = (_letters(_folded_width(name)) for name in (one, other))
    return bool(first and second) and (first in second or second in first)


def _quoted(whole: str, channel: str) -> list[SongName]:
    """Return what stands in quotation marks, behind the artist's name: a Japanese custom."""
    match = _QUOTED.search(whole)
    if match is None or _NOISE.fullmatch(match[1]):
        return []
    before = _bare(_undecorated(whole[: match.start()])).strip(_EDGES)
    title = _bare(match[1])
    return [SongName(title, _artist(before) if before else channel)]


def _divided(text: str, channel: str) -> list[SongName]:
    """Return the reading of "one - other" in which the channel is the artist, else both."""
    for pattern, artist_is_first in ((_ARTIST_FIRST, True), (_TITLE_FIRST, False)):
        parts = [part for part in pattern.split(text, maxsplit=1) if _letters(part)]
        if len(parts) != 2:  # noqa: PLR2004 - a pair
            continue
        first, second = parts
        readings = [SongName(_bare(second), _artist(first)), SongName(_bare(first), _artist(second))]
        if not artist_is_first:
            readings.reverse()
        return [reading for reading in readings if same_artist(reading.artist, channel)][:1] or readings
    return []


def _undecorated(text: str) -> str:
    """Return a title without the brackets that hold no part of it."""
    kept, depth, group = list[str](), 0, list[str]()
    for character in text:
        if character in _OPENING:
            depth += 1
        if depth:
            group.append(character)
        else:
            kept.append(character)
        if character in _CLOSING and depth:
            depth -= 1
            if not depth:
                kept.append(_group("".join(group)))
                group = []
    return " ".join("".join([*kept, *group]).split())


def _group(text: str) -> str:
    """Return what stays of a pair of brackets: a version belongs to a title, a kind of video does not."""
    inside = text[1:-1].strip()
    if not inside or _NOISE.search(inside) or _FEATURING.search(inside):
        return " "
    return f" {inside} - " if text[0] in "【〔《" else text


def _bare(text: str) -> str:
    """Return a title without guests, and without what kind of video it is at its end."""
    guests = _FEATURING.search(text)
    text = text[: guests.start()] if guests and guests.start() else text
    for _ in range(2):
        shorter = _TRAILER.sub("", text).rstrip()
        text = shorter if _letters(shorter) else text
    return text.strip(_EDGES)


def _artist(text: str) -> str:
    """Return an artist's name without guests and without what channels add to it."""
    text = _bare(_folded_width(text))
    shorter = _CHANNEL.sub("", text).strip(_EDGES)
    return shorter or text


def _folded_width(text: str) -> str:
    """Return ``text`` with full-width letters and brackets as plain ones; Japanese ones stay."""
    return " ".join(normalized("NFKC", text[:TITLE_LENGTH]).split())[:TITLE_LENGTH]


def _key(title: str) -> str:
    return _letters(_bare(_undecorated(_folded_width(title))))


def _letters(text: str) -> str:
    """Return the letters and digits alone, in small letters."""
    return "".join(character for character in text.casefold() if character.isalnum())
