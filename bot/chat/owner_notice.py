"""A direct message to the bot's owner about a model that no longer exists."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.escaping import code_label
from bot.notice_mark import marked
from bot.texts import chat as texts

if TYPE_CHECKING:
    from bot.client import Bot

log = logging.getLogger(__name__)


class OwnerNotice:
    """Tells the owner once of each model that another one replaces."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._reported: set[str] = set()

    async def report_replaced_model(self) -> None:
        """Write to the owner if there is something new; where Discord refuses, that was all.

        While Discord cannot be reached, it is tried again with the next answer.
        """
        provider = self._bot.gemini
        if provider is None or provider.replaced_model is None:
            return
        replaced = provider.replaced_model
        if replaced in self._reported:
            return
        self._reported.add(replaced)
        language = self._bot.settings.bot_language
        notice = texts.MODEL_REPLACED(
            language, replaced=code_label(replaced), model=code_label(provider.model_for(replaced))
        )
        try:
            application = await self._bot.application_info()
            owner_id = application.team.owner_id if application.team else application.owner.id
            if owner_id is not None:
                await (await self._bot.fetch_user(owner_id)).send(marked(notice))
        except discord.HTTPException as error:
            log.warning("Could not tell the owner about the Gemini model: %s", error)
            if isinstance(error, discord.DiscordServerError):
                self._reported.discard(replaced)
