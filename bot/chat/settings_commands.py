"""The chat settings cog: /channel, /persona and /model for administrators, /usage for everybody."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.preferences import CHANNELS_LIMIT, PERSONA_LIMIT
from bot.chat.question import channel_ids_of
from bot.colours import BLURPLE
from bot.config import MOST_MODELS
from bot.discord_limits import MESSAGE_LENGTH
from bot.error_handler import permission_names
from bot.errors import UserError
from bot.escaping import Label, code_label, label, truncate
from bot.localization import command_name, language_for, localised, localised_choices
from bot.markup import channel_mention, composed, joined, number, timestamp
from bot.notice_mark import marked
from bot.request_channel import RequestChannel, choose_request_channel, request_channel
from bot.set_text import choices, paragraphs
from bot.texts import chat_settings as texts
from bot.texts import music

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.chat.budget import Budget, DailyUsage
    from bot.chat.preferences import Preferences
    from bot.client import Bot
    from bot.texts import Language

log = logging.getLogger(__name__)


class _ChannelChoice(app_commands.Transformer):
    """Takes a channel where messages are, or whose posts have them, as Discord names it."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """The kind of option."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """What Discord offers; media channels it does not accept here."""
        kinds = discord.ChannelType
        threads = [kinds.news_thread, kinds.public_thread, kinds.private_thread]
        return [kinds.text, kinds.news, kinds.voice, kinds.stage_voice, kinds.forum, *threads]

    async def transform(self, interaction: discord.Interaction, value: NamedChannel, /) -> NamedChannel:  # noqa: ARG002 - of the base
        """Return the channel; called by discord.py."""
        return value


NamedChannel: TypeAlias = app_commands.AppCommandChannel | app_commands.AppCommandThread
ChatChannel: TypeAlias = app_commands.Transform[NamedChannel, _ChannelChoice]
_NOTICE_LENGTH = MESSAGE_LENGTH - len(marked(""))
_OPTION = command_name("channel", ja="チャンネル")


class ChatSettings(commands.Cog):
    """A server's choices for chat, and the usage of today."""

    channel = app_commands.Group(
        name=command_name("channel", ja="チャンネル"),
        description=localised(texts.CHANNEL_DESCRIPTION),
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
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
        self._known_ids: set[int] = set()
        """Of CHAT_CHANNEL_IDS, those that were looked up."""

    async def forget_guild(self, guild_id: int, channel_ids: Collection[int]) -> None:  # noqa: ARG002 - all of them
        """Forget a server's choices; see `bot.privacy.departed_guilds.KeepsGuildData`."""
        await self._preferences.forget_guild(guild_id)
        if request_channel(self.bot.state, guild_id) is not None:
            await choose_request_channel(self.bot, guild_id, None)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Forget the choices for a channel that is gone."""
        await self._forget_channel(channel.guild.id, channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Forget the choices for a thread that is gone."""
        await self._forget_channel(payload.guild_id, payload.thread_id)

    async def _forget_channel(self, guild_id: int, channel_id: int) -> None:
        await self._preferences.forget_channel(guild_id, channel_id)
        if channel_id in self._music_channels(guild_id):
            await choose_request_channel(self.bot, guild_id, None)

    def _music_channels(self, guild_id: int) -> frozenset[int]:
        """Return the request channel, if there is one."""
        place = request_channel(self.bot.state, guild_id)
        return frozenset() if place is None else frozenset({place.channel_id})

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Tell the owner, once, of channels in the settings that Discord does not show the bot (any more)."""
        fixed = self.bot.settings.chat_channel_ids - self._known_ids
        for channel_id in sorted(fixed):
            if self.bot.get_channel(channel_id) is None:  # so is an archived thread
                try:
                    await self.bot.fetch_channel(channel_id)
                except (discord.NotFound, discord.Forbidden) as error:
                    log.warning("CHAT_CHANNEL_IDS: the bot cannot see a channel %s: %s", channel_id, error)
                except Exception as error:  # noqa: BLE001 - also what discord.py cannot read
                    log.info("CHAT_CHANNEL_IDS: channel %s cannot be looked up: %s", channel_id, error)
                    continue
            self._known_ids.add(channel_id)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Forget the choices for channels that went while the bot was not there."""
        await self._forget_gone(guild)

    async def _forget_gone(self, guild: discord.Guild) -> frozenset[int]:
        """Forget the choices for channels that Discord does not know any more; return these."""
        unknown = {
            channel_id
            for channel_id in self._preferences.chosen_channels(guild.id) | self._music_channels(guild.id)
            if guild.get_channel_or_thread(channel_id) is None  # so is an archived thread
        }
        gone: set[int] = set()
        for channel_id in unknown:
            try:
                await guild.fetch_channel(channel_id)
            except discord.NotFound:
                gone.add(channel_id)
                await self._forget_channel(guild.id, channel_id)
            except Exception as error:  # noqa: BLE001 - also what discord.py cannot read
                log.info("Guild %s: channel %s cannot be looked up: %s", guild.id, channel_id, error)
        return frozenset(gone)

    @channel.command(
        name=command_name("add", ja="追加"), description=localised(texts.CHANNEL_ADD_DESCRIPTION)
    )
    @app_commands.rename(channel=_OPTION)
    @app_commands.describe(channel=localised(texts.CHANNEL_OPTION))
    async def channel_add(
        self, interaction: discord.Interaction[Bot], channel: ChatChannel | None = None
    ) -> None:
        """Answer every message of a channel."""
        guild_id, channel_id = _place(interaction, channel)
        if len(self._preferences.channels(guild_id) | {channel_id}) > CHANNELS_LIMIT:
            raise UserError(texts.TOO_MANY_CHANNELS, limit=CHANNELS_LIMIT)
        if channel_id in self._music_channels(guild_id) and self.bot.lavalink is not None:
            raise UserError(texts.CHANNEL_IS_MUSIC, channel=channel_mention(channel_id))
        await self._preferences.choose_channel(guild_id, channel_id, chosen=True)
        await _say(
            interaction, texts.CHANNEL_ADDED(language_for(interaction), channel=channel_mention(channel_id))
        )

    @channel.command(
        name=command_name("remove", ja="削除"), description=localised(texts.CHANNEL_REMOVE_DESCRIPTION)
    )
    @app_commands.rename(channel=_OPTION)
    @app_commands.describe(channel=localised(texts.CHANNEL_OPTION))
    async def channel_remove(
        self, interaction: discord.Interaction[Bot], channel: ChatChannel | None = None
    ) -> None:
        """Answer in a channel only when called."""
        guild_id, channel_id = _place(interaction, channel)
        await self._preferences.choose_channel(guild_id, channel_id, chosen=False)
        if channel_id in self.bot.settings.chat_channel_ids:
            raise UserError(texts.CHANNEL_FIXED, channel=channel_mention(channel_id))
        await _say(
            interaction, texts.CHANNEL_REMOVED(language_for(interaction), channel=channel_mention(channel_id))
        )

    @channel.command(
        name=command_name("music", ja="音楽"), description=localised(texts.CHANNEL_MUSIC_DESCRIPTION)
    )
    @app_commands.rename(channel=_OPTION, switch=command_name("switch", ja="切替"))
    @app_commands.describe(
        channel=localised(texts.CHANNEL_MUSIC_OPTION), switch=localised(texts.CHANNEL_MUSIC_SWITCH)
    )
    @app_commands.choices(switch=localised_choices({"on": music.ON, "off": music.OFF}))
    async def channel_music(
        self,
        interaction: discord.Interaction[Bot],
        channel: ChatChannel | None = None,
        switch: Literal["on", "off"] = "on",
    ) -> None:
        """Take every message of a channel for a song, or of none any more."""
        guild_id, channel_id = _place(interaction, channel)
        language = language_for(interaction)
        if switch == "off":
            await choose_request_channel(self.bot, guild_id, None)
            await _say(interaction, texts.NO_MUSIC_CHANNEL(language))
            return
        if self.bot.lavalink is None or interaction.guild is None:
            raise UserError(music.NOT_CONFIGURED)
        may_tidy = _check_music_channel(interaction.guild, channel_id)
        await self._preferences.choose_channel(guild_id, channel_id, chosen=False)
        await choose_request_channel(self.bot, guild_id, RequestChannel(channel_id, interaction.id))
        shown = texts.MUSIC_CHANNEL_CHOSEN(language, channel=channel_mention(channel_id))
        if not may_tidy:
            permission = permission_names(["manage_messages"], language)
            shown = joined("\n", (shown, texts.MUSIC_CHANNEL_UNTIDY(language, permission=permission)))
        await _say(interaction, shown)

    @channel.command(
        name=command_name("list", ja="一覧"), description=localised(texts.CHANNEL_LIST_DESCRIPTION)
    )
    async def channel_list(self, interaction: discord.Interaction[Bot]) -> None:
        """Show the channels in which every message is answered."""
        guild_id, _channel_id = _place(interaction, None)
        guild = interaction.guild
        fixed = {
            channel_id
            for channel_id in self.bot.settings.chat_channel_ids
            if guild and guild.get_channel_or_thread(channel_id)
        }
        chosen, language = self._preferences.channels(guild_id), language_for(interaction)
        of_music = self._music_channels(guild_id)
        gone = await self._forget_gone(guild) & (chosen | of_music) if guild else frozenset[int]()
        named = joined(" ", map(channel_mention, sorted((fixed | chosen) - gone)))
        shown = texts.CHANNELS(language, channels=named) if named else texts.NO_CHANNELS(language)
        for channel_id in of_music - gone:
            line = texts.MUSIC_CHANNEL(language, channel=channel_mention(channel_id))
            shown = joined("\n", (shown, line))
        if gone:
            shown = joined("\n", (shown, texts.CHANNELS_GONE(language, count=len(gone))))
        await _say(interaction, shown)

    @persona.command(
        name=command_name("set", ja="変更"), description=localised(texts.PERSONA_SET_DESCRIPTION)
    )
    @app_commands.rename(persona=command_name("persona", ja="キャラ設定"), channel=_OPTION)
    @app_commands.describe(persona=localised(texts.PERSONA_TEXT), channel=localised(texts.PERSONA_CHANNEL))
    async def persona_set(
        self,
        interaction: discord.Interaction[Bot],
        persona: app_commands.Range[str, 1, PERSONA_LIMIT],
        channel: ChatChannel | None = None,
    ) -> None:
        """Set the character in the server or in a channel."""
        guild_id, _here = _place(interaction, None)
        persona, language = paragraphs(persona), language_for(interaction)
        if not persona:
            raise UserError(texts.PERSONA_EMPTY)
        shown = texts.PERSONA_SET(language, place=_named(channel, language), persona=_quoted(persona))
        if (too_many := len(shown) - _NOTICE_LENGTH) > 0:
            raise UserError(texts.PERSONA_TOO_LONG, count=too_many)
        await self._preferences.set_persona(guild_id, channel.id if channel else None, persona)
        await _say(interaction, shown)

    @persona.command(
        name=command_name("clear", ja="解除"), description=localised(texts.PERSONA_CLEAR_DESCRIPTION)
    )
    @app_commands.rename(channel=_OPTION)
    @app_commands.describe(channel=localised(texts.PERSONA_CHANNEL))
    async def persona_clear(
        self, interaction: discord.Interaction[Bot], channel: ChatChannel | None = None
    ) -> None:
        """Go back to the usual character."""
        guild_id, _here = _place(interaction, None)
        await self._preferences.set_persona(guild_id, channel.id if channel else None, "")
        language = language_for(interaction)
        await _say(interaction, texts.PERSONA_CLEARED(language, place=_named(channel, language)))

    @persona.command(
        name=command_name("show", ja="表示"), description=localised(texts.PERSONA_SHOW_DESCRIPTION)
    )
    async def persona_show(self, interaction: discord.Interaction[Bot]) -> None:
        """Show the character that applies in this channel."""
        guild_id, _here = _place(interaction, None)
        persona = self._preferences.persona(guild_id, *channel_ids_of(interaction.channel))
        language = language_for(interaction)
        shown = texts.PERSONA_SHOWN(language, persona=_quoted(persona))
        await _say(interaction, shown if persona else texts.NO_PERSONA(language))

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
        guild_id, _here = _place(interaction, None)
        language, listed = (
            language_for(interaction),
            joined(" ", (composed("`{}`", code_label(name)) for name in self._models)),
        )
        if model is None:
            current = self._preferences.model(guild_id) or self._models[0]
            await _say(interaction, texts.MODEL_SHOWN(language, model=code_label(current), models=listed))
            return
        if model not in self._models:
            raise UserError(texts.NO_SUCH_MODEL, model=code_label(model), models=listed)
        await self._preferences.choose_model(guild_id, None if model == self._models[0] else model)
        await _say(interaction, texts.MODEL_CHOSEN(language, model=code_label(model)))

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


def _place(interaction: discord.Interaction[Bot], channel: NamedChannel | None) -> tuple[int, int]:
    """Return the ids of the server and of the chosen channel, by default the one of the command."""
    if interaction.guild_id is None or interaction.channel_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id, channel.id if channel else interaction.channel_id


def _check_music_channel(guild: discord.Guild, channel_id: int) -> bool:
    """Return whether the bot may tidy others' messages away in a channel.

    Raises UserError where nobody writes messages, and BotMissingPermissions.
    """
    channel = guild.get_channel_or_thread(channel_id)
    if not isinstance(channel, discord.abc.Messageable):
        raise UserError(texts.MUSIC_CHANNEL_WITHOUT_MESSAGES)
    send = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
    held = channel.permissions_for(guild.me)
    needed = ("view_channel", send, "read_message_history")
    if missing := [name for name in needed if not getattr(held, name)]:
        raise app_commands.BotMissingPermissions(missing)
    return held.manage_messages


def _named(channel: NamedChannel | None, language: Language) -> Label:
    return channel_mention(channel.id) if channel else texts.WHOLE_SERVER(language)


def _quoted(persona: str) -> Label:
    return joined("\n> ", (label(line, PERSONA_LIMIT) if line else Label() for line in persona.split("\n")))


def _formatted(usage: DailyUsage, limit: int, language: Language) -> Label:
    tokens, answers = number(usage.tokens), number(usage.answers)
    if limit:
        return texts.USAGE_OF_LIMIT(language, tokens=tokens, limit=number(limit), answers=answers)
    return texts.USAGE_VALUE(language, tokens=tokens, answers=answers)


async def _say(interaction: discord.Interaction[Bot], notice: str) -> None:
    await interaction.response.send_message(marked(truncate(notice, _NOTICE_LENGTH)))
