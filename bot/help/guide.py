"""The texts of ``/help`` and of the welcome: plain messages, for which no permission is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.escaping import Label, code_label, label
from bot.markup import joined
from bot.texts import help as texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.client import Bot
    from bot.texts import Language


NAME_LENGTH = 32
"""Characters; the longest name that Discord allows."""


def help_text(bot: Bot, language: Language, *, in_guild: bool, is_manager: bool) -> Label:
    """Return what the bot can do for its reader, as Markdown of at most a message's length.

    Music belongs to servers, and some commands to those who manage one (``is_manager``).
    """
    name = code_label(own_name(bot), NAME_LENGTH)
    parts = [texts.TITLE(language, name=label(own_name(bot), NAME_LENGTH))]
    if bot.gemini is not None:
        parts.append(texts.CHAT(language, name=name))
    if bot.lavalink is not None and in_guild:
        parts.append(texts.MUSIC(language, name=name, prefix=code_label(bot.settings.command_prefix)))
    if is_manager:
        parts.append(joined("\n", _for_managers(bot, language, name)))
    parts.append(texts.PRIVACY(language))
    return joined("\n\n", parts)


def welcome_text(bot: Bot, language: Language) -> Label:
    """Return how the bot introduces itself to a server."""
    lines = [texts.WELCOME(language, name=label(own_name(bot), NAME_LENGTH))]
    if bot.gemini is not None:
        lines.append(texts.WELCOME_CHAT(language, name=code_label(own_name(bot), NAME_LENGTH)))
    if bot.lavalink is not None:
        lines.append(texts.WELCOME_MUSIC(language))
    return joined("\n", [*lines, texts.WELCOME_HELP(language)])


def own_name(bot: Bot) -> str:
    """Return the bot's name, as people read it."""
    return bot.user.display_name if bot.user else "Otonari"


def _for_managers(bot: Bot, language: Language, name: Label) -> Iterator[Label]:
    yield texts.MANAGERS(language, name=name)
    if bot.gemini is not None:
        yield texts.MANAGE_CHAT(language)
    if bot.lavalink is not None:
        yield texts.MANAGE_MUSIC(language)
    off = [
        text(language)
        for text, service in ((texts.CHAT_OFF, bot.gemini), (texts.MUSIC_OFF, bot.lavalink))
        if service is None
    ]
    if off:
        yield texts.OFF(language, features=joined("、" if language == "ja" else ", ", off))
