"""The song as the status of its voice channel, for servers where the bot may set that."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.background_tasks import BackgroundTasks, cancel_and_wait
from bot.escaping import inert

if TYPE_CHECKING:
    from bot.client import Bot
    from bot.lavalink import Player, Track

log = logging.getLogger(__name__)

INTERVAL = 5.0
"""Seconds between two changes in one guild. Discord publishes no limit of its own for them."""
LEAVE_SECONDS = 2.0
"""How long taking the status away may keep the bot in the channel."""
TITLE_LENGTH, AUTHOR_LENGTH = 160, 60
"""Characters, which may take up twice as many. A status has 500:
https://docs.discord.com/developers/resources/channel#set-voice-channel-status"""
_KEY = "music.voice_status."


@dataclass(frozen=True, slots=True)
class Status:
    """What stands below the name of a voice channel."""

    channel_id: int
    text: str


def status_text(track: Track) -> str:
    """Return a song as a status: a line without Markdown, which may show emoji and links."""
    author = f" · {inert(track.author, AUTHOR_LENGTH)}" if track.author else ""
    return f"🎵 {inert(track.title, TITLE_LENGTH)}{author}"


class GuildStatus:
    """The status in one guild: the latest that is wanted is sent, and what was wanted meanwhile is not.

    The channel that has it is kept in the state, so that a process that was killed does not leave it there.
    """

    def __init__(self, bot: Bot, guild_id: int) -> None:
        self._bot = bot
        self._guild_id = guild_id
        self._key = f"{_KEY}{guild_id}"
        channel_id = bot.state.get(self._key)
        self._shown = Status(channel_id, "") if isinstance(channel_id, int) else None
        self._wanted = self._shown
        self._task: asyncio.Task[None] | None = None
        self._was_told = False

    def want(self, status: Status | None) -> None:
        """Show ``status`` soon; None: none."""
        self._wanted = status
        if self._wanted != self._shown and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._send_latest())

    async def clear(self) -> None:
        """Take the status away at once, while the bot is still where it may."""
        self._wanted = None
        await cancel_and_wait(self._task)
        await self._send()

    async def _send_latest(self) -> None:
        while self._wanted != self._shown:
            await self._send()
            await asyncio.sleep(INTERVAL)

    async def _send(self) -> None:
        wanted, shown = self._wanted, self._shown
        if shown is not None and (wanted is None or wanted.channel_id != shown.channel_id):
            await self._put(shown.channel_id, None)
            self._shown = None
            await self._bot.state.delete(self._key)
        if wanted is not None and wanted != self._shown:
            self._shown = wanted
            await self._bot.state.put(self._key, wanted.channel_id)
            await self._put(wanted.channel_id, wanted.text)

    async def _put(self, channel_id: int, text: str | None) -> None:
        """Set a channel's status; say once, to whoever debugs, that the bot may not."""
        guild = self._bot.get_guild(self._guild_id)
        channel = guild.get_channel(channel_id) if guild else None
        if not isinstance(channel, discord.VoiceChannel):
            return  # It is gone, or a stage, which has a topic in place of a status.
        try:
            if channel.permissions_for(channel.guild.me).set_voice_channel_status:
                # From outside of the channel this takes Manage Channels, too, and Discord is left to decide.
                await channel.edit(status=text)
                return
            refusal = "Set Voice Channel Status is missing"
        except discord.HTTPException as error:
            refusal = str(error)
        if not self._was_told:
            self._was_told = True
            log.debug("Guild %s: no status in voice channel %s: %s", self._guild_id, channel_id, refusal)


class VoiceStatus(commands.Cog):
    """Shows what plays as the status of the voice channel, from the first song until the bot leaves."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._guilds: dict[int, GuildStatus] = {}
        self._tasks = BackgroundTasks("A voice channel's status")

    async def cog_unload(self) -> None:
        """Take every status away: nobody would, before the bot is back."""
        await self._tasks.close()
        await asyncio.gather(*(self.clear(guild_id) for guild_id in self._guilds))

    async def clear(self, guild_id: int) -> None:
        """Take a guild's status away at once, in `LEAVE_SECONDS` at most."""
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._of(guild_id).clear()
        except TimeoutError:
            log.debug("Guild %s: the status of the voice channel could not be taken away in time", guild_id)

    @commands.Cog.listener()
    async def on_music_track_start(self, player: Player, track: Track) -> None:
        """Show a song that begins."""
        self._show(player.guild_id, player.channel.id, track)

    @commands.Cog.listener()
    async def on_music_recovered(self, player: Player, _away: float) -> None:
        """Show the song that goes on after a restart."""
        if player.track is not None:
            self._show(player.guild_id, player.channel.id, player.track)

    @commands.Cog.listener()
    async def on_music_changed(self, player: Player) -> None:
        """Show nothing any more after the last song."""
        if player.track is None:
            self._of(player.guild_id).want(None)

    @commands.Cog.listener()
    async def on_music_player_end(self, player: Player) -> None:
        """Take the status away where the bot was disconnected."""
        await self.clear(player.guild_id)

    @commands.Cog.listener()
    async def on_voice_state_update(
        self, member: discord.Member, before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        """Take the status along where the bot is moved to another channel."""
        player = self.bot.lavalink.player(member.guild) if self.bot.lavalink else None
        is_own_move = member.id == member.guild.me.id and before.channel != after.channel
        if player is not None and player.track is not None and is_own_move and after.channel is not None:
            self._show(member.guild.id, after.channel.id, player.track)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Take a status away that a process left there which was killed, unless its music comes back."""
        if isinstance(self.bot.state.get(f"{_KEY}{guild.id}"), int) and guild.id not in self._guilds:
            self._tasks.spawn(self._tidy(guild))

    async def _tidy(self, guild: discord.Guild) -> None:
        if self.bot.restart_recovery is not None:
            await self.bot.restart_recovery.wait(guild.id)
        player = self.bot.lavalink.player(guild) if self.bot.lavalink else None
        if player is None or player.track is None:
            self._of(guild.id).want(None)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget a guild that the bot left."""
        self._guilds.pop(guild.id, None)
        await self.bot.state.delete(f"{_KEY}{guild.id}")

    def _show(self, guild_id: int, channel_id: int, track: Track) -> None:
        self._of(guild_id).want(Status(channel_id, status_text(track)))

    def _of(self, guild_id: int) -> GuildStatus:
        status = self._guilds.get(guild_id)
        if status is None:
            status = self._guilds[guild_id] = GuildStatus(self.bot, guild_id)
        return status


async def leave(bot: Bot, player: Player) -> None:
    """Leave the voice channel, and first take its status away: from outside, few may do that."""
    cog = bot.get_cog(VoiceStatus.__name__)
    if isinstance(cog, VoiceStatus):
        await cog.clear(player.guild_id)
    await player.disconnect()
