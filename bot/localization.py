"""Which language a person reads, and Discord's localisations of command names and descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

import discord
from discord import app_commands

from bot.texts import Language, Text

if TYPE_CHECKING:
    from discord.ext import commands

    from bot.client import Bot

Source: TypeAlias = "discord.Interaction[Bot] | commands.Context[Bot]"


@runtime_checkable
class InLanguage(Protocol):
    """Something that knows by itself in which language to answer it."""

    language: Language


def language_of(locale: discord.Locale | str) -> Language:
    """Return the catalogue's language for a Discord locale: Japanese for ``ja``, English for all others."""
    return "ja" if str(locale) == "ja" else "en"


def language_for(source: Source) -> Language:
    """Return the language to answer ``source`` in: an interaction's locale, otherwise ``BOT_LANGUAGE``."""
    if isinstance(source, discord.Interaction):
        return language_of(source.locale)
    if isinstance(source, InLanguage):
        return source.language
    if source.interaction is not None:
        return language_of(source.interaction.locale)
    return source.bot.settings.bot_language


def localised(text: Text) -> app_commands.locale_str:
    """Return a description, option name or choice name that Discord shows in the reader's language.

    The default is Japanese, and `CatalogueTranslator` gives English to every other locale.
    """
    return app_commands.locale_str(text.ja, text=text)


def command_name(name: str, *, ja: str) -> app_commands.locale_str:
    """Return a slash command's name: ``name`` everywhere, ``ja`` in Japanese clients."""
    return app_commands.locale_str(name, text=Text(ja=ja, en=name))


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
