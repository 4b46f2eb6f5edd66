"""The button below an answer that was cut off at the length limit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from bot.llm import errors
from bot.notice_mark import marked
from bot.texts import chat as texts
from sandbox.gemini.scripts import Script

from .conftest import buttons

if TYPE_CHECKING:
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

    Json = dict[str, Any]


@pytest.fixture(autouse=True)
def answers(gemini_stand_in: GeminiStandIn) -> None:
    """The first answer is cut off after its first chunk, the second one is whole."""
    gemini_stand_in.scripts.rules += [
        Script(chunks=["はじめ", "…"], times=1),
        Script(chunks=["おわり"]),
    ]
    gemini_stand_in.faults.add({"fault": "max_tokens", "after_chunks": 1, "times": 1})


async def cut_off(people: People, channel: str = "general") -> Json:
    """Return the answer that was cut off."""
    (found,) = await people.until(
        lambda: [m for m in people.by_bot(channel) if texts.CUT_OFF.ja in m["content"] and buttons(m)]
    )
    assert [button["label"] for button in buttons(found)] == [texts.CONTINUE.ja]
    return found


async def test_an_answer_of_full_length_is_remembered_when_it_is_continued(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.gemini.journal._LONGEST_TEXT", 40_000)
    gemini_stand_in.faults.clear()
    gemini_stand_in.scripts.clear()
    await people.say("haru", "general", "@Otonari Tell me a long story of 40000 characters")
    found = await cut_off(people)
    whole = bot.supabase_client.save_conversation_log.await_args.kwargs["response"]
    assert len(whole) > 26_600

    await people.press("haru", found)
    await people.until(lambda: len(gemini_stand_in.journal.entries) == 2)

    said = gemini_stand_in.journal.entries[-1].contents
    assert [turn["role"] for turn in said] == ["user", "model", "user"]
    assert said[1]["parts"] == [{"text": whole}]


async def test_an_answer_at_the_length_limit_says_so_and_goes_on_at_a_press(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    await people.say("haru", "general", "@Otonari 長い話をして")
    found = await cut_off(people)
    assert found["content"] == f"はじめ\n\n{marked(texts.CUT_OFF.ja)}"

    await people.press("yuki", found)
    answers = await people.until(lambda: people.finished("general", 2))

    assert answers[1] == "おわり"
    said = gemini_stand_in.journal.entries[-1].contents
    assert [turn["role"] for turn in said] == ["user", "model", "user"]
    assert said[1]["parts"] == [{"text": "はじめ"}]
    assert said[2]["parts"][0]["text"] in {
        f"ユキ: {texts.CONTINUE_PROMPT.ja}",
        f"ユキ: {texts.CONTINUE_PROMPT.en}",
    }
    recorded = bot.supabase_client.save_conversation_log.await_args.kwargs
    assert recorded["prompt"] in {texts.CONTINUED.ja, texts.CONTINUED.en}


async def test_the_button_works_after_a_restart_too(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    await people.say("haru", "general", "@Otonari 長い話をして")
    found = await cut_off(people)
    await bot.reload_extension("bot.chat")

    await people.press("haru", found)
    await people.until(lambda: people.finished("general", 2))

    said = gemini_stand_in.journal.entries[-1].contents
    assert [turn["parts"][0]["text"] for turn in said[:2]] == ["はる: 長い話をして", "はじめ"]


async def test_a_private_answer_goes_on_privately(people: People, gemini_stand_in: GeminiStandIn) -> None:
    await people.command("haru", "general", "chat", prompt="長い話をして", private=True)
    (found,) = await people.until(
        lambda: [m for m in people.messages.values() if "✂️" in m["content"] and buttons(m)]
    )

    await people.press("haru", found)
    (rest,) = await people.until(
        lambda: [m for m in people.messages.values() if m["content"] == "おわり" and not buttons(m)]
    )

    assert rest["flags"] & 64


async def test_the_button_comes_back_where_going_on_failed(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    await people.say("haru", "general", "@Otonari 長い話をして")
    found = await cut_off(people)
    gemini_stand_in.faults.add({"fault": "quota", "retry_delay": 60, "times": 1})

    await people.press("haru", found)
    quota = errors.QuotaError(60)
    await people.until(
        lambda: (
            {marked(quota.in_language("ja")), marked(quota.in_language("en"))}
            & {m["content"] for m in people.by_bot("general")}
        )
    )
    await people.until(lambda: buttons(people.messages[found["id"]]))
    await people.press("haru", found)

    await people.until(lambda: "おわり" in people.finished("general"))
    assert not buttons(people.messages[found["id"]])


async def test_a_press_that_fails_is_reported_to_whoever_pressed(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.say("haru", "general", "@Otonari 長い話をして")
    found = await cut_off(people)
    monkeypatch.setattr(import_module("bot.chat.responder"), "question_in", None)

    await people.press("yuki", found)

    (report,) = await people.until(
        lambda: [m for m in people.messages.values() if m["content"].startswith(marked("❌"))]
    )
    assert report["flags"] & 64
