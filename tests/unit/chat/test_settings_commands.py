from __future__ import annotations

from unittest.mock import Mock

import discord

from bot.chat.settings_commands import ChatSettings


def test_every_kind_of_channel_in_which_people_write_can_be_chosen() -> None:
    cog = ChatSettings(Mock(), Mock(), Mock())
    for name in ("add", "remove"):
        (option,) = cog.channel.get_command(name).parameters
        assert set(option.channel_types) == {
            discord.ChannelType.text,
            discord.ChannelType.voice,
            discord.ChannelType.stage_voice,
            discord.ChannelType.forum,
            discord.ChannelType.media,
            discord.ChannelType.public_thread,
            discord.ChannelType.private_thread,
            discord.ChannelType.news_thread,
        } | ({discord.ChannelType.news} & set(option.channel_types))
