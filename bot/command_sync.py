"""Slash commands with their translations, sent to Discord only when they changed since the last time."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.localization import language_of
from bot.texts import Text

if TYPE_CHECKING:
    from discord.ext import commands

    from bot.storage.state import State

log = logging.getLogger(__name__)

STATE_KEY = "slash_commands"


async def sync_commands(bot: commands.AutoShardedBot, state: State, api_url: str) -> bool:
    """Register the command tree with Discord if it is not what Discord has; returns whether it was sent.

    What was sent last is remembered under ``STATE_KEY`` as a digest. The names that Discord has now are asked
    for as well, so that commands which were removed there come back. A refusal by Discord is logged and the
    bot goes on with the commands that are registered.
    """
    digest = await _digest(bot, api_url)
    local_names = {command.name for command in bot.tree.get_commands()}
    try:
        remote_names = {command.name for command in await bot.tree.fetch_commands()}
        if state.get(STATE_KEY) == digest and remote_names == local_names:
            return False
        await bot.tree.sync()
    except discord.HTTPException:
        log.exception("Slash commands could not be registered")
        return False
    await state.put(STATE_KEY, digest)
    log.info("Registered %s slash commands", len(local_names))
    return True


async def _digest(bot: commands.AutoShardedBot, api_url: str) -> str:
    """Return a fingerprint of everything that Discord would be sent, the translations included."""
    translator = bot.tree.translator
    payloads = [
        await command.get_translated_payload(bot.tree, translator)
        if translator
        else command.to_dict(bot.tree)
        for command in bot.tree.get_commands()
    ]
    fingerprinted = json.dumps([str(bot.application_id), api_url, payloads], sort_keys=True)
    return hashlib.sha256(fingerprinted.encode()).hexdigest()


class CatalogueTranslator(app_commands.Translator):
    """Answers discord.py's questions for localisations from the catalogue."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,  # noqa: ARG002 - the signature is discord.py's
    ) -> str | None:
        """Return ``string`` in ``locale``, or None where it equals the default or is not in the catalogue."""
        text = string.extras.get("text")
        if not isinstance(text, Text):
            return None
        translated = text(language_of(locale))
        return None if translated == string.message else translated
