"""The embed of the controller."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import discord

from bot.colours import BLURPLE
from bot.escaping import Label, label
from bot.lavalink import Effect, effects_of
from bot.lavalink.music_queue import Loop
from bot.markup import composed, joined, timestamp
from bot.music.actions import LOOP_TEXTS, count_skip_votes
from bot.music.embeds import length_of, line, track_embed
from bot.music.settings import guild_settings
from bot.texts import Language, Text, music, music_library

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bot.lavalink import Player
    from bot.storage.state import State

UPCOMING_SHOWN = 3
"""Songs that are shown of the queue."""
_SPEEDS = frozenset({Effect.NIGHTCORE, Effect.VAPORWAVE})


def controller_embed(
    player: Player,
    state: State,
    language: Language,
    lyrics: Label | None = None,
    *,
    how_to_add: Text = music.HOW_TO_ADD,
) -> discord.Embed:
    """Return what plays, how it is played, the ``lyrics`` that are sung, and what comes next.

    ``how_to_add`` is said where nothing has played.
    """
    track, queue = player.track, player.music_queue
    if track is None:
        return ended_embed(language, music.QUEUE_ENDED if queue.history else how_to_add)
    heading = (music.PAUSED_TITLE if player.paused else music.NOW_PLAYING)(language)
    embed = track_embed(track, language, heading=heading)
    times = composed("`{}`", length_of(track, language))
    if not (player.paused or track.is_stream or effects_of(player.filter_payload) & _SPEEDS):
        # Every client counts this down by itself: no edit is needed for it.
        ends = round(time.time() + (track.length_ms - player.position_ms) / 1000)
        times = joined(" · ", (times, music.ENDS_AT(language, when=timestamp(ends, "R"))))
    lines = [label(track.author)] if track.author else []
    embed.description = joined("\n", (*lines, times, joined(" · ", _state_parts(player, state, language))))
    if lyrics is not None:
        embed.add_field(name=music_library.LYRICS_TITLE(language), value=lyrics, inline=False)
    if queue.upcoming:
        first = [
            composed("`{}.` {}", place, line(following, language))
            for place, following in enumerate(queue.upcoming[:UPCOMING_SHOWN], 1)
        ]
        name = music.UP_NEXT(language, count=len(queue))
        embed.add_field(name=name, value=joined("\n", first), inline=False)
    return embed


def ended_embed(language: Language, text: Text = music.HOW_TO_ADD) -> discord.Embed:
    """Return what is shown while nothing plays."""
    return discord.Embed(description=text(language), colour=BLURPLE).set_author(
        name=music.NOTHING_PLAYING(language)
    )


def effect_names(effects: Collection[Effect], language: Language) -> Label:
    """Return the names of ``effects`` in one line, or that there are none."""
    names = [music.EFFECT_NAMES[effect.value](language) for effect in Effect if effect in effects]
    return joined(" + ", names) or music.NO_EFFECTS(language)


def _state_parts(player: Player, state: State, language: Language) -> Iterator[Label]:
    yield music.VOLUME_LINE(language, volume=player.volume)
    if player.music_queue.loop is not Loop.OFF:
        yield music.LOOP_LINE(language, mode=LOOP_TEXTS[player.music_queue.loop](language))
    effects = effects_of(player.filter_payload)
    if effects:
        yield music.EFFECTS_LINE(language, effects=effect_names(effects, language))
    settings = guild_settings(state, player.guild_id)
    if settings.autoplays:
        yield music.AUTOPLAY_LINE(language)
    if settings.stays:
        yield music.STAY_LINE(language)
    if player.skip_votes:
        count = count_skip_votes(player)
        yield music.VOTES_LINE(language, votes=count.votes, needed=count.needed)
