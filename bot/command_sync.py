"""Slash commands with their translations, sent to Discord only when they changed since the last time."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.localization import language_of
from bot.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from discord.ext import commands

    from bot.storage.state import State

log = logging.getLogger(__name__)

STATE_KEY = "slash_commands"
_NESTED = {discord.AppCommandOptionType.subcommand.value, discord.AppCommandOptionType.subcommand_group.value}


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
    except Exception:  # also an answer that discord.py cannot read: the bot starts all the same
        log.exception("Slash commands could not be registered")
        return False
    await state.put(STATE_KEY, digest)
    log.info("Registered %s slash commands", len(local_names))
    return True


@dataclass(frozen=True, slots=True)
class ShownCommand:
    """A slash command, or a subcommand with the names above it, as Discord shows it to people."""

    name: Text
    """Without the slash, such as ``playlist save``."""
    description: Text
    for_managers: bool
    """Whether Discord offers it only to those with some permission."""


async def shown_commands(
    commands: Iterable[app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu],
    tree: app_commands.CommandTree[Any],
) -> dict[str, ShownCommand]:
    """Return what can be called of ``commands``, which are in no group, by qualified name."""
    translator = CatalogueTranslator()
    found: dict[str, ShownCommand] = {}
    for command in commands:
        payload = await command.get_translated_payload(tree, translator)
        for_managers = payload.get("default_member_permissions") is not None
        _collect(payload, Text(ja="", en=""), for_managers, found)
    return found


def _collect(
    part: Mapping[str, Any], above: Text, for_managers: bool, found: dict[str, ShownCommand]
) -> None:
    """Add a part of a command's payload to ``found``: itself, or the subcommands in it."""
    own = _text(part, "name")
    name = Text(ja=f"{above.ja} {own.ja}".strip(), en=f"{above.en} {own.en}".strip())
    nested = [option for option in part.get("options", ()) if option["type"] in _NESTED]
    for option in nested:
        _collect(option, name, for_managers, found)
    if not nested:
        found[name.en] = ShownCommand(name, _text(part, "description"), for_managers)


def _text(part: Mapping[str, Any], key: str) -> Text:
    """Return what Japanese and English clients show of ``key``."""
    default = str(part.get(key, ""))
    others: Mapping[str, str] = part.get(f"{key}_localizations") or {}
    return Text(ja=others.get("ja", default), en=others.get("en-US", default))


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
