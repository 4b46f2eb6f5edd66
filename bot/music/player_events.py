"""What the player reports by itself: plays are logged, autoplay goes on, and the channel is told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.colours import BLURPLE
from bot.music import embeds
from bot.music.autoplay import Autoplay
from bot.texts import Text, music_notices

if TYPE_CHECKING:
    from bot.client import Bot
    from bot.lavalink import Player, Track
    from bot.lavalink.idle import Idleness

log = logging.getLogger(__name__)


class MusicEvents(commands.Cog):
    """Hears of `bot.lavalink.Player`'s events; nobody asked for these words, so they are in BOT_LANGUAGE."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._autoplay = Autoplay(bot)

    @commands.Cog.listener()
    async def on_music_track_start(self, player: Player, track: Track) -> None:
        """Log a play, whatever started it."""
        self._autoplay.note_start(player, track)
        await self.bot.supabase_client.save_music_log(
            guild_id=player.guild_id,
            song_title=track.title,
            requested_by=track.requester.name,
            requested_by_id=track.requester.id,
        )

    @commands.Cog.listener()
    async def on_music_track_failed(self, player: Player, track: Track, reason: str | None) -> None:
        """Say which song could not be played, and why."""
        shown = (
            embeds.label(reason) if reason else music_notices.UNKNOWN_REASON(self.bot.settings.bot_language)
        )
        await self._tell(player, music_notices.TRACK_FAILED, title=embeds.label(track.title), reason=shown)
        await self._autoplay.after_failure(player)

    @commands.Cog.listener()
    async def on_music_track_stuck(self, player: Player, track: Track) -> None:
        """Say that a song fell silent."""
        reason = music_notices.STUCK(self.bot.settings.bot_language)
        await self._tell(player, music_notices.TRACK_FAILED, title=embeds.label(track.title), reason=reason)
        await self._autoplay.after_failure(player)

    @commands.Cog.listener()
    async def on_music_too_many_failures(self, player: Player, failures: int) -> None:
        """Say that too many songs failed in a row."""
        await self._tell(player, music_notices.TOO_MANY_FAILURES, count=failures)

    @commands.Cog.listener()
    async def on_music_queue_end(self, player: Player) -> None:
        """Go on by itself where the guild wants that; the controller shows the end otherwise."""
        if not await self._autoplay.after_end(player) and self._autoplay.is_on(player):
            await self._tell(player, music_notices.AUTOPLAY_FAILED)

    @commands.Cog.listener()
    async def on_music_player_end(self, player: Player) -> None:
        """Forget what was counted for a player."""
        self._autoplay.forget(player.guild_id)

    @commands.Cog.listener()
    async def on_music_interrupted(self, player: Player) -> None:
        """Say that the music waits for a node."""
        await self._tell(player, music_notices.INTERRUPTED)

    @commands.Cog.listener()
    async def on_music_restored(self, player: Player) -> None:
        """Say that the music goes on."""
        await self._tell(player, music_notices.RESTORED)

    @commands.Cog.listener()
    async def on_music_idle(self, player: Player, idleness: Idleness) -> None:
        """Leave a channel that has no use for music, with a word."""
        channel = player.channel
        await player.disconnect()
        text = music_notices.LEFT_ALONE if idleness == "alone" else music_notices.LEFT_IDLE
        await self._tell(player, text, channel=channel.mention)

    @commands.Cog.listener()
    async def on_voice_state_update(
        self, member: discord.Member, _before: discord.VoiceState, _after: discord.VoiceState
    ) -> None:
        """Let the player know that somebody came or went."""
        player = self.bot.lavalink.player(member.guild) if self.bot.lavalink else None
        if player is not None:
            player.watch_listeners()

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Destroy the player of a guild that the bot left, in case nothing tells of its voice state."""
        player = self.bot.lavalink.player(guild) if self.bot.lavalink else None
        if player is not None:
            await player.disconnect()

    async def _tell(self, player: Player, text: Text, **values: object) -> None:
        language = self.bot.settings.bot_language
        await self._announce(player, discord.Embed(description=text(language, **values), colour=BLURPLE))

    async def _announce(self, player: Player, embed: discord.Embed) -> None:
        if player.text_channel is None:
            return
        try:
            await player.text_channel.send(embed=embed)
        except discord.HTTPException as error:
            log.info("Guild %s: cannot write about music: %s", player.guild_id, error)
