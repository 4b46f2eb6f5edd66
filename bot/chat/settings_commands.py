"""The chat settings cog: /persona and /model for administrators, /usage for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.channel_choice import NOTICE_LENGTH, OPTION, ChatChannel, NamedChannel, place_of, say
from bot.chat.preferences import PERSONA_LIMIT
from bot.chat.question import channel_ids_of
from bot.colours import BLURPLE
from bot.config import MOST_MODELS
from bot.errors import UserError
from bot.escaping import Label, code_label, label
from bot.localization import command_name, language_for, localised
from bot.markup import channel_mention, composed, joined, number, timestamp
from bot.set_text import choices, paragraphs
from bot.texts import chat_settings as texts

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.chat.budget import Budget, DailyUsage
    from bot.chat.preferences import Preferences
    from bot.client import Bot
    from bot.texts import Language


class ChatSettings(commands.Cog):
    """A server's choices for chat, and the usage of today."""

    persona = app_commands.Group(
        name=command_name("persona", ja="キャラ設定"),
        description=localised(texts.PERSONA_DESCRIPTION),
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(self, bot: Bot, preferences: Preferences, budget: Budget) -> None:
        self.bot = bot
        self._preferences = preferences
        self._budget = budget

    async def forget_guild(self, guild_id: int, channel_ids: Collection[int]) -> None:  # noqa: ARG002 - all of them
        """Forget a server's choices; see `bot.privacy.departed_guilds.KeepsGuildData`."""
        await self._preferences.forget_guild(guild_id)

    @persona.command(
        name=command_name("set", ja="変更"), description=localised(texts.PERSONA_SET_DESCRIPTION)
    )
    @app_commands.rename(persona=command_name("persona", ja="キャラ設定"), channel=OPTION)
    @app_commands.describe(persona=localised(texts.PERSONA_TEXT), channel=localised(texts.PERSONA_CHANNEL))
    async def persona_set(
        self,
        interaction: discord.Interaction[Bot],
        persona: app_commands.Range[str, 1, PERSONA_LIMIT],
        channel: ChatChannel | None = None,
    ) -> None:
        """Set the character in the server or in a channel."""
        guild_id, _here = place_of(interaction, None)
        persona, language = paragraphs(persona), language_for(interaction)
        if not persona:
            raise UserError(texts.PERSONA_EMPTY)
        shown = texts.PERSONA_SET(language, place=_named(channel, language), persona=_quoted(persona))
        if (too_many := len(shown) - NOTICE_LENGTH) > 0:
            raise UserError(texts.PERSONA_TOO_LONG, count=too_many)
        await self._preferences.set_persona(guild_id, channel.id if channel else None, persona)
        await say(interaction, shown)

    @persona.command(
        name=command_name("clear", ja="解除"), description=localised(texts.PERSONA_CLEAR_DESCRIPTION)
    )
    @app_commands.rename(channel=OPTION)
    @app_commands.describe(channel=localised(texts.PERSONA_CHANNEL))
    async def persona_clear(
        self, interaction: discord.Interaction[Bot], channel: ChatChannel | None = None
    ) -> None:
        """Go back to the usual character."""
        guild_id, _here = place_of(interaction, None)
        await self._preferences.set_persona(guild_id, channel.id if channel else None, "")
        language = language_for(interaction)
        await say(interaction, texts.PERSONA_CLEARED(language, place=_named(channel, language)))

    @persona.command(
        name=command_name("show", ja="表示"), description=localised(texts.PERSONA_SHOW_DESCRIPTION)
    )
    async def persona_show(self, interaction: discord.Interaction[Bot]) -> None:
        """Show the character that applies in this channel."""
        guild_id, _here = place_of(interaction, None)
        persona = self._preferences.persona(guild_id, *channel_ids_of(interaction.channel))
        language = language_for(interaction)
        shown = texts.PERSONA_SHOWN(language, persona=_quoted(persona))
        await say(interaction, shown if persona else texts.NO_PERSONA(language))

    @app_commands.command(
        name=command_name("model", ja="モデル"), description=localised(texts.MODEL_DESCRIPTION)
    )
    @app_commands.rename(model=command_name("model", ja="モデル"))
    @app_commands.describe(model=localised(texts.MODEL_OPTION))
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def model(self, interaction: discord.Interaction[Bot], model: str | None = None) -> None:
        """Choose the model that answers in this server, or show it."""
        guild_id, _here = place_of(interaction, None)
        language, listed = (
            language_for(interaction),
            joined(" ", (composed("`{}`", code_label(name)) for name in self._models)),
        )
        if model is None:
            current = self._preferences.model(guild_id) or self._models[0]
            await say(interaction, texts.MODEL_SHOWN(language, model=code_label(current), models=listed))
            return
        if model not in self._models:
            raise UserError(texts.NO_SUCH_MODEL, model=code_label(model), models=listed)
        await self._preferences.choose_model(guild_id, None if model == self._models[0] else model)
        await say(interaction, texts.MODEL_CHOSEN(language, model=code_label(model)))

    @model.autocomplete("model")
    async def suggest_models(
        self, _interaction: discord.Interaction[Bot], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the models whose name contains what is written so far."""
        return choices((name, name) for name in self._models if current.lower() in name.lower())

    @app_commands.command(
        name=command_name("usage", ja="利用量"), description=localised(texts.USAGE_DESCRIPTION)
    )
    async def usage(self, interaction: discord.Interaction[Bot]) -> None:
        """Show today's usage, to the user alone."""
        language, settings = language_for(interaction), self.bot.settings
        embed = discord.Embed(title=texts.USAGE_TITLE(language), colour=BLURPLE)
        usage = self._budget.of_user(interaction.user.id)
        own = _formatted(usage, settings.chat_user_tokens_per_day, language)
        embed.add_field(name=texts.USAGE_YOU(language), value=own)
        if interaction.guild_id is not None:
            usage = self._budget.of_guild(interaction.guild_id)
            shared = _formatted(usage, settings.chat_guild_tokens_per_day, language)
            embed.add_field(name=texts.USAGE_SERVER(language), value=shared)
        reset = timestamp(self._budget.resets_at, "R")
        embed.description = texts.USAGE_RESETS(language, when=reset)
        await interaction.response.send_message(embed=embed, ephemeral=True)

    @property
    def _models(self) -> tuple[str, ...]:
        """The models to choose from, the configured one first."""
        settings = self.bot.settings
        others = (model for model in settings.gemini_models if model != settings.gemini_model)
        return (settings.gemini_model, *others)[:MOST_MODELS]


def _named(channel: NamedChannel | None, language: Language) -> Label:
    return channel_mention(channel.id) if channel else texts.WHOLE_SERVER(language)


def _quoted(persona: str) -> Label:
    return joined("\n> ", (label(line, PERSONA_LIMIT) if line else Label() for line in persona.split("\n")))


def _formatted(usage: DailyUsage, limit: int, language: Language) -> Label:
    tokens, answers = number(usage.tokens), number(usage.answers)
    if limit:
        return texts.USAGE_OF_LIMIT(language, tokens=tokens, limit=number(limit), answers=answers)
    return texts.USAGE_VALUE(language, tokens=tokens, answers=answers)
