"""The words of a song: from a node that knows them, else from LRCLIB's API where that is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.lavalink import LavalinkError, LyricsUnavailableError, NoLyricsError
from bot.texts import music

if TYPE_CHECKING:
    from bot.client import Bot
    from bot.lavalink import Track
    from bot.lyrics.lyrics import Lyrics


async def lyrics_of(bot: Bot, track: Track, *, timed: bool = False) -> Lyrics:
    """Return a song's words; with ``timed``, rather those of LRCLIB where a node knows no times.

    Raises NoLyricsError, LyricsUnavailableError, LyricsServiceError, another LavalinkError, or UserError.
    """
    if bot.lavalink is None:
        raise UserError(music.NOT_CONFIGURED)
    of_node: Lyrics | None = None
    failure: LavalinkError = NoLyricsError(track.title)
    try:
        of_node = await bot.lavalink.lyrics(track)
    except LavalinkError as error:
        failure = error
    if of_node is not None and (of_node.is_timed or not timed):
        return of_node
    if bot.lyrics is None or track.is_stream:
        if of_node is not None:
            return of_node
        raise failure
    found = await bot.lyrics.find(track.title, track.author, track.length_ms) or of_node
    if found is None:
        raise failure if not isinstance(failure, LyricsUnavailableError) else NoLyricsError(track.title)
    return found
