"""Slash commands are sent to Discord only when they changed since the last time."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from bot.client import Bot

log = logging.getLogger(__name__)

STATE_KEY = "slash_commands"


async def sync_commands(bot: Bot) -> bool:
    """Register the command tree with Discord if it is not what Discord has; returns whether it was sent.

    What was sent last is remembered under ``STATE_KEY`` as a digest. The names that Discord has now are asked
    for as well, so that commands which were removed there come back. A refusal by Discord is logged and the
    bot goes on with the commands that are registered.
    """
    digest = await _digest(bot)
    local_names = {command.name for command in bot.tree.get_commands()}
    try:
        remote_names = {command.name for command in await bot.tree.fetch_commands()}
        if bot.state.get(STATE_KEY) == digest and remote_names == local_names:
            return False
        await bot.tree.sync()
    except discord.HTTPException:
        log.exception("Slash commands could not be registered")
        return False
    await bot.state.put(STATE_KEY, digest)
    log.info("Registered %s slash commands", len(local_names))
    return True


async def _digest(bot: Bot) -> str:
    """Return a fingerprint of everything that Discord would be told, the translations included."""
    translator = bot.tree.translator
    payloads = [
        await command.get_translated_payload(bot.tree, translator)
        if translator
        else command.to_dict(bot.tree)
        for command in bot.tree.get_commands()
    ]
    told = json.dumps([str(bot.application_id), bot.settings.discord_api_url, payloads], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
