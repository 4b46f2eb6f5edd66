"""The names of servers and channels, recorded as they change: the dashboard shows them in place of ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ext import commands

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from bot.client import Bot


def record_place(bot: Bot, guild_id: int, channel_ids: Sequence[int] = ()) -> None:
    """Record the names of a server and a channel in it; ``channel_ids``: its own, then a thread's parent's.

    A thread gets its parent's name: its own may be somebody's words, who may want them forgotten. Nothing is
    recorded of a server that the bot is not in, where somebody brought it along.
    """
    guild = bot.get_guild(guild_id)
    if guild is None:
        return
    names = bot.supabase_client
    names.save_discord_name(discord_id=guild.id, kind="guild", name=guild.name)
    if channel_ids and (channel := guild.get_channel(channel_ids[-1])):
        kind = "channel" if channel.id == channel_ids[0] else "thread"
        names.save_discord_name(discord_id=channel_ids[0], kind=kind, name=channel.name)


class DiscordNames(commands.Cog):
    """Records every server's name at the start, and what is renamed later."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Record a server that the bot is in; at the start, each comes once."""
        record_place(self.bot, guild.id)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Record a server that has added the bot."""
        record_place(self.bot, guild.id)

    @commands.Cog.listener()
    async def on_guild_update(self, _before: discord.Guild, after: discord.Guild) -> None:
        """Record a server's new name."""
        record_place(self.bot, after.id)

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Record a channel's new name, which its threads have, too."""
        if before.name == after.name:
            return
        record_place(self.bot, after.guild.id, [after.id])
        for thread in after.guild.threads:
            if thread.parent_id == after.id:
                record_place(self.bot, after.guild.id, [thread.id, after.id])


async def setup(bot: Bot) -> None:
    """Add the cog; called by discord.py."""
    await bot.add_cog(DiscordNames(bot))
