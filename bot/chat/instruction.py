"""The system instruction: what the model reads about itself before every question."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.texts import chat as texts

if TYPE_CHECKING:
    import discord

    from bot.chat.preferences import Preferences
    from bot.chat.question import Question
    from bot.client import Bot


class Instructions:
    """Composes the system instruction of each question."""

    def __init__(self, bot: Bot, preferences: Preferences) -> None:
        self._bot = bot
        self._preferences = preferences

    @property
    def me(self) -> discord.ClientUser:
        """The bot's own user."""
        if self._bot.user is None:
            raise RuntimeError("questions come after the login")
        return self._bot.user

    def for_question(self, question: Question, *, has_tools: bool) -> str:
        """Return the instruction for one question."""
        now = datetime.now(self._bot.settings.bot_timezone)
        language = question.language
        parts = [
            texts.SYSTEM_INSTRUCTION.plain(
                language, name=self.me.display_name, now=f"{now:%Y-%m-%d %H:%M %Z (%A)}"
            )
        ]
        if question.shared:
            parts.append(texts.SHARED_CHANNEL(language))
        if has_tools:
            parts.append(texts.TOOLS(language))
        guild_id = question.guild_id
        persona = self._preferences.persona(guild_id, *question.channel_ids) if guild_id is not None else ""
        if persona:
            parts.append(texts.PERSONA.plain(language, persona=persona))
        return "\n".join(parts)
