"""Answers that appear as they are written, in order, and failures that speak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot import gemini_errors as errors
from bot.conversation.message_splitter import split
from bot.texts import chat as texts
from sandbox.gemini.scripts import Script

from .conftest import buttons

if TYPE_CHECKING:
    from sandbox.discord.stand_in import DiscordStandIn
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

    Json = dict[str, Any]


async def test_a_mention_is_answered_by_gemini(people: People) -> None:
    await people.say("haru", "general", "@Otonari こんにちは")

    (answer,) = await people.until(lambda: people.finished("general"))

    assert answer


async def test_an_answer_appears_while_it_is_written_and_can_be_stopped_by_its_asker(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    gemini_stand_in.scripts.scripts.append(Script(chunks=["ひとつ、", "ふたつ、", "みっつ"]))
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 2})
    await people.say("haru", "general", "@Otonari 数えて")
    shown = await people.until(
        lambda: [m for m in people.by_bot("general") if m["content"] == "ひとつ、ふたつ、" and buttons(m)]
    )

    await people.press("haru", shown[0])
    (answer,) = await people.until(lambda: people.finished("general"))

    assert answer == "ひとつ、ふたつ、\n\n" + texts.STOPPED.ja.format(name="はる")
    assert people.history[shown[0]["id"]][0].startswith("ひとつ、")
    logged = bot.supabase_client.save_conversation_log.await_args.kwargs
    assert (logged["user_id"], logged["prompt"], logged["response"]) == (
        int(people.ids["haru"]),
        "数えて",
        "ひとつ、ふたつ、",
    )


async def test_only_the_asker_and_moderators_can_stop_an_answer(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.scripts.append(Script(chunks=["始め", "終わり"]))
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1})
    await people.say("haru", "general", "@Otonari 話して")
    (shown,) = await people.until(lambda: [m for m in people.by_bot("general") if buttons(m)])

    await people.press("yuki", shown)
    await people.until(
        lambda: [
            m for m in people.messages.values() if m["content"] in {texts.NOT_YOURS.ja, texts.NOT_YOURS.en}
        ]
    )
    assert people.finished("general") == []
    await people.press("you", shown)
    await people.until(
        lambda: "始め\n\n" + texts.STOPPED.ja.format(name="あなた") in people.finished("general")
    )


async def test_a_long_answer_arrives_whole_in_several_messages(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    text = "\n\n".join(
        f"## 章 {n}\n\n```python\nprint({n})\n" + "x = 1  # 説明\n" * 60 + "```" for n in range(5)
    )
    gemini_stand_in.scripts.scripts.append(Script(text=text))
    expected = [piece.content for piece in split(text)]

    await people.say("haru", "general", "@Otonari 長く")
    answer = await people.until(lambda: people.finished("general", len(expected)))

    assert answer == expected
    assert bot.supabase_client.save_conversation_log.await_args.kwargs["response"] == text


async def test_one_channel_is_answered_in_order_and_others_do_not_wait(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.scripts += [
        Script(prompt="one", chunks=["1", "."]),
        Script(prompt="two", chunks=["2"]),
        Script(prompt="three", chunks=["3"]),
    ]
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1, "times": 1})
    await people.say("haru", "general", "@Otonari one")
    (first,) = await people.until(lambda: [m for m in people.by_bot("general") if buttons(m)])

    await people.say("yuki", "general", "@Otonari two")
    await people.say("yuki", "music", "@Otonari three")
    await people.until(lambda: ("reaction_add", "⏳") in people.reactions)
    assert await people.until(lambda: people.finished("music")) == ["3"]
    assert len(people.by_bot("general")) == 1

    await people.press("haru", first)
    answers = await people.until(lambda: people.finished("general", 2))
    assert [answer.partition("\n")[0] for answer in answers] == ["1", "2"]
    await people.until(lambda: ("reaction_remove", "⏳") in people.reactions)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"fault": "quota", "retry_delay": 33}, errors.QuotaError(33)),
        ({"fault": "overloaded"}, errors.OverloadedError()),
        ({"fault": "deadline"}, errors.AnswerTimeoutError()),
        ({"fault": "internal"}, errors.OverloadedError()),
        ({"fault": "invalid_key"}, errors.BadKeyError()),
        ({"fault": "permission_denied"}, errors.AccessRefusedError()),
        ({"fault": "unauthenticated"}, errors.BadKeyError()),
        ({"fault": "not_found"}, errors.ModelNotFoundError("gemini-flash-latest")),
        ({"fault": "prompt_block"}, errors.PromptBlockedError("PROHIBITED_CONTENT")),
        ({"fault": "drop"}, errors.UnreachableError()),
    ],
    ids=lambda value: value["fault"] if isinstance(value, dict) else None,
)
async def test_every_failure_before_the_first_chunk_is_told_in_its_own_words(
    people: People, gemini_stand_in: GeminiStandIn, fault: Json, error: errors.GeminiError
) -> None:
    gemini_stand_in.faults.add(fault)

    await people.say("haru", "general", "@Otonari こんにちは")

    assert await people.until(lambda: people.finished("general")) == [error.in_language("ja")]


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        ("overloaded", errors.OverloadedError().in_language("ja")),
        ("safety_stop", errors.AnswerBlockedError("SAFETY").in_language("ja")),
    ],
    ids=["overloaded", "safety_stop"],
)
async def test_every_failure_between_chunks_keeps_what_there_is_and_says_why(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot, fault: str, note: str
) -> None:
    gemini_stand_in.scripts.scripts.append(Script(chunks=["ここまで", "ここから"]))
    gemini_stand_in.faults.add({"fault": fault, "after_chunks": 1})

    await people.say("haru", "general", "@Otonari こんにちは")

    assert await people.until(lambda: people.finished("general")) == [f"ここまで\n\n{note}"]
    assert bot.supabase_client.save_conversation_log.await_args.kwargs["response"] == "ここまで"


async def test_a_connection_that_breaks_between_chunks_keeps_what_there_is(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.scripts.append(Script(chunks=["ここまで", "ここから"]))
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1})
    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: people.by_bot("general"))

    await gemini_stand_in._relay.stop()

    note = errors.UnreachableError().in_language("ja")
    assert await people.until(lambda: people.finished("general")) == [f"ここまで\n\n{note}"]


@pytest.mark.parametrize("fault", ["empty_chunks", "partless_chunks", "usage_only"])
async def test_odd_chunks_do_no_harm(people: People, gemini_stand_in: GeminiStandIn, fault: str) -> None:
    gemini_stand_in.scripts.scripts.append(Script(chunks=["a", "b", "c"]))
    gemini_stand_in.faults.add({"fault": fault})

    await people.say("haru", "general", "@Otonari こんにちは")

    assert await people.until(lambda: people.finished("general")) == ["abc"]


async def test_a_message_whose_arrival_was_not_confirmed_is_not_sent_twice(
    people: People, gemini_stand_in: GeminiStandIn, discord_stand_in: DiscordStandIn
) -> None:
    gemini_stand_in.scripts.scripts.append(Script(chunks=["once"]))
    discord_stand_in.faults.add({"action": "drop_answer", "method": "POST", "path": "/messages$", "times": 1})

    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: discord_stand_in.faults.struck)

    assert await people.until(lambda: people.finished("general")) == ["once"]
    assert len(people.by_bot("general")) == 1


async def test_a_bot_that_shuts_down_ends_its_answers(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    gemini_stand_in.scripts.scripts.append(Script(chunks=["まだ", "続く"]))
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1})
    await people.say("haru", "general", "@Otonari 話して")
    await people.until(lambda: [m for m in people.by_bot("general") if buttons(m)])

    await bot.close()

    assert await people.until(lambda: people.finished("general")) == ["まだ"]
    bot.supabase_client.save_conversation_log.assert_awaited_once()


async def test_the_slash_command_is_answered_and_so_is_its_failure(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.scripts.append(Script(chunks=["yes"]))
    await people.command("haru", "general", "chat", prompt="well?")
    assert await people.until(lambda: people.finished("general")) == ["yes"]

    gemini_stand_in.faults.add({"fault": "unauthenticated"})
    await people.command("haru", "general", "chat", prompt="well?")
    answers = await people.until(lambda: people.finished("general", 2))
    assert answers[1] in {errors.BadKeyError().in_language("ja"), errors.BadKeyError().in_language("en")}
