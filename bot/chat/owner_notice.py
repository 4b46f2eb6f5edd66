"""Tells the bot's owner of a Gemini model that is gone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.texts import chat as texts

if TYPE_CHECKING:
    from bot.client import Bot

log = logging.getLogger(__name__)


class OwnerNotice:
    """Writes to the owner directly, once for each model."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._told: set[str] = set()

    async def tell_of_dead_model(self) -> None:
        """Tell what is new, if anything; a refusal is logged and not tried again."""
        gemini = self._bot.gemini
        if gemini is None or gemini.dead_model is None or gemini.dead_model in self._told:
            return
        dead = gemini.dead_model
        self._told.add(dead)
        language = self._bot.settings.bot_language
        told = texts.MODEL_REPLACED(language, dead=dead, model=gemini.model_for(dead))
        try:
            application = await self._bot.application_info()
            owner_id = application.team.owner_id if application.team else application.owner.id
            if owner_id is not None:
                await (await self._bot.fetch_user(owner_id)).send(told)
        except discord.HTTPException as error:
            log.warning("Could not tell the owner about the Gemini model: %s", error)
