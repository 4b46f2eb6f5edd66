"""The channels cog: /channel chooses where every message is answered, and where every message is a song."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.channel_choice import OPTION, ChatChannel, place_of, say
from bot.chat.preferences import CHANNELS_LIMIT
from bot.error_handler import permission_names
from bot.errors import UserError
from bot.localization import command_name, language_for, localised, localised_choices
from bot.markup import channel_mention, joined
from bot.request_channel import RequestChannel, choose_request_channel, request_channel
from bot.texts import chat_settings as texts
from bot.texts import music

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.chat.preferences import Preferences
    from bot.client import Bot

log = logging.getLogger(__name__)


class ChannelSettings(commands.Cog):
    """A server's choice of channels for chat and for song requests."""

    channel = app_commands.Group(
        name=command_name("channel", ja="チャンネル"),
        description=localised(texts.CHANNEL_DESCRIPTION),
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(self, bot: Bot, preferences: Preferences) -> None:
        self.bot = bot
        self._preferences = preferences
        self._known_ids: set[int] = set()
        """Of CHAT_CHANNEL_IDS, those that were looked up."""

    async def forget_guild(self, guild_id: int, channel_ids: Collection[int]) -> None:  # noqa: ARG002 - all of them
        """Forget a server's request channel; see `bot.privacy.departed_guilds.KeepsGuildData`."""
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
    @app_commands.rename(channel=OPTION)
    @app_commands.describe(channel=localised(texts.CHANNEL_OPTION))
    async def channel_add(
        self, interaction: discord.Interaction[Bot], channel: ChatChannel | None = None
    ) -> None:
        """Answer every message of a channel."""
        guild_id, channel_id = place_of(interaction, channel)
        if len(self._preferences.channels(guild_id) | {channel_id}) > CHANNELS_LIMIT:
            raise UserError(texts.TOO_MANY_CHANNELS, limit=CHANNELS_LIMIT)
        if channel_id in self._music_channels(guild_id) and self.bot.lavalink is not None:
            raise UserError(texts.CHANNEL_IS_MUSIC, channel=channel_mention(channel_id))
        await self._preferences.choose_channel(guild_id, channel_id, chosen=True)
        await say(
            interaction, texts.CHANNEL_ADDED(language_for(interaction), channel=channel_mention(channel_id))
        )

    @channel.command(
        name=command_name("remove", ja="削除"), description=localised(texts.CHANNEL_REMOVE_DESCRIPTION)
    )
    @app_commands.rename(channel=OPTION)
    @app_commands.describe(channel=localised(texts.CHANNEL_OPTION))
    async def channel_remove(
        self, interaction: discord.Interaction[Bot], channel: ChatChannel | None = None
    ) -> None:
        """Answer in a channel only when called."""
        guild_id, channel_id = place_of(interaction, channel)
        await self._preferences.choose_channel(guild_id, channel_id, chosen=False)
        if channel_id in self.bot.settings.chat_channel_ids:
            raise UserError(texts.CHANNEL_FIXED, channel=channel_mention(channel_id))
        await say(
            interaction, texts.CHANNEL_REMOVED(language_for(interaction), channel=channel_mention(channel_id))
        )

    @channel.command(
        name=command_name("music", ja="音楽"), description=localised(texts.CHANNEL_MUSIC_DESCRIPTION)
    )
    @app_commands.rename(channel=OPTION, switch=command_name("switch", ja="切替"))
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
        guild_id, channel_id = place_of(interaction, channel)
        language = language_for(interaction)
        if switch == "off":
            await choose_request_channel(self.bot, guild_id, None)
            await say(interaction, texts.NO_MUSIC_CHANNEL(language))
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
        await say(interaction, shown)

    @channel.command(
        name=command_name("list", ja="一覧"), description=localised(texts.CHANNEL_LIST_DESCRIPTION)
    )
    async def channel_list(self, interaction: discord.Interaction[Bot]) -> None:
        """Show the channels in which every message is answered."""
        guild_id, _channel_id = place_of(interaction, None)
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
        await say(interaction, shown)


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
