"""Attack: have a bot or webhook of CHAT_BOT_IDS bring about errors, or refusals without end."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import create_autospec

import pytest

from bot.lavalink import NodePool
from bot.llm.errors import OverloadedError
from bot.notice_mark import marked
from bot.texts import chat as texts
from tests.unit.chat.test_commands import World, scripted, simcord_bot, world

if TYPE_CHECKING:
    import simcord

__all__ = ["scripted", "simcord_bot", "world"]

COMMANDS = ("今月どれくらい通信した？", "ヘルプ", "夜に駆ける流して", "次の曲", "音量を20にして", "help")


@pytest.fixture(params=["bot", "webhook"])
async def robot(request: pytest.FixtureRequest, world: World) -> simcord.MemberActor | simcord.WebhookHandle:
    """Somebody who is answered like a person, and is none."""
    if request.param == "webhook":
        robot = world.guild.create_webhook(world.general)
    else:
        robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    world.bot.settings = replace(world.bot.settings, chat_bot_ids=frozenset({robot.id}))
    await world.bot.load_extension("bot.music")
    await world.bot.load_extension("bot.admin_commands")
    await world.bot.load_extension("bot.help")
    return robot


async def say(robot: simcord.MemberActor | simcord.WebhookHandle, world: World, text: str) -> None:
    text = f"{world.me} {text}".strip()
    if hasattr(robot, "slash"):
        await robot.send(world.general, text)
    else:
        await robot.send(text)


@pytest.mark.parametrize("has_model", [True, False])
async def test_no_command_fails_for_whoever_is_no_member(
    has_model: bool,
    robot: simcord.MemberActor | simcord.WebhookHandle,
    world: World,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world.bot.lavalink = create_autospec(NodePool, instance=True)
    world.bot.lavalink.player.return_value = None
    if not has_model:
        world.bot.gemini = None

    with caplog.at_level(logging.ERROR):
        for command in COMMANDS:
            await say(robot, world, command)

    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not [said for said in world.said() if "❌" in said or "🔒" in said]


async def test_a_failing_model_is_told_once_and_again_after_an_answer(
    robot: simcord.MemberActor | simcord.WebhookHandle, world: World
) -> None:
    world.gemini.answer = [OverloadedError()]
    for text in ("1", "2", "3"):
        await say(robot, world, text)
    assert world.said() == [marked(texts.OVERLOADED.ja)]

    world.gemini.answer = [*type(world.gemini)().answer]
    await say(robot, world, "4")
    world.gemini.answer = [OverloadedError()]
    await say(robot, world, "5")
    await say(robot, world, "6")

    assert world.said().count(marked(texts.OVERLOADED.ja)) == 2


async def test_who_asks_too_often_is_told_once(
    robot: simcord.MemberActor | simcord.WebhookHandle, world: World
) -> None:
    for number in range(30):
        await say(robot, world, str(number))

    assert len([said for said in world.said() if "🐢" in said]) == 1


async def test_a_mention_without_a_question_is_answered_once(
    robot: simcord.MemberActor | simcord.WebhookHandle, world: World
) -> None:
    for _ in range(3):
        await say(robot, world, "")

    assert len([said for said in world.said() if "👋" in said]) == 1


async def test_people_are_told_every_time(world: World) -> None:
    world.gemini.answer = [OverloadedError()]
    for text in ("1", "2"):
        await world.haru.send(world.general, f"{world.me} {text}")

    assert world.said() == [marked(texts.OVERLOADED.ja)] * 2
