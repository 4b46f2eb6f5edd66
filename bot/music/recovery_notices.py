"""What keeps music alive besides the player itself: restarts, lost gateway sessions; a word about each."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.colours import BLURPLE
from bot.lavalink import Player
from bot.music import embeds
from bot.music.settings import guild_settings
from bot.texts import Text, music_notices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.client import Bot
    from bot.lavalink import NotRecoveredReason, PauseReason, Snapshot, Track

log = logging.getLogger(__name__)

SHORT_AWAY = 10.0
"""Seconds of a restart that needs no word: hardly anybody noticed."""
NOT_RECOVERED_TEXTS: Mapping[NotRecoveredReason, Text] = {
    "empty": music_notices.NOT_RECOVERED_EMPTY,
    "closed": music_notices.NOT_RECOVERED_CLOSED,
}


class RecoveryNotices(commands.Cog):
    """Hears of what happens to music by itself; its words are in BOT_LANGUAGE."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._severed: set[int] = set()
        """Guilds whose player lost its voice session together with the gateway session."""
        self._told: set[int] = set()
        """Guilds that know why they hear nothing."""

    @commands.Cog.listener()
    async def on_shard_connect(self, shard_id: int) -> None:
        """Note whose voice sessions ended: Discord sends READY, so this gateway session is a new one."""
        for client in self.bot.voice_clients:
            guild = self.bot.get_guild(client.guild_id) if isinstance(client, Player) else None
            if guild is not None and guild.shard_id == shard_id:
                self._severed.add(guild.id)

    @commands.Cog.listener()
    async def on_shard_ready(self, shard_id: int) -> None:
        """Bring music back: after a start, or into a new gateway session."""
        for guild in self.bot.guilds:
            # One that Discord cannot serve has no channels yet.
            if guild.shard_id == shard_id and not guild.unavailable:
                self._attend(guild)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Bring music back as soon as Discord can serve a guild."""
        self._attend(guild)

    def _attend(self, guild: discord.Guild) -> None:
        pool = self.bot.lavalink
        if pool is None:
            return
        severed = guild.id in self._severed
        self._severed.discard(guild.id)
        player = pool.player(guild)
        if player is None:
            pool.restart_recovery.begin(guild.id)
        elif severed:
            player.renew_voice()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Forget the guilds that the bot left while it was away."""
        if self.bot.lavalink is not None:
            self.bot.lavalink.restart_recovery.forget_absent()

    @commands.Cog.listener()
    async def on_music_recovered(self, player: Player, away: float) -> None:
        """Say that music goes on after a restart that people noticed."""
        stays = guild_settings(self.bot.state, player.guild_id).stays
        if player.stay != stays:
            # Somebody has just changed it.
            player.stay = stays
        if away >= SHORT_AWAY and player.track is not None:
            await self._tell(
                player.text_channel, music_notices.RECOVERED, title=embeds.label(player.track.title)
            )

    @commands.Cog.listener()
    async def on_music_not_recovered(self, snapshot: Snapshot, reason: NotRecoveredReason) -> None:
        """Say that the music ended with a restart, where anybody might wonder."""
        channel = self.bot.get_channel(snapshot.text_channel_id or 0)
        text = NOT_RECOVERED_TEXTS.get(reason)
        if text and isinstance(channel, discord.abc.Messageable) and snapshot.songs.current is not None:
            await self._tell(channel, text)

    @commands.Cog.listener()
    async def on_music_voice_lost(self, player: Player) -> None:
        """Say why the bot leaves in the middle of a song."""
        await self._tell(player.text_channel, music_notices.VOICE_LOST, channel=player.channel.mention)

    @commands.Cog.listener()
    async def on_music_track_replaced(self, player: Player, track: Track, substitute: Track) -> None:
        """Say that a song is played from another source."""
        title = embeds.label(track.title)
        await self._tell(
            player.text_channel, music_notices.FALLBACK_TRACK, title=title, source=substitute.source
        )

    @commands.Cog.listener()
    async def on_music_auto_pause(self, player: Player, hold: PauseReason, held: bool) -> None:
        """Say why nothing is heard; where nobody listens there is nobody to tell."""
        if hold != "silenced":
            return
        if held and player.track is not None:
            await self._tell_silence(player)
        elif not held and player.guild_id in self._told:
            self._told.discard(player.guild_id)
            await self._tell(player.text_channel, music_notices.UNMUTED)

    @commands.Cog.listener()
    async def on_music_track_start(self, player: Player, _track: Track) -> None:
        """Say why nothing is heard of a song that was asked for in silence."""
        if "silenced" in player.holds and player.guild_id not in self._told:
            await self._tell_silence(player)

    @commands.Cog.listener()
    async def on_music_player_end(self, player: Player) -> None:
        """Forget what was told about a player."""
        self._told.discard(player.guild_id)

    async def _tell_silence(self, player: Player) -> None:
        self._told.add(player.guild_id)
        await self._tell(player.text_channel, music_notices.MUTED)

    async def _tell(self, where: discord.abc.MessageableChannel | None, text: Text, **values: object) -> None:
        if where is None:
            return
        words = text(self.bot.settings.bot_language, **values)
        try:
            await where.send(embed=discord.Embed(description=words, colour=BLURPLE))
        except discord.HTTPException as error:
            log.info("Channel %s: cannot write about music: %s", where.id, error)
