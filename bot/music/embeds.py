"""Embeds of songs and queues. Titles are written by others, so they are truncated and escaped."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import discord

from bot.colours import BLURPLE
from bot.discord_limits import EMBED_TITLE_LENGTH
from bot.escaping import Label, label, plain
from bot.markup import composed, joined
from bot.music.song_time import duration
from bot.texts import Language, Text, music, music_library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.lavalink import Track
    from bot.lavalink.music_queue import MusicQueue

PAGE_SIZE = 10
NAME_LIMIT = 100
REQUESTER_LIMIT = 32
BAR_WIDTH = 16


def songs(count: int, language: Language) -> Label:
    """Return how many songs, with their noun."""
    return (music.ONE_SONG if count == 1 else music.SONGS)(language, count=count)


def length_of(track: Track, language: Language) -> Label:
    """Return a track's length, or that it is live."""
    return music.LIVE(language) if track.is_stream else duration(track.length_ms)


def progress_bar(position_ms: int, length_ms: int) -> Label:
    """Return a bar with a knob at the position."""
    share = min(1.0, max(0.0, position_ms / length_ms)) if length_ms > 0 else 0.0
    knob = min(BAR_WIDTH - 1, math.floor(share * BAR_WIDTH))
    return joined("🔘", (composed("▬" * knob), composed("▬" * (BAR_WIDTH - 1 - knob))))


def track_embed(
    track: Track, language: Language, *, heading: str, position_ms: int | None = None
) -> discord.Embed:
    """Return a track with its artist, artwork and requester, and with its progress if a position is given."""
    lines = [label(track.author)] if track.author else []
    if position_ms is None or track.is_stream:
        lines.append(composed("`{}`", length_of(track, language)))
    else:
        lines.append(progress_bar(position_ms, track.length_ms))
        lines.append(composed("`{} / {}`", duration(position_ms), duration(track.length_ms)))
    embed = discord.Embed(
        title=label(track.title, EMBED_TITLE_LENGTH // 2),  # escaped, each character may be two
        description=joined("\n", lines),
        colour=BLURPLE,
    )
    embed.set_author(name=heading)
    embed.set_footer(text=music.REQUESTED_BY.plain(language, name=plain(track.requester.name, NAME_LIMIT)))
    if track.uri and track.uri.startswith(("http://", "https://")):
        embed.url = track.uri
    if track.artwork and track.artwork.startswith(("http://", "https://")):
        embed.set_thumbnail(url=track.artwork)
    return embed


def page_count(count: int) -> int:
    """Return how many pages so many tracks take; at least one."""
    return max(1, math.ceil(count / PAGE_SIZE))


def queue_embed(queue: MusicQueue[Track], language: Language, page: int = 1) -> discord.Embed:
    """Return a page of the queue, counted from 1; a page that does not exist becomes the nearest one."""
    upcoming = queue.upcoming
    pages = page_count(len(upcoming))
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE_SIZE
    embed = discord.Embed(title=music.QUEUE_TITLE(language), colour=BLURPLE)
    if queue.current is not None:
        embed.add_field(name=music.QUEUE_NOW(language), value=line(queue.current, language), inline=False)
    lines = [
        composed("`{}.` {}", number, line(track, language))
        for number, track in enumerate(upcoming[first : first + PAGE_SIZE], first + 1)
    ]
    embed.description = joined("\n", lines) or music.QUEUE_EMPTY(language)
    total_ms = sum(track.length_ms for track in upcoming if not track.is_stream)
    count = songs(len(upcoming), language)
    embed.set_footer(
        text=music.QUEUE_FOOTER(language, songs=count, duration=duration(total_ms), page=page, pages=pages)
    )
    return embed


def list_embed(
    tracks: Sequence[Track], language: Language, page: int, *, title: Label, empty: Text
) -> discord.Embed:
    """Return a page of ``tracks``, as `queue_embed` does."""
    pages = page_count(len(tracks))
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE_SIZE
    lines = [
        composed("`{}.` {}", number, line(track, language))
        for number, track in enumerate(tracks[first : first + PAGE_SIZE], first + 1)
    ]
    embed = discord.Embed(title=title, description=joined("\n", lines) or empty(language), colour=BLURPLE)
    if tracks:
        count = songs(len(tracks), language)
        embed.set_footer(text=music_library.PAGE_FOOTER(language, songs=count, page=page, pages=pages))
    return embed


def line(track: Track, language: Language) -> Label:
    """Return a track with its length and requester in one line."""
    requester = label(track.requester.name, REQUESTER_LIMIT)
    return composed("{} `{}` · {}", label(track.title), length_of(track, language), requester)
