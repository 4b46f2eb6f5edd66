"""Attack: ask faster than anybody can be answered, so that what waits fills the memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from bot.chat import answerer
from bot.notice_mark import marked
from bot.texts import chat as texts
from sandbox.gemini.faults import GeminiFault

if TYPE_CHECKING:
    from bot.chat.commands import Chat
    from sandbox.gemini import GeminiStandIn
    from tests.support.chat_bench import ChatBot, People

REFUSED = marked(texts.TOO_MANY_WAIT.ja)


@pytest.fixture
def environment() -> dict[str, str]:
    return {"CHAT_QUESTIONS_PER_MINUTE": "0"}


@pytest.fixture(autouse=True)
def hanging(gemini_stand_in: GeminiStandIn) -> None:
    """Let no answer come."""
    gemini_stand_in.faults.rules.append(GeminiFault(fault="hang"))


async def until_waiting(bot: ChatBot, count: int) -> None:
    """Wait until so many questions wait for their answer; those that were refused are about to leave."""
    chat = cast("Chat", bot.get_cog("Chat"))
    async with asyncio.timeout(60):
        while len(chat._answerer._open) != count:
            await asyncio.sleep(0.01)


async def test_of_one_person_only_so_many_questions_wait(people: People, bot: ChatBot) -> None:
    for number in range(answerer.MOST_OPEN_OF_ONE + 3):
        await people.say("haru", "general", f"@Otonari {number}")

    refused = await people.until(lambda: _refused(people, 3))

    assert refused == [REFUSED] * 3
    await until_waiting(bot, answerer.MOST_OPEN_OF_ONE)
    await people.say("yuki", "music", "@Otonari こんにちは")
    await until_waiting(bot, answerer.MOST_OPEN_OF_ONE + 1)


async def test_of_all_people_together_only_so_many_questions_wait(
    people: People, bot: ChatBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answerer, "MOST_OPEN", 4)
    for number in range(3):
        await people.say("haru", "general", f"@Otonari {number}")
        await people.say("yuki", "music", f"@Otonari {number}")

    assert await people.until(lambda: _refused(people, 2)) == [REFUSED] * 2
    await until_waiting(bot, 4)


def _refused(people: People, count: int) -> list[str]:
    said = [*people.said("general"), *people.said("music")]
    found = [content for content in said if content == REFUSED]
    return found if len(found) >= count else []
