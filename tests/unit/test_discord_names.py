from __future__ import annotations

from unittest.mock import Mock

import discord
import pytest

from bot.client import EXTENSIONS, Bot
from bot.discord_names import DiscordNames, record_place, setup

GUILD, GENERAL, THREAD, OTHER = 10, 20, 30, 40


@pytest.fixture
def guild() -> Mock:
    channels = {
        GENERAL: Mock(spec=discord.TextChannel, id=GENERAL),
        OTHER: Mock(spec=discord.ForumChannel, id=OTHER),
    }
    guild = Mock(spec=discord.Guild, id=GUILD)
    guild.name = "お隣さん荘"
    guild.get_channel = channels.get
    guild.threads = [
        Mock(spec=discord.Thread, id=THREAD, parent_id=GENERAL),
        Mock(spec=discord.Thread, id=31, parent_id=OTHER),
    ]
    for channel, name in zip(channels.values(), ("雑談", "相談"), strict=True):
        channel.name, channel.guild = name, guild
    return guild


@pytest.fixture
def bot(guild: Mock) -> Mock:
    bot = Mock(spec=Bot)
    bot.supabase_client = Mock(spec=["save_discord_name"])
    bot.get_guild = {GUILD: guild}.get
    return bot


def recorded(bot: Mock) -> list[tuple[int, str, str]]:
    calls = [call.kwargs for call in bot.supabase_client.save_discord_name.call_args_list]
    return [(call["discord_id"], call["kind"], call["name"]) for call in calls]


HOUSE = (GUILD, "guild", "お隣さん荘")


@pytest.mark.parametrize(
    ("channel_ids", "names"),
    [
        ((), [HOUSE]),
        ((GENERAL,), [HOUSE, (GENERAL, "channel", "雑談")]),
        ((THREAD, GENERAL), [HOUSE, (THREAD, "thread", "雑談")]),
        ((999,), [HOUSE]),
        ((999, 998), [HOUSE]),
    ],
    ids=["a server", "a channel", "a thread", "a channel that is not known", "a thread of one"],
)
def test_where_something_happened_is_recorded_by_name(
    bot: Mock, channel_ids: tuple[int, ...], names: list[tuple[int, str, str]]
) -> None:
    record_place(bot, GUILD, channel_ids)

    assert recorded(bot) == names


def test_a_server_that_the_bot_is_not_in_has_no_name(bot: Mock) -> None:
    record_place(bot, 11, [GENERAL])

    assert recorded(bot) == []


async def test_servers_are_recorded_at_the_start_when_they_join_and_when_they_are_renamed(
    bot: Mock, guild: Mock
) -> None:
    names = DiscordNames(bot)
    for heard in (names.on_guild_available(guild), names.on_guild_join(guild)):
        await heard
    await names.on_guild_update(guild, guild)

    assert recorded(bot) == [HOUSE] * 3


async def test_a_renamed_channel_renames_its_threads_and_nothing_else(bot: Mock, guild: Mock) -> None:
    before = Mock(spec=discord.TextChannel, id=GENERAL)
    before.name = "general"
    after = guild.get_channel(GENERAL)

    await DiscordNames(bot).on_guild_channel_update(before, after)

    assert set(recorded(bot)) == {HOUSE, (GENERAL, "channel", "雑談"), (THREAD, "thread", "雑談")}
    bot.supabase_client.save_discord_name.reset_mock()
    await DiscordNames(bot).on_guild_channel_update(after, after)
    assert recorded(bot) == []


async def test_the_bot_loads_it(bot: Mock) -> None:
    await setup(bot)

    assert isinstance(bot.add_cog.call_args.args[0], DiscordNames)
    assert "bot.discord_names" in EXTENSIONS
