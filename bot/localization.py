"""Which language a person reads, and Discord's localisations of command names and descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, cast, runtime_checkable

import discord
from discord import app_commands

from bot.texts import Language, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from discord.ext import commands

    from bot.config import Settings

    Context: TypeAlias = commands.Context[commands.AutoShardedBot]


class HasSettings(Protocol):
    """The part of the bot that is needed here."""

    settings: Settings


@runtime_checkable
class InLanguage(Protocol):
    """A context that carries the language to answer in."""

    language: Language


def language_of(locale: discord.Locale | str) -> Language:
    """Return the catalogue's language for a Discord locale: Japanese for ``ja``, English for all others."""
    return "ja" if str(locale) == "ja" else "en"


def language_for(source: discord.Interaction[discord.Client] | Context) -> Language:
    """Return the language to answer ``source`` in: an interaction's locale, otherwise ``BOT_LANGUAGE``."""
    if isinstance(source, discord.Interaction):
        return language_of(source.locale)
    if isinstance(source, InLanguage):
        return source.language
    if source.interaction is not None:
        return language_of(source.interaction.locale)
    return cast("HasSettings", source.bot).settings.bot_language


def localised(text: Text) -> app_commands.locale_str:
    """Return a description, option name or choice name that Discord shows in the reader's language.

    The default is Japanese, and `bot.command_sync.CatalogueTranslator` gives English to every other locale.
    """
    return app_commands.locale_str(text.ja, text=text)


def localised_choices(texts: Mapping[str, Text]) -> list[app_commands.Choice[str]]:
    """Return choices by the value that a command gets, each under its localised name."""
    return [app_commands.Choice(name=localised(text), value=value) for value, text in texts.items()]


def command_name(name: str, *, ja: str) -> app_commands.locale_str:
    """Return a slash command's name: ``name`` everywhere, ``ja`` in Japanese clients."""
    return app_commands.locale_str(name, text=Text(ja=ja, en=name))
