"""What is found again in Discord after a restart: long answers, whatever was written between their parts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.texts import chat as texts
from sandbox.gemini.scripts import Script

from .conftest import buttons, restart_chat

if TYPE_CHECKING:
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

    Json = dict[str, Any]

PARAGRAPHS = [mark * 1200 + "。" for mark in "あいうえおか"]


@pytest.fixture(autouse=True)
def answers(gemini_stand_in: GeminiStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is long, and Discord is read in small pieces."""
    gemini_stand_in.scripts.rules += [
        Script(chunks=["".join(PARAGRAPHS)], times=1),
        Script(chunks=["はい"]),
    ]
    loader = import_module("bot.chat.history_loader")
    monkeypatch.setattr(loader, "RECENT", 2)
    monkeypatch.setattr(loader, "AROUND", 8)


async def after_a_restart(people: People, gemini: GeminiStandIn, bot: ChatBot, reply_to: Json) -> list[str]:
    """Return what the model is given when somebody replies to a message after a restart."""
    await restart_chat(bot)
    await people.say("yuki", "general", "もっと", reply_to=reply_to)
    await people.until(lambda: "はい" in people.finished("general"))
    return [turn["parts"][0]["text"] for turn in gemini.journal.entries[-1].contents]


@pytest.mark.parametrize("part", [0, 3, 5])
async def test_an_answer_is_found_in_all_its_parts_from_any_of_them_whoever_interrupted_it(
    people: People,
    gemini_stand_in: GeminiStandIn,
    bot: ChatBot,
    part: int,
) -> None:
    sending = discord.TextChannel.send

    async def interrupted(channel: discord.TextChannel, *content: Any, **options: Any) -> discord.Message:
        message = await sending(channel, *content, **options)
        await people.say("yuki", "general", "割り込み")
        return message

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.TextChannel, "send", interrupted)
        await people.say("haru", "general", "@Otonari 長く")
        await people.until(lambda: people.finished("general", 6))

    given = await after_a_restart(people, gemini_stand_in, bot, people.by_bot("general")[part])

    assert given == ["はる: 長く", "\n\n".join(PARAGRAPHS), "ユキ: もっと"]


async def test_an_answer_to_the_slash_command_is_found_in_all_its_parts(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    await people.command("haru", "general", "chat", prompt="長く")
    await people.until(lambda: people.finished("general", 6))

    given = await after_a_restart(people, gemini_stand_in, bot, people.by_bot("general")[3])

    assert given == ["はる: /chat …", "\n\n".join(PARAGRAPHS), "ユキ: もっと"]


async def test_what_the_button_added_to_an_answer_is_found_with_it(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    gemini_stand_in.scripts.rules[0] = Script(chunks=["はじめ", "…"], times=1)
    gemini_stand_in.scripts.rules.insert(1, Script(chunks=["おわり"], times=1))
    gemini_stand_in.faults.add({"fault": "max_tokens", "after_chunks": 1, "times": 1})
    await people.say("haru", "general", "@Otonari 長く")
    (found,) = await people.until(
        lambda: [m for m in people.by_bot("general") if texts.CUT_OFF.ja in m["content"] and buttons(m)]
    )
    await people.press("haru", found)
    await people.until(lambda: people.finished("general", 2))

    given = await after_a_restart(people, gemini_stand_in, bot, people.by_bot("general")[1])

    assert given == ["はる: 長く", "はじめ\n\nおわり", "ユキ: もっと"]
