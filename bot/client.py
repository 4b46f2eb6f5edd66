"""The Discord client: typed services, extensions, start-up and shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import math
import time
from typing import TYPE_CHECKING

import discord
from discord.ext import commands, tasks

from bot import discord_gateway, discord_http
from bot.allocator import give_back
from bot.command_permissions.permissions import CommandPermissions, CommandTree
from bot.command_sync import CatalogueTranslator, sync_commands

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.lavalink import NodePool, RestartRecovery
    from bot.llm.gemini import Gemini
    from bot.lyrics.lrclib import Lrclib
    from bot.netstats.answer import NetstatsAnswer
    from bot.storage.state import State
    from bot.supabase_client import SupabaseClient

log = logging.getLogger(__name__)

# discord.py misses libraries for sending voice by itself; that is Lavalink's work.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

MESSAGES = 200
"""Kept by discord.py, of all channels, so that an edit tells which files were removed. A long reply to a long
message takes up 30 KB."""
EXTENSIONS = (
    "bot.error_handler",
    "bot.chat",
    "bot.music",
    "bot.admin_commands",
    "bot.privacy",
    "bot.discord_names",
    "bot.help",
)


class Bot(commands.AutoShardedBot):
    """One Discord client and the services its cogs use; ``main.compose`` sets the services before it runs."""

    settings: Settings
    state: State
    supabase_client: SupabaseClient
    netstats: NetstatsAnswer
    """What both /netstats and the chat answer; it draws one chart at a time."""
    gemini: Gemini | None
    """None where GEMINI_API_KEY is absent."""
    lyrics: Lrclib | None = None
    """None where LYRICS_URL is absent."""
    lavalink: NodePool | None = None
    """None where LAVALINK_NODES is absent."""
    restart_recovery: RestartRecovery | None = None
    """None where LAVALINK_NODES is absent."""

    def __init__(self, settings: Settings) -> None:
        discord_gateway.use()
        self.settings = settings
        self._started_at = time.monotonic()
        self._closing: asyncio.Future[None] | None = None
        intents = discord.Intents(
            guilds=True, guild_messages=True, dm_messages=True, message_content=True, voice_states=True
        )
        super().__init__(
            # Not a mention as well: after one come words for the chat, which finds the commands among them.
            command_prefix=settings.command_prefix,
            help_command=None,
            intents=intents,
            # Nothing the model or a user writes may ping; only the author of the message replied to is told.
            allowed_mentions=discord.AllowedMentions(
                everyone=False, users=False, roles=False, replied_user=True
            ),
            member_cache_flags=discord.MemberCacheFlags.from_intents(intents),
            chunk_guilds_at_startup=False,
            max_messages=MESSAGES,
            tree_cls=CommandTree,
            shard_count=settings.shard_count,
            shard_ids=settings.shard_ids and list(settings.shard_ids),  # pyright: ignore[reportArgumentType] - may be None
        )
        discord_http.use(self.http)
        self.command_permissions = CommandPermissions(self)
        """Made here and not handed in, as no bot may be without it."""

    @property
    def uptime(self) -> float:
        """Seconds since the process composed this bot."""
        return time.monotonic() - self._started_at

    @property
    def latency(self) -> float:
        """Mean round trip of a heartbeat in seconds, of the shards that know theirs; NaN where none does."""
        known = [latency for _shard, latency in self.latencies if math.isfinite(latency)]
        return sum(known) / len(known) if known else math.nan

    def lavalink_ping_ms(self) -> float | None:
        """Return the round trip to the Lavalink node in use, in milliseconds; None where there is none."""
        return self.lavalink.ping_ms() if self.lavalink else None

    async def setup_hook(self) -> None:
        """Start the services, load the cogs and sync slash commands; runs once, before the gateway opens."""
        await self.tree.set_translator(CatalogueTranslator())
        await self.supabase_client.initialize()
        if self.restart_recovery:
            self.restart_recovery.start()
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        await sync_commands(self, self.state, self.settings.discord_api_url)
        self._give_back.start()
        # What exists now stays for good; a full pass of the collector over it would stall the loop for 0.1 s.
        gc.collect()
        gc.freeze()

    @tasks.loop(minutes=1)
    async def _give_back(self) -> None:
        """Give memory back to the system after work."""
        await asyncio.to_thread(give_back)

    async def on_ready(self) -> None:
        """Say who and where the bot is; Discord sends READY again after a lost session."""
        log.info("✅ Logged in as %s (%s guilds, %s shards)", self.user, len(self.guilds), self.shard_count)

    async def close(self) -> None:
        """Stop everything: voice, telemetry (offline row, flush), Gemini, Discord; happens once."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._shut_down())
        await asyncio.shield(self._closing)

    async def _shut_down(self) -> None:
        log.info("Shutting down")
        self._give_back.cancel()
        async with contextlib.AsyncExitStack() as stack:
            # The last one pushed runs first; each runs even if one before it failed.
            stack.push_async_callback(self.state.close)
            stack.push_async_callback(super().close)
            stack.push_async_callback(self.command_permissions.close)
            if self.lyrics:
                stack.push_async_callback(self.lyrics.close)
            if self.gemini:
                stack.push_async_callback(self.gemini.close)
            stack.push_async_callback(self.supabase_client.close)
            if self.lavalink:
                stack.push_async_callback(self.lavalink.close)
            if self.restart_recovery:
                # Before the nodes: the players that end with them stay saved.
                stack.push_async_callback(self.restart_recovery.close)
            for extension in tuple(self.extensions):
                stack.push_async_callback(self.unload_extension, extension)
