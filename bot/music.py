"""Music: the commands to play and to control; those of the queue are in `bot.jukebox.queue_commands`."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.errors import UserError
from bot.jukebox import embeds
from bot.jukebox.access import channel_to_enter, player_for, playing_for, pool_of
from bot.jukebox.embeds import cut, say
from bot.jukebox.events import MusicEvents
from bot.jukebox.music_queue import QUEUE_LIMIT, MusicQueue
from bot.jukebox.queue_commands import QueueCommands
from bot.jukebox.survival import MusicSurvival
from bot.lavalink import LavalinkError, Player, Requester, Track, Tracks, is_url
from bot.localization import command_name, language_for, localised
from bot.texts import Language, music

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from bot.client import Bot

log = logging.getLogger(__name__)

MAX_VOLUME = 200
"""Per cent. Lavalink takes 1,000; beyond 200 there is nothing but distortion."""
SUGGESTION_TIME = 2.0
"""Seconds; Discord waits three for an autocompletion."""
MAX_SUGGESTIONS = 10
CHOICE_LIMIT = 100
"""Characters of a choice's name and value, by Discord:
https://discord.com/developers/docs/interactions/application-commands#application-command-object."""
UNCHANGED = -1
"""Stands for no volume given. Declared as optional, a wrong number would count as none, not as an error."""


class Music(commands.Cog):
    """Playing, and what a player's own buttons do."""

    @commands.hybrid_command(
        name=command_name("play", ja="再生"), description=localised(music.PLAY), aliases=["p"]
    )
    @app_commands.rename(query=command_name("query", ja="曲"))
    @app_commands.describe(query=localised(music.PLAY_QUERY))
    @commands.guild_only()
    async def play(self, ctx: commands.Context[Bot], *, query: str) -> None:
        """Find songs, join the caller and play them, or add them to the queue."""
        player, found = await _find(ctx, query)
        waiting = len(player.music_queue) + (player.track is not None)
        taken = await player.enqueue(_wanted(found))
        await _say_added(ctx, found, taken, waiting)

    @commands.hybrid_command(
        name=command_name("playnext", ja="次に再生"), description=localised(music.PLAYNEXT), aliases=["pn"]
    )
    @app_commands.rename(query=command_name("query", ja="曲"))
    @app_commands.describe(query=localised(music.PLAY_QUERY))
    @commands.guild_only()
    async def playnext(self, ctx: commands.Context[Bot], *, query: str) -> None:
        """Play songs right after the current one."""
        player, found = await _find(ctx, query)
        waiting = int(player.track is not None)
        taken = await player.enqueue(_wanted(found), place=0)
        await _say_added(ctx, found, taken, waiting)

    @commands.hybrid_command(
        name=command_name("playnow", ja="今すぐ再生"), description=localised(music.PLAYNOW)
    )
    @app_commands.rename(query=command_name("query", ja="曲"))
    @app_commands.describe(query=localised(music.PLAY_QUERY))
    @commands.guild_only()
    async def playnow(self, ctx: commands.Context[Bot], *, query: str) -> None:
        """Play songs instead of the current one."""
        player, found = await _find(ctx, query)
        tracks = _wanted(found)

        def interject(queue: MusicQueue[Track]) -> int:
            taken = queue.add(tracks, place=0)
            if taken:
                queue.skip_to(0)
            return taken

        await _say_added(ctx, found, await player.change(interject), 0)

    @play.autocomplete("query")
    @playnext.autocomplete("query")
    @playnow.autocomplete("query")
    async def suggest(
        self, interaction: discord.Interaction[Bot], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer songs for the words written so far; nothing where that takes longer than Discord waits."""
        pool, words = interaction.client.lavalink, current.strip()
        if pool is None or not words or is_url(words):
            return []
        try:
            async with asyncio.timeout(SUGGESTION_TIME):
                found = await pool.search(words, Requester.of(interaction.user))
        except (LavalinkError, TimeoutError):
            return []
        return [_suggestion(track) for track in found.tracks[:MAX_SUGGESTIONS]]

    @commands.hybrid_command(name=command_name("pause", ja="一時停止"), description=localised(music.PAUSE))
    @commands.guild_only()
    async def pause(self, ctx: commands.Context[Bot]) -> None:
        """Pause the music."""
        player, _track = playing_for(ctx)
        await player.pause(True)
        await say(ctx, music.PAUSED(language_for(ctx)))

    @commands.hybrid_command(name=command_name("resume", ja="再開"), description=localised(music.RESUME))
    @commands.guild_only()
    async def resume(self, ctx: commands.Context[Bot]) -> None:
        """Resume the music."""
        player, _track = playing_for(ctx)
        await player.pause(False)
        await say(ctx, music.RESUMED(language_for(ctx)))

    @commands.hybrid_command(
        name=command_name("skip", ja="スキップ"), description=localised(music.SKIP), aliases=["s"]
    )
    @commands.guild_only()
    async def skip(self, ctx: commands.Context[Bot]) -> None:
        """Go on to the next song."""
        player, track = playing_for(ctx)
        left = await player.skip_current() or track
        await say(ctx, music.SKIPPED(language_for(ctx), title=embeds.label(left.title)))

    @commands.hybrid_command(name=command_name("stop", ja="停止"), description=localised(music.STOP))
    @commands.guild_only()
    async def stop(self, ctx: commands.Context[Bot]) -> None:
        """Stop the music and clear the queue."""
        player = player_for(ctx)
        await player.stop_playing()
        await say(ctx, music.STOPPED(language_for(ctx)))

    @commands.hybrid_command(
        name=command_name("queue", ja="キュー"),
        description=localised(music.QUEUE),
        aliases=["q"],
        usage="[1-]",
    )
    @app_commands.rename(page=command_name("page", ja="ページ"))
    @app_commands.describe(page=localised(music.QUEUE_PAGE))
    @commands.guild_only()
    async def queue(self, ctx: commands.Context[Bot], page: int = 1) -> None:
        """Show what comes next."""
        player = player_for(ctx, controls=False)
        await ctx.send(embed=embeds.queue_embed(player.music_queue, language_for(ctx), page))

    @commands.hybrid_command(
        name=command_name("nowplaying", ja="再生中"), description=localised(music.NOWPLAYING), aliases=["np"]
    )
    @commands.guild_only()
    async def nowplaying(self, ctx: commands.Context[Bot]) -> None:
        """Show the current song and where it is."""
        player, track = playing_for(ctx, controls=False)
        language = language_for(ctx)
        heading = (music.PAUSED_TITLE if player.paused else music.NOW_PLAYING)(language)
        await ctx.send(
            embed=embeds.track_embed(track, language, heading=heading, position_ms=player.position_ms)
        )

    @commands.hybrid_command(
        name=command_name("volume", ja="音量"),
        description=localised(music.SET_VOLUME),
        aliases=["vol"],
        usage="[0-200]",
    )
    @app_commands.rename(level=command_name("level", ja="音量"))
    @app_commands.describe(level=localised(music.VOLUME_LEVEL))
    @commands.guild_only()
    async def volume(
        self,
        ctx: commands.Context[Bot],
        level: commands.Range[int, 0, MAX_VOLUME] = UNCHANGED,
    ) -> None:
        """Show or change the volume."""
        player = player_for(ctx, controls=level != UNCHANGED)
        if level == UNCHANGED:
            await say(ctx, music.VOLUME(language_for(ctx), volume=player.volume))
            return
        await player.set_volume(level)
        await say(ctx, music.VOLUME_SET(language_for(ctx), volume=level))

    @commands.hybrid_command(name=command_name("join", ja="参加"), description=localised(music.JOIN))
    @commands.guild_only()
    async def join(self, ctx: commands.Context[Bot]) -> None:
        """Join the caller's voice channel."""
        pool, channel = pool_of(ctx), channel_to_enter(ctx)
        await ctx.defer()
        player = await pool.join(channel)
        player.text_channel = ctx.channel
        await say(ctx, music.JOINED(language_for(ctx), channel=channel.mention))

    @commands.hybrid_command(
        name=command_name("leave", ja="退出"), description=localised(music.LEAVE), aliases=["disconnect"]
    )
    @commands.guild_only()
    async def leave(self, ctx: commands.Context[Bot]) -> None:
        """Leave the voice channel."""
        player = player_for(ctx)
        channel = player.channel
        await player.disconnect()
        await say(ctx, music.LEFT(language_for(ctx), channel=channel.mention))


async def _find(ctx: commands.Context[Bot], query: str) -> tuple[Player, Tracks]:
    """Find songs, then join the caller."""
    pool, channel = pool_of(ctx), channel_to_enter(ctx)
    await ctx.defer()
    found = await pool.search(query, Requester.of(ctx.author))
    player = await pool.join(channel)
    player.text_channel = ctx.channel
    return player, found


def _suggestion(track: Track) -> app_commands.Choice[str]:
    """Return a choice that shows a song and stands for its address."""
    artist = f" · {track.author}" if track.author else ""
    value = track.uri if track.uri and len(track.uri) <= CHOICE_LIMIT else cut(track.title, CHOICE_LIMIT)
    return app_commands.Choice(name=cut(track.title + artist, CHOICE_LIMIT), value=value)


def _wanted(found: Tracks) -> Sequence[Track]:
    """Return what to play of what was found: the best match of a search, otherwise everything."""
    return found.tracks[:1] if found.kind == "search" else found.tracks


async def _say_added(ctx: commands.Context[Bot], found: Tracks, taken: int, waiting: int) -> None:
    if taken == 0:
        raise UserError(music.QUEUE_FULL, limit=QUEUE_LIMIT)
    await say(ctx, _added(found, found.tracks[0], taken, waiting, language_for(ctx)))


def _added(found: Tracks, first: Track, taken: int, waiting: int, language: Language) -> str:
    if found.kind == "playlist":
        name, left_out = embeds.label(found.name), len(found.tracks) - taken
        if left_out:
            return music.ADDED_SOME(language, name=name, count=taken, left_out=left_out)
        return music.ADDED_PLAYLIST(language, name=name, count=taken)
    title = embeds.label(first.title)
    if waiting == 0:
        return music.PLAYING_SOON(language, title=title)
    return music.ADDED(language, title=title, position=waiting)


async def setup(bot: Bot) -> None:
    """Add the cog; called by discord.py."""
    if bot.lavalink is None:
        log.info("Music is off: LAVALINK_NODES is not set")
    await bot.add_cog(Music())
    await bot.add_cog(QueueCommands())
    await bot.add_cog(MusicEvents(bot))
    await bot.add_cog(MusicSurvival(bot))
