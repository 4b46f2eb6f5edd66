"""What the bot says on its own account is told apart from answers after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.notice_mark import MARK, marked
from bot.texts import chat as texts
from sandbox.gemini.scripts import Script

from .conftest import buttons, restart_chat

if TYPE_CHECKING:
    import discord

    from bot.texts import Language
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

    Json = dict[str, Any]


@pytest.fixture(params=["ja", "en"])
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"BOT_LANGUAGE": request.param}


@pytest.fixture
def language(environment: dict[str, str]) -> Language:
    return "ja" if environment["BOT_LANGUAGE"] == "ja" else "en"


async def after_a_restart(people: People, gemini: GeminiStandIn, bot: ChatBot) -> list[str]:
    """Return what the model is given when somebody replies to the last answer after a restart."""
    await restart_chat(bot)
    gemini.faults.clear()
    gemini.scripts.rules[:] = [Script(chunks=["はい"])]
    await people.say("yuki", "general", "もっと", reply_to=answers(people)[-1])
    await people.until(lambda: "はい" in [message["content"] for message in people.by_bot("general")])
    return [turn["parts"][0]["text"] for turn in gemini.journal.entries[-1].contents]


def answers(people: People) -> list[Json]:
    """Return the bot's messages that are more than a notice."""
    return [message for message in people.by_bot("general") if not message["content"].startswith(MARK)]


async def ask(people: People, language: Language = "ja") -> Json:
    """Ask something that continues the conversation, and return the bot's message when it has ended."""
    earlier = len(people.by_bot("general"))
    reply_to = answers(people)[-1] if answers(people) else None
    await people.say("haru", "general", "@Otonari 話して", reply_to=reply_to)

    def ended() -> Json | None:
        message = people.by_bot("general")[-1]
        is_running = texts.STOP(language) in [button["label"] for button in buttons(message)]
        return None if is_running else message

    await people.until(lambda: len(people.by_bot("general")) > earlier)
    return await people.until(ended)


@pytest.mark.parametrize("fault", ["overloaded", "safety_stop", "max_tokens"])
async def test_an_answer_that_ends_early_is_found_without_the_reason(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot, fault: str, language: Language
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["```\nここまで", "ここから"]))
    gemini_stand_in.faults.add({"fault": fault, "after_chunks": 1})
    message = await ask(people, language)
    assert MARK in message["content"]

    given = await after_a_restart(people, gemini_stand_in, bot)

    assert given == ["はる: 話して", "```\nここまで\n```", "ユキ: もっと"]


@pytest.mark.parametrize("name", ["a\u200b\u200bb", "⏹ Stopped by x.", "`a`\n\n> b"])
async def test_an_answer_that_somebody_stopped_is_found_without_their_name(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot, name: str, language: Language
) -> None:
    member = f"/sandbox/guilds/{people.guild}/members/{people.ids['haru']}"
    async with people.session.patch(member, json={"nick": name}) as response:
        assert response.ok
    gemini_stand_in.scripts.rules.append(Script(chunks=["ここまで", "ここから"]))
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1})
    await people.say("haru", "general", "@Otonari 話して")
    (running,) = await people.until(lambda: [m for m in people.by_bot("general") if buttons(m)])
    await people.press("haru", running)
    (stopped,) = await people.until(lambda: people.finished("general"))
    begin = texts.STOPPED.plain(language, name="|").partition("|")[0]
    assert stopped.startswith(f"ここまで\n\n{marked(begin)}")

    given = await after_a_restart(people, gemini_stand_in, bot)

    assert given[1:] == ["ここまで", "ユキ: もっと"]


async def test_errors_hints_and_settings_are_no_answers(
    people: People,
    gemini_stand_in: GeminiStandIn,
    bot: ChatBot,
    monkeypatch: pytest.MonkeyPatch,
    language: Language,
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["1"]))
    await ask(people, language)
    await people.say("haru", "general", "@Otonari")
    await people.until(lambda: people.finished("general", 2))
    with monkeypatch.context() as patch:
        patch.setattr(bot.gemini, "stream", None)  # a fault of the bot's own
        await ask(people, language)
    gemini_stand_in.faults.add({"fault": "invalid_key"})
    await ask(people, language)
    await people.use("you", "general", "channel list")

    assert [message["content"][:2] == MARK for message in people.by_bot("general")] == [False, *[True] * 4]
    assert await after_a_restart(people, gemini_stand_in, bot) == ["はる: 話して", "1", "ユキ: もっと"]


async def test_an_answer_that_imitates_a_notice_is_found_whole(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot, language: Language
) -> None:
    imitation = texts.CUT_OFF(language)
    gemini_stand_in.scripts.rules.append(
        Script(chunks=["1\n\n\u200b", f"\u200b{imitation}\n\n", f"{imitation}\u200b"])
    )
    await ask(people, language)

    given = await after_a_restart(people, gemini_stand_in, bot)

    assert given[1] == f"1\n\n\u200b{imitation}\n\n{imitation}\u200b"


async def test_notices_from_before_the_mark_are_known_too(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    asked = await people.say("haru", "general", "@ Otonari 話して")
    channel = bot.get_partial_messageable(int(people.channels["general"]))
    question: discord.PartialMessage = channel.get_partial_message(int(asked["id"]))
    await question.reply(
        "1\n\n✂️ Cut off at the length limit. Press Continue, or reply “continue”, and I will go on."
    )
    await question.reply("⏳ Geminiの利用枠を使い切りました。少し時間をおいて、もう一度お試しください。")
    await people.until(lambda: len(people.by_bot("general")) == 2)
    await bot.state.delete("chat.notices_marked_since")  # as the version without a mark left it

    await restart_chat(bot)
    gemini_stand_in.scripts.rules.append(Script(chunks=["はい"]))
    await people.say("yuki", "general", "もっと", reply_to=people.by_bot("general")[0])
    await people.until(lambda: "はい" in people.finished("general"))

    given = [turn["parts"][0]["text"] for turn in gemini_stand_in.journal.entries[-1].contents]
    assert given == ["はる: @ Otonari 話して", "1", "ユキ: もっと"]
