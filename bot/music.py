"""Music: the commands. What the player reports by itself is told by `bot.music_events`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot import music_embeds
from bot.error_handler import permission_names
from bot.errors import UserError
from bot.lavalink import NodePool, Player, Requester, Track, Tracks
from bot.localization import command_name, language_for, localised
from bot.music_events import MusicEvents
from bot.music_queue import QUEUE_LIMIT
from bot.texts import Language, music

if TYPE_CHECKING:
    from bot.client import Bot

log = logging.getLogger(__name__)

VoiceChannel: TypeAlias = discord.VoiceChannel | discord.StageChannel

MAX_VOLUME = 200
"""Per cent. Lavalink takes 1,000; beyond 200 there is nothing but distortion."""
UNCHANGED = -1
"""Stands for no volume given. Declared as optional, a wrong number would count as none, not as an error."""


class Music(commands.Cog):
    """What people ask of the music."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    # Commands

    @commands.hybrid_command(
        name=command_name("play", ja="再生"), description=localised(music.PLAY), aliases=["p"]
    )
    @app_commands.rename(query=command_name("query", ja="曲"))
    @app_commands.describe(query=localised(music.PLAY_QUERY))
    @commands.guild_only()
    async def play(self, ctx: commands.Context[Bot], *, query: str) -> None:
        """Find songs, join the caller and play them, or add them to the queue."""
        pool, channel = self._pool(), self._channel_to_enter(ctx)
        await ctx.defer()
        found = await pool.search(query, Requester.of(ctx.author))
        player = await pool.join(channel)
        player.text_channel = ctx.channel
        tracks = found.tracks[:1] if found.kind == "search" else found.tracks
        waiting = len(player.music_queue) + (player.track is not None)
        taken = await player.enqueue(tracks)
        if taken == 0:
            raise UserError(music.QUEUE_FULL, limit=QUEUE_LIMIT)
        await _say(ctx, _added(found, tracks[0], taken, waiting, language_for(ctx)))

    @commands.hybrid_command(name=command_name("pause", ja="一時停止"), description=localised(music.PAUSE))
    @commands.guild_only()
    async def pause(self, ctx: commands.Context[Bot]) -> None:
        """Pause the music."""
        player, _track = self._playing(ctx)
        await player.pause(True)
        await _say(ctx, music.PAUSED(language_for(ctx)))

    @commands.hybrid_command(name=command_name("resume", ja="再開"), description=localised(music.RESUME))
    @commands.guild_only()
    async def resume(self, ctx: commands.Context[Bot]) -> None:
        """Resume the music."""
        player, _track = self._playing(ctx)
        await player.pause(False)
        await _say(ctx, music.RESUMED(language_for(ctx)))

    @commands.hybrid_command(
        name=command_name("skip", ja="スキップ"), description=localised(music.SKIP), aliases=["s"]
    )
    @commands.guild_only()
    async def skip(self, ctx: commands.Context[Bot]) -> None:
        """Go on to the next song."""
        player, track = self._playing(ctx)
        left = await player.skip_current() or track
        await _say(ctx, music.SKIPPED(language_for(ctx), title=music_embeds.label(left.title)))

    @commands.hybrid_command(name=command_name("stop", ja="停止"), description=localised(music.STOP))
    @commands.guild_only()
    async def stop(self, ctx: commands.Context[Bot]) -> None:
        """Stop the music and clear the queue."""
        player = self._player(ctx)
        await player.stop_playing()
        await _say(ctx, music.STOPPED(language_for(ctx)))

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
        player = self._player(ctx, controls=False)
        await ctx.send(embed=music_embeds.queue_embed(player.music_queue, language_for(ctx), page))

    @commands.hybrid_command(
        name=command_name("nowplaying", ja="再生中"), description=localised(music.NOWPLAYING), aliases=["np"]
    )
    @commands.guild_only()
    async def nowplaying(self, ctx: commands.Context[Bot]) -> None:
        """Show the current song and where it is."""
        player, track = self._playing(ctx, controls=False)
        language = language_for(ctx)
        heading = (music.PAUSED_TITLE if player.paused else music.NOW_PLAYING)(language)
        await ctx.send(
            embed=music_embeds.track_embed(track, language, heading=heading, position_ms=player.position_ms)
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
        player = self._player(ctx, controls=level != UNCHANGED)
        if level == UNCHANGED:
            await _say(ctx, music.VOLUME(language_for(ctx), volume=player.volume))
            return
        await player.set_volume(level)
        await _say(ctx, music.VOLUME_SET(language_for(ctx), volume=level))

    @commands.hybrid_command(name=command_name("join", ja="参加"), description=localised(music.JOIN))
    @commands.guild_only()
    async def join(self, ctx: commands.Context[Bot]) -> None:
        """Join the caller's voice channel."""
        pool, channel = self._pool(), self._channel_to_enter(ctx)
        await ctx.defer()
        player = await pool.join(channel)
        player.text_channel = ctx.channel
        await _say(ctx, music.JOINED(language_for(ctx), channel=channel.mention))

    @commands.hybrid_command(
        name=command_name("leave", ja="退出"), description=localised(music.LEAVE), aliases=["disconnect"]
    )
    @commands.guild_only()
    async def leave(self, ctx: commands.Context[Bot]) -> None:
        """Leave the voice channel."""
        player = self._player(ctx)
        channel = player.channel
        await player.disconnect()
        await _say(ctx, music.LEFT(language_for(ctx), channel=channel.mention))

    # Who may do what

    def _pool(self) -> NodePool:
        if self.bot.lavalink is None:
            raise UserError(music.NOT_CONFIGURED)
        return self.bot.lavalink

    def _channel_to_enter(self, ctx: commands.Context[Bot]) -> VoiceChannel:
        """Return the caller's voice channel. Raises UserError where the bot cannot or should not enter it."""
        channel = _voice_channel_of(ctx)
        if channel is None:
            raise UserError(music.NOT_IN_VOICE)
        player = self._pool().player(channel.guild)
        if player is not None:
            if player.channel == channel:
                return channel
            if player.track is not None and player.listeners:
                raise UserError(music.OTHER_CHANNEL, channel=player.channel.mention)
        _check_access(channel, language_for(ctx))
        return channel

    def _player(self, ctx: commands.Context[Bot], *, controls: bool = True) -> Player:
        """Return the guild's player. Raises UserError without one, or to ``controls`` it from elsewhere."""
        player = self._pool().player(ctx.guild) if ctx.guild else None
        if player is None:
            raise UserError(music.NOT_CONNECTED)
        channel = _voice_channel_of(ctx)
        if controls and player.channel != channel and player.listeners:
            raise UserError(music.OTHER_CHANNEL, channel=player.channel.mention)
        return player

    def _playing(self, ctx: commands.Context[Bot], *, controls: bool = True) -> tuple[Player, Track]:
        """Return the guild's player and its current track; raises UserError as `_player` does, or without."""
        player = self._player(ctx, controls=controls)
        if player.track is None:
            raise UserError(music.NOT_PLAYING)
        return player, player.track


def _voice_channel_of(ctx: commands.Context[Bot]) -> VoiceChannel | None:
    voice = ctx.author.voice if isinstance(ctx.author, discord.Member) else None
    return voice.channel if voice else None


def _check_access(channel: VoiceChannel, language: Language) -> None:
    """Raise UserError where the bot cannot be heard in ``channel``."""
    permissions = channel.permissions_for(channel.guild.me)
    missing = [name for name in ("view_channel", "connect", "speak") if not getattr(permissions, name)]
    if missing:
        names = permission_names(missing, language)
        raise UserError(music.MISSING_VOICE_PERMISSIONS, channel=channel.mention, permissions=names)
    full = channel.user_limit and len(channel.voice_states) >= channel.user_limit
    if full and not permissions.move_members:
        raise UserError(music.CHANNEL_FULL, channel=channel.mention)


def _added(found: Tracks, first: Track, taken: int, waiting: int, language: Language) -> str:
    if found.kind == "playlist":
        name, left_out = music_embeds.label(found.name), len(found.tracks) - taken
        if left_out:
            return music.ADDED_SOME(language, name=name, count=taken, left_out=left_out)
        return music.ADDED_PLAYLIST(language, name=name, count=taken)
    title = music_embeds.label(first.title)
    if waiting == 0:
        return music.PLAYING_SOON(language, title=title)
    return music.ADDED(language, title=title, position=waiting)


async def _say(ctx: commands.Context[Bot], sentence: str) -> None:
    await ctx.send(embed=discord.Embed(description=sentence, colour=music_embeds.COLOUR))


async def setup(bot: Bot) -> None:
    """Add the cog; called by discord.py."""
    if bot.lavalink is None:
        log.info("Music is off: LAVALINK_NODES is not set")
    await bot.add_cog(Music(bot))
    await bot.add_cog(MusicEvents(bot))
