"""The texts of ``/help`` and of the welcome: plain messages, for which no permission is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.escaping import plain
from bot.texts import help as texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.client import Bot
    from bot.texts import Language


def help_text(bot: Bot, language: Language, *, in_guild: bool, is_manager: bool) -> str:
    """Return what the bot can do for its reader, as Markdown of at most a message's length.

    Music belongs to servers, and some commands to those who manage one (``is_manager``).
    """
    name = own_name(bot)
    parts = [texts.TITLE(language, name=name)]
    if bot.gemini is not None:
        parts.append(texts.CHAT(language, name=name))
    if bot.lavalink is not None and in_guild:
        parts.append(texts.MUSIC(language, name=name, prefix=bot.settings.command_prefix))
    if is_manager:
        parts.append("\n".join(_for_managers(bot, language, name)))
    parts.append(texts.PRIVACY(language))
    return "\n\n".join(parts)


def welcome_text(bot: Bot, language: Language) -> str:
    """Return how the bot introduces itself to a server."""
    name = own_name(bot)
    lines = [texts.WELCOME(language, name=name)]
    if bot.gemini is not None:
        lines.append(texts.WELCOME_CHAT(language, name=name))
    if bot.lavalink is not None:
        lines.append(texts.WELCOME_MUSIC(language))
    return "\n".join([*lines, texts.WELCOME_HELP(language)])


def own_name(bot: Bot) -> str:
    """Return the bot's name, fit for inline code."""
    return plain(bot.user.display_name, 32).replace("`", "'") if bot.user else "Otonari"


def _for_managers(bot: Bot, language: Language, name: str) -> Iterator[str]:
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
        yield texts.OFF(language, features=("、" if language == "ja" else ", ").join(off))
