"""Chat: when to answer, what is remembered, and how an answer comes to be shown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Bot

log = logging.getLogger(__name__)

MESSAGES_PER_SECOND = 35.0
MESSAGES_AT_ONCE = 10
"""Together below Discord's limit of 50 requests of every kind in a second
(https://discord.com/developers/docs/topics/rate-limits#global-rate-limit)."""


async def setup(bot: Bot) -> None:
    """Make what the cogs share, and add them; called by discord.py, which also removes them."""
    from bot.chat.actions.runner import Actions
    from bot.chat.answerer import Answerer
    from bot.chat.budget import Budget, RateLimit
    from bot.chat.channel_commands import ChannelSettings
    from bot.chat.commands import Chat
    from bot.chat.file_budget import FileBudget
    from bot.chat.forgotten import Forgotten
    from bot.chat.history_loader import HistoryLoader
    from bot.chat.instruction import Instructions
    from bot.chat.memory import Memory
    from bot.chat.preferences import Preferences
    from bot.chat.quoting import Quoting
    from bot.chat.responder import Responder
    from bot.chat.settings_commands import ChatSettings
    from bot.chat.throttle import Throttle
    from bot.units import MEBIBYTE

    if bot.gemini is None:
        log.info("Chat is off: GEMINI_API_KEY is not set")
    memory, forgotten = Memory(), Forgotten(bot.state)
    preferences, budget = Preferences(bot.state), Budget(bot.state, bot.settings)
    throttle = Throttle(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE)
    files = FileBudget(bot.settings.chat_files_in_flight_mb * MEBIBYTE)
    quoting = Quoting(bot, forgotten, throttle)
    history = HistoryLoader(
        memory,
        forgotten=forgotten,
        quoting=quoting,
        state=bot.state,
        settings=bot.settings,
        throttle=throttle,
        files=files,
    )
    answerer = Answerer(
        bot,
        memory=memory,
        forgotten=forgotten,
        quoting=quoting,
        throttle=throttle,
        budget=budget,
        preferences=preferences,
        instructions=Instructions(bot, preferences),
        files=files,
    )
    responder = Responder(
        bot,
        answerer=answerer,
        history=history,
        actions=Actions(bot, bot.netstats),
        rate_limit=RateLimit(bot.settings.chat_questions_per_minute),
        throttle=throttle,
    )
    chat = Chat(
        bot,
        responder=responder,
        answerer=answerer,
        memory=memory,
        forgotten=forgotten,
        preferences=preferences,
        budget=budget,
    )
    await bot.add_cog(chat)
    await bot.add_cog(ChannelSettings(bot, preferences))
    await bot.add_cog(ChatSettings(bot, preferences, budget))
