from __future__ import annotations

import logging
from unittest.mock import AsyncMock, Mock

import discord
import pytest
from discord import app_commands

from bot.chat.channel_commands import ChannelSettings, _check_music_channel
from bot.discord_http import DiscordUnreachableError
from bot.errors import UserError


def test_every_kind_of_channel_in_which_people_write_can_be_chosen() -> None:
    cog = ChannelSettings(Mock(), Mock())
    for name in ("add", "remove"):
        (option,) = cog.channel.get_command(name).parameters
        kinds = discord.ChannelType
        threads = {kinds.public_thread, kinds.private_thread, kinds.news_thread}
        expected = {kinds.text, kinds.news, kinds.voice, kinds.stage_voice, kinds.forum, *threads}
        assert set(option.channel_types) == expected
        assert not option.required


async def test_a_channel_of_the_settings_that_is_gone_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    gone, archived, unreachable = 6, 7, 8
    answers = {
        gone: discord.NotFound(Mock(status=404), "Unknown Channel"),
        archived: Mock(),
        unreachable: DiscordUnreachableError(TimeoutError()),
    }
    bot = Mock(fetch_channel=AsyncMock(side_effect=lambda number: _raise_or_return(answers[number])))
    bot.settings.chat_channel_ids = frozenset({5, *answers})
    bot.get_channel = {5: Mock()}.get
    cog = ChannelSettings(bot, Mock())
    await cog.on_ready()
    await cog.on_ready()

    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [f"cannot see a channel {gone}" in warning for warning in warnings] == [True]
    assert [call.args[0] for call in bot.fetch_channel.await_args_list].count(unreachable) == 2


def _raise_or_return(answer: object) -> object:
    if isinstance(answer, Exception):
        raise answer
    return answer


@pytest.mark.parametrize("kind", [discord.ForumChannel, discord.CategoryChannel, None])
def test_a_request_channel_is_one_in_which_messages_are_written(kind: type | None) -> None:
    channel = Mock(spec=kind) if kind else None
    with pytest.raises(UserError):
        _check_music_channel(Mock(spec=discord.Guild, get_channel_or_thread=Mock(return_value=channel)), 1)


@pytest.mark.parametrize(
    ("kind", "needed"), [(discord.TextChannel, "send_messages"), (discord.Thread, "send_messages_in_threads")]
)
def test_a_request_channel_names_the_permission_that_is_missing(kind: type, needed: str) -> None:
    held = discord.Permissions(view_channel=True, read_message_history=True)
    channel = Mock(spec=kind, permissions_for=Mock(return_value=held))
    guild = Mock(spec=discord.Guild, get_channel_or_thread=Mock(return_value=channel))
    with pytest.raises(app_commands.BotMissingPermissions) as refused:
        _check_music_channel(guild, 1)
    assert refused.value.missing_permissions == [needed]
    held.update(**{needed: True})
    assert _check_music_channel(guild, 1) is False
    held.update(manage_messages=True)
    assert _check_music_channel(guild, 1) is True
