"""Conversations with people: what is remembered of them, and how an answer comes to be shown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Bot

log = logging.getLogger(__name__)


async def setup(bot: Bot) -> None:
    """Add the cogs; called by discord.py."""
    from bot.chat.commands import Chat

    if bot.gemini is None:
        log.info("Chat is off: GEMINI_API_KEY is not set")
    await bot.add_cog(Chat(bot))
