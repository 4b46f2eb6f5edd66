"""The same song from another source, for one that cannot be played."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from bot.lavalink.errors import LavalinkError
from bot.lavalink.tracks import SEARCH_SOURCES, search_in
from bot.storable_text import normalized

if TYPE_CHECKING:
    import wavelink

    from bot.lavalink.tracks import Track

ALIKE = 0.6
"""Share of a title's characters that two uploads of one song have in common at least."""
COMPARED = 64
"""Characters of a title that are compared, which takes a square of their number."""
LENGTH_TOLERANCE_MS = 15_000


async def find_fallback(track: Track, node: wavelink.Node) -> Track | None:
    """Look for the song of ``track`` in every source, the one that failed last; None where nobody has it."""
    query = f"{track.title} {track.author}".strip()
    for source in sorted(SEARCH_SOURCES, key=lambda source: _is_source_of(source, track)):
        try:
            found = await search_in(source, query, track.requester, node)
        except LavalinkError:
            continue
        for candidate in found.tracks:
            if is_same_song(track, candidate):
                return candidate
    return None


def is_same_song(track: Track, other: Track) -> bool:
    """Return whether ``other`` is another copy of the song: alike in title and length."""
    if (track.source, track.identifier) == (other.source, other.identifier) or track.encoded == other.encoded:
        return False
    if track.is_stream or other.is_stream or abs(track.length_ms - other.length_ms) > LENGTH_TOLERANCE_MS:
        return False
    title, other_title = _fold(track.title), _fold(other.title)
    shorter, longer = sorted((title, other_title), key=len)
    return bool(shorter) and (shorter in longer or SequenceMatcher(None, title, other_title).ratio() >= ALIKE)


def _is_source_of(source: str, track: Track) -> bool:
    """Return whether a search prefix is of the source of ``track``."""
    return source.startswith("sc" if track.source == "soundcloud" else "yt")


def _fold(title: str) -> str:
    return "".join(filter(str.isalnum, normalized("NFKC", title[: 4 * COMPARED]).casefold()))[:COMPARED]
