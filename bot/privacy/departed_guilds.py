"""Cog: what servers chose is forgotten some time after the bot was removed from them."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from discord.ext import commands, tasks

from bot.errors import OtonariError
from bot.storage.purge import purged_afterwards

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import discord

    from bot.client import Bot

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 30 * 86_400.0
"""From the removal, so that a server that takes the bot back finds everything as it was."""
MOST = 1_000
"""Servers that are remembered so; beyond, the one that the bot left first is forgotten at once."""
_KEY = "guilds.left."


@runtime_checkable
class KeepsGuildData(Protocol):
    """A cog that remembers something of servers outside of telemetry."""

    async def forget_guild(self, guild_id: int, channel_ids: Collection[int]) -> None:
        """Forget what a server chose, and what is remembered of its channels."""
        ...


class DepartedGuilds(commands.Cog):
    """Notes when the bot is removed from a server, and has its data forgotten when the time has come.

    Only Discord's word counts (GUILD_DELETE without ``unavailable``), never that a server is not there.
    https://discord.com/developers/docs/events/gateway-events#guild-delete
    """

    def __init__(self, bot: Bot, clock: Callable[[], float] = time.time) -> None:
        self.bot = bot
        self._clock = clock

    async def cog_load(self) -> None:
        """Begin to look for servers whose time has come."""
        self.check.start()

    async def cog_unload(self) -> None:
        """Look no more."""
        self.check.cancel()

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Note when the bot was removed, and which channels there were."""
        channels = sorted({channel.id for channel in (*guild.channels, *guild.threads)})
        await self.bot.state.put(f"{_KEY}{guild.id}", {"at": self._clock(), "channels": [*channels]})
        for key in sorted(self.bot.state.keys(_KEY), key=self._left_at)[:-MOST]:
            await self._forget(key)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Keep what a server chose that has taken the bot back."""
        await self.bot.state.delete(f"{_KEY}{guild.id}")

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Keep what a server chose that took the bot back while this process was not running."""
        await self.on_guild_join(guild)

    @tasks.loop(hours=1)
    async def check(self) -> None:
        """Forget the servers whose time has come; not before it is known in which the bot is."""
        if not self.bot.is_ready():
            return
        for key in self.bot.state.keys(_KEY):
            at = self._left_at(key)
            if self.bot.get_guild(int(key.removeprefix(_KEY))) is not None:
                await self.bot.state.delete(key)
            elif not at:
                await self.bot.state.put(key, {"at": self._clock(), "channels": []})
            elif self._clock() - at >= REMEMBERED_SECONDS:
                await self._forget(key)

    def _left_at(self, key: str) -> float:
        """Return when the bot was removed from a server, 0 where that is not known."""
        left = self.bot.state.get(key)
        at = left.get("at") if isinstance(left, Mapping) else None
        return at if isinstance(at, int | float) else 0.0

    async def _forget(self, key: str) -> None:
        guild_id, left = int(key.removeprefix(_KEY)), self.bot.state.get(key)
        channels = left.get("channels") if isinstance(left, Mapping) else None
        channel_ids = [id_ for id_ in channels if isinstance(id_, int)] if isinstance(channels, list) else []
        days = (self._clock() - self._left_at(key)) / 86_400.0
        try:
            async with purged_afterwards(self.bot.state):
                for cog in self.bot.cogs.values():
                    if isinstance(cog, KeepsGuildData):
                        await cog.forget_guild(guild_id, channel_ids)
        except OtonariError as error:
            log.warning("Guild %s cannot be forgotten yet: %s", guild_id, error)
            return
        await self.bot.state.delete(key)
        log.info("Guild %s: forgotten, %.0f days after the bot was removed", guild_id, days)
