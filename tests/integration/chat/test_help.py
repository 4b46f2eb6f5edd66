"""/help, !help and 「ヘルプ」, and the welcome, over real sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from sandbox.discord import objects
from sandbox.discord.administration import Administration
from sandbox.discord.seed import add_channel, add_guild

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.stand_in import DiscordStandIn
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People


@pytest.fixture
def extensions() -> Sequence[str]:
    return ("bot.chat", "bot.help")


@pytest.mark.parametrize(
    "asked", ["!help", "!ヘルプ", "@Otonari ヘルプ", "@Otonari 使い方を教えて", "@Otonari help"]
)
async def test_help_is_shown_however_it_is_asked_for(
    people: People, gemini_stand_in: GeminiStandIn, asked: str
) -> None:
    await people.say("haru", "general", asked)

    (text,) = await people.until(lambda: people.said("general"))
    assert "Otonariにできること" in text
    assert "🛠️" not in text, "haru does not manage the server"
    assert not gemini_stand_in.journal.entries


async def test_help_as_a_slash_command_is_in_its_readers_language_and_fits_their_rights(
    people: People,
) -> None:
    assert "🛠️ **For those who manage this server**" in await people.use(
        "you", "general", "help", locale="en-US"
    )
    assert "できること" in await people.use("haru", "general", "help")


async def test_help_in_a_direct_message_needs_no_server(people: People) -> None:
    channel = await people.say_directly("haru", "ヘルプ")

    await people.until(lambda: any("できること" in said for said in people.said(channel)))


async def test_a_server_that_is_joined_is_greeted(
    bot: ChatBot, people: People, discord_stand_in: DiscordStandIn
) -> None:
    world = discord_stand_in.world
    guild = add_guild(world, "new", people.ids["you"])
    lobby = add_channel(world, guild, "lobby", objects.TEXT)
    Administration(discord_stand_in.core, Mock())._invite(guild)

    (text,) = await people.until(lambda: people.said(lobby["id"]))
    assert "はじめまして、Otonariです" in text
