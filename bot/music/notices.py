"""What the bot says about music on its own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.escaping import label
from bot.markup import channel_mention
from bot.music.messages import announce
from bot.redaction import redactor
from bot.texts import music_notices as texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.client import Bot
    from bot.lavalink import NotRecoveredReason, PauseReason, Player, Snapshot, Track
    from bot.texts import Text, Value

SHORT_ABSENCE = 10.0
"""Seconds of a restart that needs no notice: hardly anybody noticed."""
NOT_RECOVERED_TEXTS: Mapping[NotRecoveredReason, Text] = {
    "empty": texts.NOT_RECOVERED_EMPTY,
    "closed": texts.NOT_RECOVERED_CLOSED,
}


class Notices(commands.Cog):
    """Posts a notice, in BOT_LANGUAGE, about events of `bot.lavalink.Player` that people wonder about."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._muted: set[int] = set()
        """Guilds that were told that the bot is muted."""

    @commands.Cog.listener()
    async def on_music_track_failed(self, player: Player, track: Track, reason: str | None) -> None:
        """Say which song could not be played, and why."""
        redact = redactor(self.bot.settings.secrets)
        shown = label(redact(reason)) if reason else texts.UNKNOWN_REASON(self.bot.settings.bot_language)
        await self._announce(player, texts.TRACK_FAILED, title=label(track.title), reason=shown)

    @commands.Cog.listener()
    async def on_music_track_stuck(self, player: Player, track: Track) -> None:
        """Say which song got stuck."""
        reason = texts.STUCK(self.bot.settings.bot_language)
        await self._announce(player, texts.TRACK_FAILED, title=label(track.title), reason=reason)

    @commands.Cog.listener()
    async def on_music_stream_ended(self, player: Player, track: Track) -> None:
        """Say that a live stream, which nobody expects to end, has."""
        await self._announce(player, texts.STREAM_ENDED, title=label(track.title))

    @commands.Cog.listener()
    async def on_music_too_many_failures(self, player: Player, failures: int) -> None:
        """Say that too many songs failed in a row."""
        await self._announce(player, texts.TOO_MANY_FAILURES, count=failures)

    @commands.Cog.listener()
    async def on_music_track_replaced(self, player: Player, track: Track, fallback: Track) -> None:
        """Say that a song is played from another source."""
        title = label(track.title)
        await self._announce(player, texts.FALLBACK_TRACK, title=title, source=label(fallback.source))

    @commands.Cog.listener()
    async def on_music_interrupted(self, player: Player) -> None:
        """Say that the music waits for a node."""
        await self._announce(player, texts.INTERRUPTED)

    @commands.Cog.listener()
    async def on_music_restored(self, player: Player) -> None:
        """Say that the music goes on."""
        await self._announce(player, texts.RESTORED)

    @commands.Cog.listener()
    async def on_music_recovered(self, player: Player, away: float) -> None:
        """Say that music goes on after a restart of ``away`` seconds, if people noticed it."""
        if away >= SHORT_ABSENCE and player.track is not None:
            await self._announce(player, texts.RECOVERED, title=label(player.track.title))

    @commands.Cog.listener()
    async def on_music_not_recovered(self, snapshot: Snapshot, reason: NotRecoveredReason) -> None:
        """Say that the music ended with a restart, where anybody might wonder."""
        channel = self.bot.get_channel(snapshot.text_channel_id or 0)
        text = NOT_RECOVERED_TEXTS.get(reason)
        if text and isinstance(channel, discord.abc.Messageable) and snapshot.songs.current is not None:
            await announce(channel, text(self.bot.settings.bot_language))

    @commands.Cog.listener()
    async def on_music_voice_lost(self, player: Player, close_code: int | None) -> None:
        """Say why the bot leaves in the middle of a song."""
        text = texts.VOICE_REFUSED.get(close_code or 0, texts.VOICE_LOST)
        await self._announce(player, text, channel=channel_mention(player.channel.id))

    @commands.Cog.listener()
    async def on_music_auto_pause(self, player: Player, reason: PauseReason, paused: bool) -> None:
        """Say that the bot is muted, or no longer; where nobody listens there is nobody to tell."""
        if reason != "silenced":
            return
        if paused and player.track is not None:
            await self._announce_muted(player)
        elif not paused and player.guild_id in self._muted:
            self._muted.discard(player.guild_id)
            await self._announce(player, texts.UNMUTED)

    @commands.Cog.listener()
    async def on_music_track_start(self, player: Player, _track: Track) -> None:
        """Say why a song that was requested while the bot is muted is not heard."""
        if "silenced" in player.pause_reasons and player.guild_id not in self._muted:
            await self._announce_muted(player)

    @commands.Cog.listener()
    async def on_music_player_end(self, player: Player) -> None:
        """Forget a player whose music is over."""
        self._muted.discard(player.guild_id)

    async def _announce_muted(self, player: Player) -> None:
        self._muted.add(player.guild_id)
        await self._announce(player, texts.MUTED)

    async def _announce(self, player: Player, text: Text, **values: Value) -> None:
        await announce(player.text_channel, text(self.bot.settings.bot_language, **values))
