"""The Discord client: typed services, extensions, start-up and shutdown."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.gemini import Gemini
    from bot.lavalink import NodePool
    from bot.state import State
    from bot.supabase_client import SupabaseClient

log = logging.getLogger(__name__)

EXTENSIONS = ("bot.error_handler", "bot.chat", "bot.music", "bot.admin_commands")


class Bot(commands.AutoShardedBot):
    """One Discord client and the services its cogs use; ``main.compose`` sets the services before it runs."""

    settings: Settings
    state: State
    supabase_client: SupabaseClient
    gemini: Gemini | None
    """None where GEMINI_API_KEY is absent."""
    lavalink: NodePool | None
    """None where LAVALINK_NODES is absent."""
    started_at: float
    """``time.monotonic()`` at construction, in seconds."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.started_at = time.monotonic()
        intents = discord.Intents(
            guilds=True, guild_messages=True, dm_messages=True, message_content=True, voice_states=True
        )
        super().__init__(
            command_prefix=commands.when_mentioned_or(settings.command_prefix),
            help_command=None,
            intents=intents,
            # Nothing the model or a user writes may ping; only the author of the message replied to is told.
            allowed_mentions=discord.AllowedMentions(
                everyone=False, users=False, roles=False, replied_user=True
            ),
            member_cache_flags=discord.MemberCacheFlags.from_intents(intents),
            chunk_guilds_at_startup=False,
            shard_count=settings.shard_count,
            shard_ids=list(settings.shard_ids) if settings.shard_ids else None,
        )
