"""What the commands of chat's settings share: choosing a channel, where they are used, and their answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands

from bot.discord_limits import MESSAGE_LENGTH
from bot.escaping import truncate
from bot.localization import command_name
from bot.notice_mark import marked

if TYPE_CHECKING:
    from bot.client import Bot

NOTICE_LENGTH = MESSAGE_LENGTH - len(marked(""))
OPTION = command_name("channel", ja="チャンネル")


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


def place_of(interaction: discord.Interaction[Bot], channel: NamedChannel | None) -> tuple[int, int]:
    """Return the ids of the server and of the chosen channel, by default the one of the command."""
    if interaction.guild_id is None or interaction.channel_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id, channel.id if channel else interaction.channel_id


async def say(interaction: discord.Interaction[Bot], notice: str) -> None:
    """Answer a command with a notice for everybody."""
    await interaction.response.send_message(marked(truncate(notice, NOTICE_LENGTH)))
