"""Answers that appear as they are written, in order, and failures that speak."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock, PropertyMock

import pytest

from bot.chat.message_splitter import split
from bot.chat.stop_button import StopButton
from bot.llm import errors
from bot.llm.patience import Patience
from bot.notice_mark import marked
from bot.texts import chat as texts
from sandbox.gemini.scripts import Script

from .conftest import buttons

if TYPE_CHECKING:
    from sandbox.discord.stand_in import DiscordStandIn
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

    Json = dict[str, Any]


@pytest.fixture
def environment() -> dict[str, str]:
    return {"CHAT_QUESTIONS_PER_MINUTE": "0"}


async def test_a_mention_is_answered_by_gemini(people: People) -> None:
    await people.say("haru", "general", "@Otonari こんにちは")

    (answer,) = await people.until(lambda: people.finished("general"))

    assert answer


async def test_an_answer_appears_while_it_is_written_and_can_be_stopped_by_its_asker(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["ひとつ、", "ふたつ、", "みっつ"]))
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 2})
    await people.say("haru", "general", "@Otonari 数えて")
    shown = await people.until(
        lambda: [m for m in people.by_bot("general") if m["content"] == "ひとつ、ふたつ、" and buttons(m)]
    )

    await people.press("haru", shown[0])
    (answer,) = await people.until(lambda: people.finished("general"))

    assert answer == "ひとつ、ふたつ、\n\n" + marked(texts.STOPPED.ja.format(name="はる"))
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
    gemini_stand_in.scripts.rules.append(Script(chunks=["始め", "終わり"]))
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
        lambda: "始め\n\n" + marked(texts.STOPPED.ja.format(name="あなた")) in people.finished("general")
    )


async def test_a_long_answer_arrives_whole_in_several_messages(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    text = "\n\n".join(
        f"## 章 {n}\n\n```python\nprint({n})\n" + "x = 1  # 説明\n" * 60 + "```" for n in range(5)
    )
    gemini_stand_in.scripts.rules.append(Script(text=text))
    expected = [piece.content for piece in split(text)]

    await people.say("haru", "general", "@Otonari 長く")
    answer = await people.until(lambda: people.finished("general", len(expected)))

    assert answer == expected
    assert bot.supabase_client.save_conversation_log.await_args.kwargs["response"] == text


async def test_one_channel_is_answered_in_order_and_others_do_not_wait(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.rules += [
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


FAILURES: list[tuple[Json, errors.LLMError]] = [
    ({"fault": "quota", "retry_delay": 33}, errors.QuotaError(33)),
    ({"fault": "overloaded"}, errors.OverloadedError()),
    ({"fault": "deadline"}, errors.AnswerTimeoutError()),
    ({"fault": "internal"}, errors.OverloadedError()),
    ({"fault": "invalid_key"}, errors.BadKeyError()),
    ({"fault": "permission_denied"}, errors.RestrictedKeyError()),
    ({"fault": "unauthenticated"}, errors.BadKeyError()),
    ({"fault": "safety_stop"}, errors.AnswerBlockedError("SAFETY")),
    ({"fault": "finish", "finish_reason": 10}, errors.AnswerBrokenError("MALFORMED_FUNCTION_CALL")),
    ({"fault": "finish", "finish_reason": 77}, errors.UnknownEndingError("77")),
]
"""What can end an answer at any place, and the notice of it."""


async def test_every_failure_before_the_first_chunk_has_its_own_notice_in_both_languages(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    failures = [
        *FAILURES,
        ({"fault": "not_found"}, errors.ModelNotFoundError("gemini-flash-latest")),
        ({"fault": "prompt_block"}, errors.PromptBlockedError("PROHIBITED_CONTENT")),
        ({"fault": "max_tokens"}, errors.EmptyAnswerError()),
        ({"fault": "drop"}, errors.UnreachableError()),
    ]
    for fault, error in failures:
        gemini_stand_in.faults.clear()
        gemini_stand_in.faults.add(fault)
        earlier = len(people.by_bot("general"))
        await people.say("haru", "general", "@Otonari こんにちは")
        await people.until(lambda earlier=earlier: people.finished("general", earlier + 1))
        english = await people.use("haru", "music", "chat", locale="en-US", prompt="hello", private=True)
        assert english == marked(error.in_language("en"))

    assert people.finished("general") == [marked(error.in_language("ja")) for _fault, error in failures]
    bot.supabase_client.save_conversation_log.assert_not_awaited()


async def test_a_question_that_is_withdrawn_or_edited_while_it_waits_is_dropped_or_answered_as_it_reads(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["1", "."]))
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1, "times": 1})
    await people.say("haru", "general", "@Otonari one")
    (first,) = await people.until(lambda: [m for m in people.by_bot("general") if buttons(m)])
    two = await people.say("haru", "general", "@Otonari two")
    three = await people.say("haru", "general", "@Otonari thre")
    await people.until(lambda: people.reactions.count(("reaction_add", "⏳")) == 2)

    await people.delete("haru", two)
    await people.edit("haru", three, "@Otonari three")
    await people.press("haru", first)
    await people.until(lambda: people.finished("general", 2))

    contents = [entry.contents[-1]["parts"] for entry in gemini_stand_in.journal.entries]
    assert contents == [[{"text": "はる: one"}], [{"text": "はる: three"}]]


async def test_what_is_withdrawn_edited_or_reset_while_it_is_answered_is_remembered_so(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    async def ask(question: str) -> tuple[Json, Json]:
        """Ask, and return the question and its answer, which hangs."""
        gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1, "times": 1})
        asked = await people.say("haru", "general", f"@Otonari {question}")
        (shown,) = await people.until(lambda: [m for m in people.by_bot("general") if buttons(m)])
        return asked, shown

    async def stop(shown: Json) -> None:
        count = len(people.by_bot("general"))
        await people.press("haru", shown)
        await people.until(lambda: people.finished("general", count))

    gemini_stand_in.scripts.rules.append(Script(chunks=["はい", "。"]))
    _, shown = await ask("reset")
    await people.use("haru", "general", "reset")
    await stop(shown)
    asked, shown = await ask("deleted")
    await people.delete("haru", asked)
    await stop(shown)
    asked, shown = await ask("edit")
    await people.edit("haru", asked, "@Otonari edited")
    await stop(shown)
    await people.say("haru", "general", "@Otonari last")
    await people.until(lambda: "はい。" in people.finished("general"))

    (*_, last) = gemini_stand_in.journal.entries
    said = [turn["parts"][0]["text"] for turn in last.contents]
    assert said == ["はる: edited", "はい", "はる: last"]


async def test_a_stop_button_of_an_answer_that_nobody_knows_any_more_goes_away(
    people: People, bot: ChatBot
) -> None:
    channel = bot.get_partial_messageable(int(people.channels["general"]))
    view = StopButton()
    await channel.send("半分", view=view)
    view.stop()
    (orphaned,) = await people.until(lambda: [m for m in people.by_bot("general") if buttons(m)])

    await people.press("yuki", orphaned)

    assert await people.until(lambda: people.finished("general")) == ["半分"]


@pytest.mark.parametrize("after", [1, 2], ids=["between chunks", "after the last chunk"])
async def test_every_failure_in_an_answer_keeps_what_there_is_and_says_why(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot, after: int
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["ここまで", "ここから"]))
    shown = "ここまで" if after == 1 else "ここまでここから"
    for fault, _error in FAILURES:
        gemini_stand_in.faults.clear()
        gemini_stand_in.faults.add({**fault, "after_chunks": after})
        earlier = len(people.by_bot("general"))
        await people.say("haru", "general", "@Otonari こんにちは")
        await people.until(lambda earlier=earlier: people.finished("general", earlier + 1))

    notices = [marked(error.in_language("ja")) for _fault, error in FAILURES]
    assert people.finished("general") == [f"{shown}\n\n{notice}" for notice in notices]
    recorded = [call.kwargs["response"] for call in bot.supabase_client.save_conversation_log.await_args_list]
    assert recorded == [shown] * len(FAILURES)
    assert len(gemini_stand_in.journal.entries) == len(FAILURES)


async def test_a_wait_that_the_service_asks_for_is_obeyed_and_the_answer_comes_once(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["はい"]))
    gemini_stand_in.faults.add({"fault": "quota", "retry_delay": 0.3, "times": 1})

    await people.say("haru", "general", "@Otonari こんにちは")

    assert await people.until(lambda: people.finished("general")) == ["はい"]
    refused, answered = gemini_stand_in.journal.entries
    assert answered.received_at - refused.received_at >= 0.3


async def test_silence_ends_in_a_sentence_before_and_in_an_answer(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    assert bot.gemini
    bot.gemini._patience = Patience(chunk=0.2)
    timeout = marked(errors.AnswerTimeoutError().in_language("ja"))
    gemini_stand_in.scripts.rules.append(Script(chunks=["ここまで", "ここから"]))
    gemini_stand_in.faults.add({"fault": "hang"})

    await people.say("haru", "general", "@Otonari 1")
    assert await people.until(lambda: people.finished("general")) == [timeout]
    gemini_stand_in.faults.clear()
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1})
    # Patient, on any machine, until the first chunk is there.
    patience = Mock(spec_set=Patience(), answer=Patience().answer)
    type(patience).chunk = PropertyMock(side_effect=itertools.chain([60.0, 60.0], itertools.repeat(0.2)))
    bot.gemini._patience = patience
    await people.say("haru", "general", "@Otonari 2")

    assert await people.until(lambda: people.finished("general", 2)) == [timeout, f"ここまで\n\n{timeout}"]


async def test_a_missing_model_is_replaced_and_the_owner_hears_of_it_once(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    missing = bot.settings.gemini_model
    gemini_stand_in.scripts.rules.append(Script(chunks=["はい"]))
    gemini_stand_in.faults.add({"fault": "not_found", "model": re.escape(missing)})

    for _ in range(2):
        await people.say("haru", "general", "@Otonari こんにちは")
    assert await people.until(lambda: people.finished("general", 2)) == ["はい", "はい"]

    notice = marked(texts.MODEL_REPLACED.ja.format(replaced=missing, model="gemini-flash-latest"))
    await people.until(lambda: notice in [message["content"] for message in people.messages.values()])
    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: people.finished("general", 3))
    assert [message["content"] for message in people.messages.values()].count(notice) == 1
    assert [entry.model for entry in gemini_stand_in.journal.entries].count(f"models/{missing}") == 1


async def test_a_connection_that_breaks_between_chunks_keeps_what_there_is(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["ここまで", "ここから"]))
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1})
    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: people.by_bot("general"))

    await gemini_stand_in._relay.stop()

    notice = marked(errors.UnreachableError().in_language("ja"))
    assert await people.until(lambda: people.finished("general")) == [f"ここまで\n\n{notice}"]


async def test_odd_and_slow_chunks_do_no_harm(people: People, gemini_stand_in: GeminiStandIn) -> None:
    odd = ["empty_chunks", "partless_chunks", "usage_only"]
    gemini_stand_in.scripts.rules.append(Script(chunks=["a", "b", "c"]))

    for fault in (*({"fault": name} for name in odd), {"fault": "slow", "seconds": 0.1}):
        gemini_stand_in.faults.clear()
        gemini_stand_in.faults.add(fault)
        earlier = len(people.by_bot("general"))
        await people.say("haru", "general", "@Otonari こんにちは")
        await people.until(lambda earlier=earlier: people.finished("general", earlier + 1))

    assert people.finished("general") == ["abc"] * 4
    assert people.history[people.by_bot("general")[-1]["id"]][0] == "a"


async def test_a_message_whose_arrival_was_not_confirmed_is_not_sent_twice(
    people: People, gemini_stand_in: GeminiStandIn, discord_stand_in: DiscordStandIn
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["once"]))
    discord_stand_in.faults.add({"action": "drop_answer", "method": "POST", "path": "/messages$", "times": 1})

    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: discord_stand_in.faults.struck)

    assert await people.until(lambda: people.finished("general")) == ["once"]
    assert len(people.by_bot("general")) == 1


async def test_a_bot_that_shuts_down_ends_its_answers(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["まだ", "続く"]))
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1})
    await people.say("haru", "general", "@Otonari 話して")
    await people.until(lambda: [m for m in people.by_bot("general") if buttons(m)])

    await bot.close()

    assert await people.until(lambda: people.finished("general")) == ["まだ"]
    bot.supabase_client.save_conversation_log.assert_awaited_once()


async def test_the_slash_command_is_answered_and_so_is_its_failure(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["yes"]))
    await people.command("haru", "general", "chat", prompt="well?")
    assert await people.until(lambda: people.finished("general")) == ["yes"]

    gemini_stand_in.faults.add({"fault": "unauthenticated"})
    await people.command("haru", "general", "chat", prompt="well?")
    answers = await people.until(lambda: people.finished("general", 2))
    assert answers[1] in {marked(errors.BadKeyError().in_language(language)) for language in ("ja", "en")}
