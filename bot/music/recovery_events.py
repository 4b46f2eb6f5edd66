"""Discord's events after which music is recovered: a start, and a new gateway session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ext import commands

from bot.lavalink import Player
from bot.music.settings import guild_settings

if TYPE_CHECKING:
    import discord

    from bot.client import Bot


class RecoveryEvents(commands.Cog):
    """Begins restart recovery and voice reconnects as soon as Discord can serve a guild."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._severed: set[int] = set()
        """Guilds whose player lost its voice session together with the gateway session."""

    @commands.Cog.listener()
    async def on_shard_connect(self, shard_id: int) -> None:
        """Note whose voice sessions ended: Discord sends READY, so this gateway session is a new one."""
        for client in self.bot.voice_clients:
            guild = self.bot.get_guild(client.guild_id) if isinstance(client, Player) else None
            if guild is not None and guild.shard_id == shard_id:
                self._severed.add(guild.id)

    @commands.Cog.listener()
    async def on_shard_ready(self, shard_id: int) -> None:
        """Recover music after a start, or in a new gateway session."""
        for guild in self.bot.guilds:
            # One that Discord cannot serve has no channels yet.
            if guild.shard_id == shard_id and not guild.unavailable:
                self._recover(guild)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Recover music as soon as Discord can serve a guild."""
        self._recover(guild)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Forget the guilds that the bot left while it was away."""
        self._severed.intersection_update(guild.id for guild in self.bot.guilds)
        if self.bot.restart_recovery is not None:
            self.bot.restart_recovery.forget_absent()

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget a guild that the bot has left."""
        self._severed.discard(guild.id)

    @commands.Cog.listener()
    async def on_music_recovered(self, player: Player, _away: float) -> None:
        """Apply a 24/7 setting that was changed during the recovery."""
        stays = guild_settings(self.bot.state, player.guild_id).stays
        if player.stay != stays:
            player.stay = stays

    def _recover(self, guild: discord.Guild) -> None:
        pool, recovery = self.bot.lavalink, self.bot.restart_recovery
        if pool is None or recovery is None:
            return
        severed = guild.id in self._severed
        self._severed.discard(guild.id)
        player = pool.player(guild)
        if player is None:
            recovery.begin(guild.id)
        elif severed:
            player.reconnect_voice()
