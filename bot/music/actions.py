"""Actions shared by commands and the controller's buttons; each returns the answer to show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.escaping import label
from bot.lavalink.music_queue import Loop
from bot.lavalink.voice_connection import hearing_in
from bot.localization import language_for
from bot.music.access import bot_of, check_dj, dj_role_id, is_dj, person_of, player_for, playing_for
from bot.music.embeds import songs
from bot.music.settings import guild_settings, save_guild_settings
from bot.texts import music, music_library

if TYPE_CHECKING:
    from bot.escaping import Label
    from bot.lavalink import Player, Track
    from bot.music.access import Source

MAX_VOLUME = 200
"""Per cent. Lavalink takes 1,000; beyond 200 there is nothing but distortion."""
VOLUME_STEP = 10
LOOP_TEXTS = {Loop.OFF: music.LOOP_OFF, Loop.TRACK: music.LOOP_TRACK, Loop.QUEUE: music.LOOP_QUEUE}
_NEXT_LOOP = {Loop.OFF: Loop.TRACK, Loop.TRACK: Loop.QUEUE, Loop.QUEUE: Loop.OFF}


@dataclass(frozen=True, slots=True)
class SkipVotes:
    """The votes of listeners to skip the current track, and how many are needed."""

    votes: int
    needed: int

    @property
    def is_enough(self) -> bool:
        """Whether the track is skipped."""
        return self.votes >= self.needed


def count_skip_votes(player: Player) -> SkipVotes:
    """Count the votes to skip the current track, of people who hear it: in the channel, and not deafened."""
    hearing = hearing_in(player.channel)
    return SkipVotes(len(player.skip_votes & hearing), len(hearing) // 2 + 1)


async def pause(source: Source, *, paused: bool | None = None) -> Label:
    """Pause or resume; None: the opposite of what it is."""
    player, _track = await playing_for(source, dj_only=True)
    value = not player.paused if paused is None else paused
    await player.pause(value)
    return (music.PAUSED if value else music.RESUMED)(language_for(source))


async def skip(source: Source) -> Label:
    """Go on to the next song, at once or as soon as most listeners have voted for it.

    Raises UserError for a second vote.
    """
    player, track = await playing_for(source)
    language = language_for(source)
    if not _may_skip(source, player, track):
        if not guild_settings(bot_of(source).state, player.guild_id).votes:
            check_dj(source, player)
        voter_id = person_of(source).id
        if voter_id not in hearing_in(player.channel):
            raise UserError(music.VOTE_DEAFENED)
        had_voted = voter_id in player.skip_votes
        player.skip_votes.add(voter_id)
        count = count_skip_votes(player)
        if not count.is_enough:
            if had_voted:
                raise UserError(music.ALREADY_VOTED, votes=count.votes, needed=count.needed)
            # The controller shows the votes.
            bot_of(source).dispatch("music_changed", player)
            return music.VOTED(language, votes=count.votes, needed=count.needed)
    player.skip_votes.clear()  # A vote that comes meanwhile would skip the next song, too.
    skipped = await player.skip_current() or track
    return music.SKIPPED(language, title=label(skipped.title))


def _may_skip(source: Source, player: Player, track: Track) -> bool:
    settings = guild_settings(bot_of(source).state, player.guild_id)
    if track.requester.id == person_of(source).id or is_dj(source, player):
        return True
    return not settings.votes and dj_role_id(source) is None


async def stop(source: Source) -> Label:
    """Stop the music and clear the queue."""
    await (await player_for(source, dj_only=True)).stop_playing()
    return music.STOPPED(language_for(source))


async def previous(source: Source) -> Label:
    """Play the previous song again."""
    player = await player_for(source, dj_only=True)
    track = await player.change(lambda queue: queue.previous())
    if track is None:
        raise UserError(music.NO_PREVIOUS)
    return music.PLAYING_SOON(language_for(source), title=label(track.title))


async def shuffle(source: Source) -> Label:
    """Put the queue into a random order."""
    player = await player_for(source, dj_only=True)
    await player.change(lambda queue: queue.shuffle())
    if not player.music_queue:
        raise UserError(music.QUEUE_EMPTY)
    language = language_for(source)
    return music.SHUFFLED(language, songs=songs(len(player.music_queue), language))


async def loop(source: Source, mode: Loop | None = None) -> Label:
    """Set what is repeated; None: the next of off, track, queue."""
    player = await player_for(source, dj_only=True)
    chosen = mode or _NEXT_LOOP[player.music_queue.loop]
    await player.change(lambda queue: queue.set_loop(chosen))
    language = language_for(source)
    return music.LOOP_SET(language, mode=LOOP_TEXTS[chosen](language))


async def toggle_lyrics(source: Source) -> Label:
    """Let the controller follow the words of songs, or no longer."""
    player, _track = await playing_for(source)
    settings = guild_settings(bot_of(source).state, player.guild_id)
    follows = not settings.follows_lyrics
    await save_guild_settings(
        bot_of(source).state, player.guild_id, replace(settings, follows_lyrics=follows)
    )
    bot_of(source).dispatch("music_changed", player)
    return (music_library.LYRICS_FOLLOWED if follows else music_library.LYRICS_LEFT)(language_for(source))


async def set_volume(source: Source, level: int) -> Label:
    """Set the volume in per cent."""
    await (await player_for(source, dj_only=True)).set_volume(level)
    return music.VOLUME_SET(language_for(source), volume=level)


async def change_volume(source: Source, by: int) -> Label:
    """Raise or lower the volume by so many per cent, within its limits."""
    level = (await player_for(source, dj_only=True)).volume + by
    return await set_volume(source, max(0, min(MAX_VOLUME, level)))
