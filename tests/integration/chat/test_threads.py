"""A thread begins with a message of its parent channel, which the model reads before what is said there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.gemini.scripts import Script

from .conftest import break_downloads, restart_chat

if TYPE_CHECKING:
    from sandbox.discord.stand_in import DiscordStandIn
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

    Json = dict[str, Any]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
BEGINNING = "> ユキ: printer shows 49.4C02"


@pytest.fixture(autouse=True)
def answers(gemini_stand_in: GeminiStandIn) -> None:
    """The answers are numbered."""
    gemini_stand_in.scripts.rules += [Script(chunks=[str(number)], times=1) for number in range(1, 9)]


async def make_thread(people: People, starter: Json | None, name: str = "printer") -> None:
    """Make a thread of #general, from a message where one is given."""
    body = {"user": people.ids["yuki"], "name": name} | ({"message": starter["id"]} if starter else {})
    thread = await people.post(f"/sandbox/channels/{people.channels['general']}/threads", body)
    people.channels["thread"] = thread["id"]


async def ask(people: People, gemini: GeminiStandIn, text: str, reply_to: Json | None = None) -> list[str]:
    """Ask in the thread, and return what the model is given."""
    earlier = len(people.by_bot("thread"))
    await people.say("haru", "thread", f"@Otonari {text}", reply_to=reply_to)
    await people.until(lambda: people.finished("thread", earlier + 1))
    contents = gemini.journal.entries[-1].contents
    return [turn["parts"][-1]["text"].removeprefix("はる: ") for turn in contents]


@pytest.fixture
async def starter(people: People) -> Json:
    """A message of #general from which a thread was made."""
    message = await people.say("yuki", "general", "printer shows 49.4C02")
    await make_thread(people, message)
    return message


@pytest.mark.usefixtures("starter")
async def test_the_message_that_a_thread_was_made_from_is_read_before_what_is_said_in_it(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    first = await ask(people, gemini_stand_in, "what does this mean?")
    second = await ask(people, gemini_stand_in, "and now?")
    await restart_chat(bot)
    third = await ask(people, gemini_stand_in, "still?")

    question = f"{BEGINNING}\n\nwhat does this mean?"
    assert first == [question]
    assert second == [question, "1", "and now?"]
    assert third == [question, "1", "and now?", "2", "still?"]


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize("private", [False, True])
async def test_what_a_slash_command_asks_in_a_thread_begins_with_it_too(
    people: People, gemini_stand_in: GeminiStandIn, private: bool
) -> None:
    await people.use("haru", "thread", "chat", prompt="what is this?", private=private)

    (given,) = gemini_stand_in.journal.entries[-1].contents
    label = "" if private else "はる: "
    assert given["parts"][-1]["text"] == f"{label}{BEGINNING}\n\nwhat is this?"


async def test_the_pictures_of_the_beginning_are_seen(people: People, gemini_stand_in: GeminiStandIn) -> None:
    await make_thread(people, await people.say("yuki", "general", files={"cat.png": PNG}))

    assert await ask(people, gemini_stand_in, "color?") == ["> ユキ: [attachment: cat.png]\n\ncolor?"]
    image, _said = gemini_stand_in.journal.entries[-1].contents[0]["parts"]
    assert image["inline_data"] == {"mime_type": "image/png", "bytes": len(PNG)}


async def test_a_beginning_that_was_edited_or_deleted_is_read_as_it_is_now(
    people: People, gemini_stand_in: GeminiStandIn, starter: Json
) -> None:
    await ask(people, gemini_stand_in, "a")

    await people.edit("yuki", starter, "printer shows nothing")
    assert (await ask(people, gemini_stand_in, "b"))[0] == "> ユキ: printer shows nothing\n\na"

    await people.delete("yuki", starter)
    assert await ask(people, gemini_stand_in, "c") == ["c"], "the answers may repeat it"


async def test_a_thread_without_a_beginning_is_asked_about_once(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    await make_thread(people, None)

    assert await ask(people, gemini_stand_in, "a") == ["a"]
    assert await ask(people, gemini_stand_in, "b") == ["a", "1", "b"]
    path = f"/messages/{people.channels['thread']}"
    asked = [each for each in await people.exchanges() if each["path"].endswith(path)]
    assert len(asked) == 1


@pytest.mark.usefixtures("starter")
async def test_a_beginning_that_could_not_be_read_is_read_at_the_next_question(
    people: People, gemini_stand_in: GeminiStandIn, discord_stand_in: DiscordStandIn
) -> None:
    forbidden = {"action": "status", "status": 403, "headers": {"Content-Type": "application/json"}}
    discord_stand_in.faults.add(
        {**forbidden, "body": "{}", "path": r"/messages/\d+$", "method": "GET", "times": 1}
    )

    assert await ask(people, gemini_stand_in, "a") == ["a"]
    assert await ask(people, gemini_stand_in, "b") == [f"{BEGINNING}\n\na", "1", "b"]


async def test_a_picture_of_the_beginning_that_could_not_be_loaded_is_loaded_at_the_next_question(
    people: People, gemini_stand_in: GeminiStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_thread(people, await people.say("yuki", "general", files={"cat.png": PNG}))
    break_downloads(monkeypatch, 1)

    shown: list[bool] = []
    for text in ("a", "b", "c"):
        await ask(people, gemini_stand_in, text)
        shown.append("inline_data" in gemini_stand_in.journal.entries[-1].contents[0]["parts"][0])

    assert shown == [False, True, True]


@pytest.mark.usefixtures("starter")
async def test_a_thread_that_was_reset_begins_with_nothing(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    await ask(people, gemini_stand_in, "a")
    await people.use("haru", "thread", "reset")

    assert await ask(people, gemini_stand_in, "b") == ["b"]
    await restart_chat(bot)
    assert await ask(people, gemini_stand_in, "c") == ["b", "2", "c"]


@pytest.mark.usefixtures("starter")
async def test_a_beginning_is_forgotten_with_its_writer_and_so_is_what_was_answered_after_reading_it(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    await ask(people, gemini_stand_in, "a")
    chat: Any = bot.get_cog("Chat")
    yuki = int(people.ids["yuki"])
    assert await chat.personal_data(yuki) == {"conversation_memory": [BEGINNING]}

    await chat.forget_person(yuki, int(people.by_bot("thread")[-1]["id"]))

    assert await chat.personal_data(yuki) == {"conversation_memory": []}
    assert await ask(people, gemini_stand_in, "b") == ["b"]


async def test_an_answer_of_the_bot_can_begin_a_thread(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    await people.say("haru", "general", "@Otonari hello")
    await people.until(lambda: people.finished("general"))
    await make_thread(people, people.by_bot("general")[0])

    assert await ask(people, gemini_stand_in, "why?") == ["> Otonari: 1\n\nwhy?"]
