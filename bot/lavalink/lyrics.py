"""A song's words, where a node has the LavaLyrics plugin: https://github.com/topi314/LavaLyrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from bot.lavalink.errors import LyricsUnavailableError, NoLyricsError, RequestRefusedError, translated
from bot.lavalink.tracks import clean
from bot.lyrics.lyrics import Lyrics

if TYPE_CHECKING:
    import wavelink

    from bot.lavalink.tracks import Track


async def lyrics_of(track: Track, node: wavelink.Node) -> Lyrics:
    """Return the words of ``track``.

    Raises NoLyricsError where nobody knows them, LyricsUnavailableError where the node has no such plugin,
    or another LavalinkError.
    """
    try:
        with translated():
            # wavelink takes what is not JSON for text, and gives None for 204 No Content.
            answer: object = await node.send(path="v4/lyrics", params={"track": track.encoded})
    except RequestRefusedError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise LyricsUnavailableError from error
        raise
    lyrics = _read(cast("Mapping[str, object]", answer)) if isinstance(answer, Mapping) else None
    if lyrics is None:
        raise NoLyricsError(track.title)
    return lyrics


def _read(answer: Mapping[str, object]) -> Lyrics | None:
    timed = answer.get("lines")
    lines: list[tuple[int | None, str]] = []
    for line in cast("Sequence[object]", timed) if isinstance(timed, list) else ():
        if isinstance(line, Mapping):
            entry = cast("Mapping[str, object]", line)
            at = entry.get("timestamp")
            lines.append((at if isinstance(at, int) else None, clean(str(entry.get("line") or ""))))
    text = answer.get("text")
    if not lines and isinstance(text, str):
        lines = [(None, line and clean(line)) for line in text.splitlines()]
    if not any(words for _at, words in lines):
        return None
    return Lyrics(clean(str(answer.get("provider") or answer.get("sourceName") or "")), lines)
