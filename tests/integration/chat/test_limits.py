"""Usage is recorded, and limited per person and server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.chat.budget import CUT
from bot.notice_mark import marked
from bot.texts import chat as texts
from sandbox.gemini.scripts import Script

if TYPE_CHECKING:
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

    Json = dict[str, Any]


@pytest.fixture
def environment() -> dict[str, str]:
    return {"CHAT_QUESTIONS_PER_MINUTE": "2", "CHAT_USER_TOKENS_PER_DAY": "100000"}


@pytest.fixture(autouse=True)
def answer(gemini_stand_in: GeminiStandIn) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["は", "い"]))


async def test_the_tokens_of_every_answer_are_recorded_by_person_server_and_model(
    people: People, bot: ChatBot
) -> None:
    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: people.finished("general"))

    (call,) = bot.supabase_client.save_gemini_usage.await_args_list
    usage = call.kwargs
    assert (usage["guild_id"], usage["user_id"]) == (int(people.guild), int(people.ids["haru"]))
    assert usage["model"] == bot.settings.gemini_model
    assert usage["prompt_tokens"] > 0
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["answer_tokens"]
    logged = bot.supabase_client.save_conversation_log.await_args.kwargs
    assert (logged["prompt_tokens"], logged["response_tokens"]) == (
        usage["prompt_tokens"],
        usage["answer_tokens"],
    )


async def test_an_answer_that_is_stopped_has_cost_what_it_has_cost(
    people: People, bot: ChatBot, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 1})
    await people.say("haru", "general", "@Otonari こんにちは")
    (shown,) = await people.until(lambda: [m for m in people.by_bot("general") if m["components"]])

    await people.press("haru", shown)
    await people.until(lambda: people.finished("general"))

    assert bot.supabase_client.save_gemini_usage.await_args.kwargs["answer_tokens"] == 1


@pytest.mark.parametrize(
    ("fault", "answers"),
    [
        ({"fault": "max_tokens"}, 0),
        ({"fault": "max_tokens", "times": 2}, 1),
        ({"fault": "finish", "finish_reason": 10, "times": 1}, 1),
        ({"fault": "prompt_block"}, 0),
        ({"fault": "safety_stop", "after_chunks": 1}, 1),
    ],
    ids=[
        "never a word",
        "a word at the third try",
        "a malformed call",
        "a blocked prompt",
        "a blocked answer",
    ],
)
async def test_every_try_that_was_billed_is_recorded_and_counts_for_budgets(
    people: People, bot: ChatBot, gemini_stand_in: GeminiStandIn, fault: Json, answers: int
) -> None:
    gemini_stand_in.faults.add(fault)

    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: people.finished("general"))

    billed = len(gemini_stand_in.journal.entries)
    rows = [call.kwargs for call in bot.supabase_client.save_gemini_usage.await_args_list]
    assert [row["prompt_tokens"] > 0 for row in rows] == [True] * billed
    assert [row["user_id"] for row in rows] == [int(people.ids["haru"])] * billed
    total = sum(row["total_tokens"] for row in rows)
    assert f"{total} / 100,000 トークン · 返答{answers}回" in await people.use("haru", "general", "usage")
    assert bot.supabase_client.save_conversation_log.await_count == answers
    if answers:
        logged = bot.supabase_client.save_conversation_log.await_args.kwargs
        assert logged["prompt_tokens"] == sum(row["prompt_tokens"] for row in rows)


async def test_usage_shows_ones_own_and_the_servers_tokens_of_today(people: People, bot: ChatBot) -> None:
    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: people.finished("general"))
    tokens = bot.supabase_client.save_gemini_usage.await_args.kwargs["total_tokens"]

    notice = await people.use("haru", "general", "usage")
    others = await people.use("yuki", "general", "usage")

    assert f"{tokens} / 100,000 トークン · 返答1回" in notice
    assert f"{tokens} トークン · 返答1回" in notice
    assert "0 / 100,000 トークン · 返答0回" in others


async def test_costs_survive_a_restart(people: People, bot: ChatBot) -> None:
    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: people.finished("general"))
    before = await people.use("haru", "general", "usage")

    await bot.reload_extension("bot.chat")

    assert await people.use("haru", "general", "usage") == before


async def test_one_question_too_many_is_refused_with_how_long_to_wait(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    for _ in range(3):
        await people.say("haru", "general", "@Otonari こんにちは")
    await people.say("yuki", "general", "@Otonari こんにちは")

    said = await people.until(lambda: people.finished("general", 4))

    (notice,) = (text for text in said if text.startswith(marked("🐢")))
    seconds = int("".join(filter(str.isdecimal, notice)))
    assert notice == marked(texts.TOO_MANY_QUESTIONS.ja.format(seconds=seconds))
    assert 0 < seconds <= 60
    assert len(gemini_stand_in.journal.entries) == 3


class TestStored:
    """Characters that are stored in a day."""

    @pytest.fixture
    def environment(self) -> dict[str, str]:
        return {"CHAT_USER_STORED_CHARACTERS_PER_DAY": "300"}

    async def test_what_is_beyond_is_answered_counted_and_not_recorded(
        self, people: People, bot: ChatBot, gemini_stand_in: GeminiStandIn
    ) -> None:
        gemini_stand_in.scripts.rules.insert(0, Script(chunks=["長" * 400], prompt="2"))
        for number in (1, 2, 3):
            await people.say("haru", "general", f"@Otonari {number}")
            await people.until(lambda number=number: people.finished("general", number))
        await people.say("yuki", "general", "@Otonari 4")
        await people.until(lambda: people.finished("general", 4))

        recorded = [call.kwargs for call in bot.supabase_client.save_conversation_log.await_args_list]
        assert [(row["prompt"], row["response"]) for row in recorded] == [
            ("1", "はい"),
            ("2", "長" * 99 + CUT),
            ("4", "はい"),
        ]
        assert bot.supabase_client.save_gemini_usage.await_count == 4


class TestSpent:
    """Budgets that the first answer uses up."""

    @pytest.fixture
    def environment(self, request: pytest.FixtureRequest) -> dict[str, str]:
        return {request.param: "1"}

    @pytest.mark.parametrize(
        ("environment", "other_is_served", "sentence"),
        [
            ("CHAT_USER_TOKENS_PER_DAY", True, texts.USER_BUDGET_SPENT),
            ("CHAT_GUILD_TOKENS_PER_DAY", False, texts.GUILD_BUDGET_SPENT),
        ],
        indirect=["environment"],
    )
    async def test_a_spent_budget_is_refused_with_when_it_resets(
        self,
        people: People,
        gemini_stand_in: GeminiStandIn,
        other_is_served: bool,
        sentence: texts.Text,
    ) -> None:
        await people.say("haru", "general", "@Otonari 1")
        await people.until(lambda: people.finished("general"))
        await people.say("haru", "general", "@Otonari 2")
        notice = (await people.until(lambda: people.finished("general", 2)))[1]
        await people.say("yuki", "general", "@Otonari 3")
        await people.until(lambda: people.finished("general", 3))

        start, _, end = sentence.ja.format(limit="1", when="|").partition("|")
        assert notice.startswith(f"{marked(start)}<t:")
        assert notice.endswith(f":R>{end}")
        assert len(gemini_stand_in.journal.entries) == 1 + other_is_served
