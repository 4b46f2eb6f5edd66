"""Every way of answering while a connection to Discord breaks: before, after or amid an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.notice_mark import marked
from bot.texts import chat as texts

if TYPE_CHECKING:
    from sandbox.discord.stand_in import DiscordStandIn
    from tests.integration.chat.conftest import People

BREAKS = ["reset", "drop_answer", "truncate"]


@pytest.fixture(params=BREAKS)
def broken(discord_stand_in: DiscordStandIn, request: pytest.FixtureRequest) -> DiscordStandIn:
    """A Discord that breaks one connection of each kind in which something is said."""
    for method, path in (
        ("POST", "/messages$"),
        ("POST", "/callback$"),
        ("PATCH", "/messages/"),
        ("POST", "/typing$"),
        ("POST", "/users/@me/channels$"),
        ("PUT", "/reactions/"),
    ):
        fault = {"action": request.param, "method": method, "path": path, "times": 1}
        discord_stand_in.faults.add(fault)
    return discord_stand_in


async def test_a_mention_alone_gets_its_hint_once(people: People, broken: DiscordStandIn) -> None:
    await people.say("haru", "general", "@Otonari")
    hint = marked(texts.HINT.plain("ja", name="Otonari"))
    assert await people.until(lambda: people.said("general")) == [hint]
    assert broken.faults.struck


async def test_an_answer_is_shown_once(people: People, broken: DiscordStandIn) -> None:
    await people.say("haru", "general", "@Otonari こんにちは")
    assert len(await people.until(lambda: people.finished("general"))) == 1
    assert len(people.by_bot("general")) == 1


async def test_an_answer_in_a_direct_message_is_shown_once(people: People, broken: DiscordStandIn) -> None:
    channel = await people.say_directly("haru", "こんにちは")
    assert len(await people.until(lambda: people.said(channel))) == 1


@pytest.mark.parametrize("private", [False, True])
async def test_a_slash_command_that_is_deferred_is_answered(
    people: People, broken: DiscordStandIn, private: bool
) -> None:
    assert await people.use("haru", "general", "chat", prompt="こんにちは", private=private)


async def test_a_slash_command_that_is_answered_at_once_is_answered(
    people: People, broken: DiscordStandIn
) -> None:
    assert await people.use("haru", "general", "reset") == marked(texts.RESET_DONE("ja"))


async def test_a_refusal_is_told(people: People, broken: DiscordStandIn) -> None:
    assert "gpt" in await people.use("you", "general", "model", model="gpt")
