"""The first message in a server, and the address for inviting the bot."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import discord
import pytest

from bot.client import Bot
from bot.config import load_settings
from bot.discord_http import DiscordUnreachableError
from bot.help.welcome import Welcome
from bot.invitation import PERMISSIONS, invite_url
from bot.storage.state import State


@pytest.fixture
def bot(tmp_path: Path) -> Mock:
    settings = load_settings({"DISCORD_TOKEN": "x"}, Path("/nonexistent"))
    bot = Mock(spec=Bot, settings=settings, state=State(tmp_path / "s.sqlite3"), gemini=Mock(), lavalink=None)
    bot.user.display_name, bot.guilds, bot.application_id = "Otonari", [], 4711
    return bot


def channel(number: int, *, mine: bool = True, public: bool = True, news: bool = False) -> Mock:
    channel = Mock(spec=discord.TextChannel, id=number, send=AsyncMock(), is_news=lambda: news)
    channel.guild.me = "me"
    channel.permissions_for = lambda who: (
        discord.Permissions(view_channel=True, send_messages=mine)
        if who == "me"
        else discord.Permissions(view_channel=public)
    )
    return channel


def guild(
    *channels: Mock, system: Mock | None = None, locale: str = "en-US", community: bool = False
) -> Mock:
    return Mock(
        spec=discord.Guild,
        id=10,
        text_channels=[*channels],
        system_channel=system,
        rules_channel=None,
        public_updates_channel=None,
        preferred_locale=discord.Locale(locale),
        features=["COMMUNITY"] if community else [],
        default_role="everyone",
    )


def sent(*channels: Mock) -> Iterator[str]:
    for one in channels:
        yield from (call.args[0] for call in one.send.await_args_list)


async def test_the_bot_says_hello_once_in_each_server(bot: Mock) -> None:
    system, other = channel(1), channel(2)
    joined = guild(other, system, system=system)
    welcome = Welcome(bot)
    await welcome.on_guild_join(joined)
    await welcome.on_guild_join(joined)
    await Welcome(bot).on_guild_join(joined)

    (text,) = sent(system)
    assert "はじめまして" in text
    assert "/ヘルプ" in text
    assert not list(sent(other))
    await welcome.on_guild_remove(joined)
    await welcome.on_guild_join(joined)
    assert len(list(sent(system))) == 2


async def test_hello_is_said_where_the_bot_may_write_and_everybody_reads(bot: Mock) -> None:
    closed, staff, news, lobby = (
        channel(1, mine=False),
        channel(2, public=False),
        channel(3, news=True),
        channel(4),
    )
    rules = channel(5)
    joined = guild(rules, closed, staff, news, lobby, system=closed)
    joined.rules_channel = rules
    await Welcome(bot).on_guild_join(joined)

    assert len(list(sent(lobby))) == 1
    assert not list(sent(closed, staff, news, rules))


async def test_a_channel_that_refuses_it_is_passed_over(bot: Mock) -> None:
    first, second = channel(1), channel(2)
    first.send.side_effect = discord.Forbidden(Mock(status=403), "Missing Access")
    await Welcome(bot).on_guild_join(guild(first, second))

    assert len(list(sent(second))) == 1


@pytest.mark.parametrize("reached_again", ["on_guild_available", "on_resumed", "on_guild_join"])
async def test_a_welcome_that_discord_did_not_take_is_written_once_it_is_reached_again(
    bot: Mock, reached_again: str
) -> None:
    lobby = channel(1)
    joined = guild(lobby)
    bot.guilds = [joined]
    lobby.send.side_effect = DiscordUnreachableError(ConnectionResetError())
    await Welcome(bot).on_guild_join(joined)
    lobby.send.reset_mock(side_effect=True)

    welcome = Welcome(bot)
    for _ in range(2):
        await getattr(welcome, reached_again)(*([] if reached_again == "on_resumed" else [joined]))

    assert len(list(sent(lobby))) == 1


async def test_a_server_that_was_joined_long_ago_is_not_greeted_at_a_start(bot: Mock) -> None:
    lobby = channel(1)
    await Welcome(bot).on_guild_available(guild(lobby))

    assert not list(sent(lobby))


async def test_where_nothing_may_be_written_nothing_is(bot: Mock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await Welcome(bot).on_guild_join(guild(channel(1, mine=False)))
    await Welcome(bot).on_guild_join(guild())

    assert "no channel for a welcome" in caplog.text


@pytest.mark.parametrize(
    ("locale", "community", "words"),
    [
        ("en-US", False, "はじめまして"),
        ("en-US", True, "Hello"),
        ("ja", False, "はじめまして"),
        ("fr", True, "Hello"),
    ],
)
async def test_hello_is_in_the_communitys_language_or_the_bots(
    bot: Mock, locale: str, community: bool, words: str
) -> None:
    lobby = channel(1)
    await Welcome(bot).on_guild_join(guild(lobby, locale=locale, community=community))

    assert words in next(sent(lobby))


async def test_a_bot_in_no_server_logs_once_how_to_invite_it(
    bot: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    welcome = Welcome(bot)
    await welcome.on_ready()
    await welcome.on_ready()

    assert caplog.text.count(invite_url(4711)) == 1


async def test_a_bot_in_a_server_or_of_some_shards_does_not(
    bot: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bot.guilds = [Mock()]
    await Welcome(bot).on_ready()
    bot.guilds, bot.settings = [], Mock(shard_ids=(1,))
    await Welcome(bot).on_ready()

    assert not caplog.records


def test_the_invitation_grants_what_the_readme_says() -> None:
    rights = discord.Permissions(int(invite_url(1).rpartition("=")[2]))

    assert rights == PERMISSIONS
    assert rights.send_messages_in_threads
    assert rights.speak
    assert not rights.administrator
