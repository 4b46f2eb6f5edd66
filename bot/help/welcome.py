"""Cog: a first message in a server that the bot joins, and how to invite it while it is in none."""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.help.guide import welcome_text
from bot.invitation import invite_url
from bot.localization import language_of
from bot.notice_mark import marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.client import Bot
    from bot.texts import Language

log = logging.getLogger(__name__)

MOST_TRIES = 3
"""Channels in which the bot tries to write, though its permissions said that it may."""


class Welcome(commands.Cog):
    """Introduces the bot once to each server that it joins."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._invited = False
        self._greeting: set[int] = set()
        """Servers in which a welcome is being written."""

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Log, once, how to invite a bot that is in no server; other shards may be elsewhere."""
        if self._invited or self.bot.guilds or self.bot.settings.shard_ids or not self.bot.application_id:
            return
        self._invited = True
        log.info("In no server yet; invite the bot with %s", invite_url(self.bot.application_id))

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say hello where people read it; a server that comes back after an outage was told before."""
        if self.bot.state.get(_key(guild.id)) is None:
            await self.bot.state.put(_key(guild.id), False)
        await self._greet(guild)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Say hello where Discord did not take it before; called for each server at a new session."""
        await self._greet(guild)

    @commands.Cog.listener()
    async def on_resumed(self) -> None:
        """Say hello where the connection broke meanwhile."""
        for guild in self.bot.guilds:
            await self._greet(guild)

    async def _greet(self, guild: discord.Guild) -> None:
        """Say hello to a server that has been joined and not been greeted yet."""
        if self.bot.state.get(_key(guild.id)) is not False or guild.id in self._greeting:
            return
        self._greeting.add(guild.id)
        try:
            if await self._say_hello(guild):
                await self.bot.state.put(_key(guild.id), True)
        finally:
            self._greeting.discard(guild.id)

    async def _say_hello(self, guild: discord.Guild) -> bool:
        """Write the welcome; return False where Discord could not be reached: that is worth another try."""
        text = marked(welcome_text(self.bot, self._language_of(guild)))
        for channel in itertools.islice(_channels(guild), MOST_TRIES):
            try:
                await channel.send(text)
            except discord.HTTPException as error:
                log.info("Guild %s: no welcome in channel %s: %s", guild.id, channel.id, error)
                if isinstance(error, discord.DiscordServerError):
                    return False
            else:
                return True
        log.info("Guild %s: there is no channel for a welcome", guild.id)
        return True

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Be ready to say hello again, should the bot be invited again."""
        await self.bot.state.delete(_key(guild.id))

    def _language_of(self, guild: discord.Guild) -> Language:
        """Return a community's own language; other servers cannot choose one, and all have English."""
        if "COMMUNITY" in guild.features or language_of(guild.preferred_locale) == "ja":
            return language_of(guild.preferred_locale)
        return self.bot.settings.bot_language


def _key(guild_id: int) -> str:
    return f"help.welcomed.{guild_id}"


def _channels(guild: discord.Guild) -> Iterator[discord.TextChannel]:
    """Yield where the bot may write: Discord's channel for joins, then what everybody reads, from the top.

    Rules, announcements and what Discord writes to moderators are left alone.
    """
    first = guild.system_channel
    others = [
        channel
        for channel in guild.text_channels
        if channel not in {first, guild.rules_channel, guild.public_updates_channel} and not channel.is_news()
    ]
    others.sort(key=lambda channel: not channel.permissions_for(guild.default_role).view_channel)
    yield from filter(_may_write, [*([first] if first else []), *others])


def _may_write(channel: discord.TextChannel) -> bool:
    permissions = channel.permissions_for(channel.guild.me)
    return permissions.view_channel and permissions.send_messages
