from __future__ import annotations

from unittest.mock import Mock

import discord

from bot.chat.settings_commands import ChatSettings


def test_every_kind_of_channel_in_which_people_write_can_be_chosen() -> None:
    cog = ChatSettings(Mock(), Mock(), Mock())
    for name in ("add", "remove"):
        (option,) = cog.channel.get_command(name).parameters
        kinds = discord.ChannelType
        threads = {kinds.public_thread, kinds.private_thread, kinds.news_thread}
        expected = {kinds.text, kinds.news, kinds.voice, kinds.stage_voice, kinds.forum, *threads}
        assert set(option.channel_types) == expected
        assert not option.required
