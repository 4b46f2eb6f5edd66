"""What follows from the player's events: plays are logged, autoplay continues, an idle bot leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from discord.ext import commands

from bot.discord_names import record_place
from bot.markup import channel_mention
from bot.music.actions import count_skip_votes
from bot.music.autoplay import Autoplay
from bot.music.messages import announce
from bot.music.play_limit import PlayLimit
from bot.music.voice_status import leave
from bot.texts import music_notices as texts

if TYPE_CHECKING:
    import discord

    from bot.client import Bot
    from bot.lavalink import Player, Track
    from bot.lavalink.idle import Idleness


class PlayerEvents(commands.Cog):
    """Acts on the events of `bot.lavalink.Player`, and on Discord's that concern a player."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._autoplay = Autoplay(bot)
        self._play_limit = PlayLimit(lambda: datetime.now(UTC).date())

    @commands.Cog.listener()
    async def on_music_track_start(self, player: Player, track: Track) -> None:
        """Log a play, whatever started it, unless that person's share of the day is used up."""
        self._autoplay.note_start(player, track)
        if not self._play_limit.admit(player.guild_id, track.requester.id, track.title):
            return
        await self.bot.supabase_client.save_music_log(
            guild_id=player.guild_id,
            song_title=track.title,
            requested_by=track.requester.name,
            requested_by_id=track.requester.id,
        )
        record_place(self.bot, player.guild_id)

    @commands.Cog.listener()
    async def on_music_track_failed(self, player: Player, _track: Track, _reason: str | None) -> None:
        """Let autoplay continue after a song that could not be played."""
        await self._autoplay.after_failure(player)

    @commands.Cog.listener()
    async def on_music_track_stuck(self, player: Player, _track: Track) -> None:
        """Let autoplay continue after a song that got stuck."""
        await self._autoplay.after_failure(player)

    @commands.Cog.listener()
    async def on_music_queue_end(self, player: Player) -> None:
        """Let autoplay continue where the guild wants that; the controller shows the end otherwise."""
        if not await self._autoplay.after_end(player) and self._autoplay.is_on(player):
            await announce(player.text_channel, texts.AUTOPLAY_FAILED(self.bot.settings.bot_language))

    @commands.Cog.listener()
    async def on_music_player_end(self, player: Player) -> None:
        """Forget a player whose music is over."""
        self._autoplay.forget(player.guild_id)

    @commands.Cog.listener()
    async def on_music_idle(self, player: Player, idleness: Idleness) -> None:
        """Leave a channel that has no use for music, and say so."""
        channel = player.channel
        await leave(self.bot, player)
        text = texts.LEFT_ALONE if idleness == "alone" else texts.LEFT_IDLE
        await announce(
            player.text_channel, text(self.bot.settings.bot_language, channel=channel_mention(channel.id))
        )

    @commands.Cog.listener()
    async def on_voice_state_update(
        self, member: discord.Member, _before: discord.VoiceState, _after: discord.VoiceState
    ) -> None:
        """Let the player know that somebody came or went, and count again who wants the song skipped."""
        player = self.bot.lavalink.player(member.guild) if self.bot.lavalink else None
        if player is None:
            return
        player.watch_listeners()
        if not player.skip_votes:
            return
        if count_skip_votes(player).is_enough:
            player.skip_votes.clear()  # What comes meanwhile would skip the next song, too.
            await player.skip_current()
        else:
            self.bot.dispatch("music_changed", player)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Write into the voice channel's own chat where the channel for notices is gone."""
        self._leave_text_channel(channel.guild, channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Write into the voice channel's own chat where the thread for notices is gone."""
        guild = self.bot.get_guild(payload.guild_id)
        if guild is not None:
            self._leave_text_channel(guild, payload.thread_id)

    def _leave_text_channel(self, guild: discord.Guild, channel_id: int) -> None:
        player = self.bot.lavalink.player(guild) if self.bot.lavalink else None
        if player is not None and player.text_channel is not None and player.text_channel.id == channel_id:
            player.text_channel = player.channel if player.channel.id != channel_id else None

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Destroy the player of a guild that the bot left, in case no voice state reports it."""
        player = self.bot.lavalink.player(guild) if self.bot.lavalink else None
        if player is not None:
            await player.disconnect()
