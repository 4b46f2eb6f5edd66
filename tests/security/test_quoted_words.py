"""Attack: keep a model talking about what somebody has deleted, by having quoted it."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from bot.texts import chat
from bot.texts import privacy as texts
from sandbox.gemini.scripts import Script
from tests.support.chat_bench import buttons, restart_chat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.gemini import GeminiStandIn
    from tests.support.chat_bench import ChatBot, People

    Json = dict[str, Any]

SECRET = "赤いペンギン4711"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(4703)
"""4,711 bytes, so that requests that contain it are known by their size."""


@pytest.fixture
def extensions() -> Sequence[str]:
    return ("bot.chat", "bot.privacy")


@pytest.fixture(autouse=True)
def answers(bot: ChatBot, gemini_stand_in: GeminiStandIn) -> None:
    bot.supabase_client.privacy = None  # type: ignore[misc]
    gemini_stand_in.scripts.rules += [repeats(), Script(chunks=["はい。"])]


def repeats() -> Script:
    """Return what a model says once that repeats what it was shown."""
    return Script(chunks=[f"「{SECRET}」とあります。"], times=1)


async def ask(people: People, who: str, channel: str, words: str = "これ何？", **options: Any) -> Json:
    """Ask, and return the bot's answer."""
    earlier = len(people.by_bot(channel))
    await people.say(who, channel, f"@Otonari {words}", **options)
    await people.until(lambda: people.finished(channel, earlier + 1))
    return people.by_bot(channel)[-1]


async def make_thread(people: People, starter: Json) -> None:
    body = {"user": people.ids["haru"], "name": "thread", "message": starter["id"]}
    thread = await people.post(f"/sandbox/channels/{starter['channel_id']}/threads", body)
    people.channels["thread"] = thread["id"]


async def quote(people: People, how: str) -> tuple[Json, str]:
    """Have Yuki show Haru's words to the model; return Haru's message and the channel of the answer."""
    theirs = await people.say("haru", "general", SECRET, files={"penguin.png": PNG})
    where = {"thread": "thread", "private": "thread", "elsewhere": "music"}.get(how, "general")
    if how == "reply":
        await ask(people, "yuki", where, reply_to=theirs)
    elif how in {"forward", "elsewhere"}:
        await ask(people, "yuki", where, reply_to=await people.say("yuki", where, forward=theirs))
    elif how == "only a forward":
        await people.use("you", "music", "channel add", channel=people.channels[where])
        await people.say("yuki", where, forward=theirs)
        await people.until(lambda: people.finished(where))
    else:
        await make_thread(people, theirs)
        if how == "private":
            await people.use("yuki", where, "chat", prompt="これ何？", private=True)
        else:
            await ask(people, "yuki", where)
    return theirs, where


async def press(people: People, who: str, custom_id: str) -> None:
    """Press a button as soon as it is there."""

    def wanted() -> list[Json]:
        shown = people.messages.values()
        return [each for each in shown if custom_id in [button["custom_id"] for button in buttons(each)]]

    (message, *_) = await people.until(wanted)
    body = {"user": people.ids[who], "channel": message["channel_id"], "message": message["id"]}
    await people.post("/sandbox/interactions/component", {**body, "custom_id": custom_id})


async def take_back(people: People, how: str, message: Json) -> None:
    """Have Haru take back what they said."""
    if how == "deleted":
        await people.delete("haru", message)
    elif how == "edited":
        await people.edit("haru", message, "なんでもない")
    else:
        await people.use("haru", "ラウンジ", "privacy")
        await press(people, "haru", "privacy.delete")
        await press(people, "haru", "privacy.delete.yes")
        done = texts.DELETED.ja.format(count=0)
        await people.until(lambda: [m for m in people.messages.values() if m["content"] == done])


class Requests:
    """What the model reads from now on."""

    def __init__(self, gemini: GeminiStandIn) -> None:
        self._gemini = gemini
        self._earlier = len(gemini.journal.entries)

    @property
    def count(self) -> int:
        return len(self._gemini.journal.entries) - self._earlier

    def tell_of_haru(self, taken_back: str = "") -> bool:
        """Tell whether Haru's words, or the bytes of a file that is not left, are in any of them."""
        read = [entry.contents for entry in [*self._gemini.journal.entries][self._earlier :]]
        assert read, "the model is asked"
        text = json.dumps(read, ensure_ascii=False)
        return SECRET in text or (taken_back != "edited" and f'"bytes": {len(PNG)}' in text)


async def ask_on(people: People, where: str, how: str = "") -> None:
    """Have others ask on: in the same channel, and about the answer."""
    if how == "private":
        await people.use("yuki", where, "chat", prompt="続けて", private=True)
        return
    answer = people.by_bot(where)[0]
    await ask(people, "you", where, "さっきの話は？")
    await ask(people, "you", where, "もっと", reply_to=answer)


WAYS = pytest.mark.parametrize(
    "how", ["reply", "forward", "elsewhere", "only a forward", "thread", "private"]
)
TAKEN_BACK = pytest.mark.parametrize("taken_back", ["deleted", "edited", "erased"])


@WAYS
@TAKEN_BACK
async def test_what_was_taken_back_is_read_by_no_model_any_more_whoever_quoted_it(
    how: str, taken_back: str, people: People, gemini_stand_in: GeminiStandIn
) -> None:
    if taken_back == "edited" and how in {"thread", "private"}:
        del gemini_stand_in.scripts.rules[0]  # a thread's answers stay when its beginning is edited
    before = Requests(gemini_stand_in)
    theirs, where = await quote(people, how)
    assert before.tell_of_haru()

    await take_back(people, taken_back, theirs)

    after = Requests(gemini_stand_in)
    await ask_on(people, where, how)
    assert not after.tell_of_haru(taken_back)


@WAYS
async def test_what_nobody_takes_back_is_known_to_whoever_asks_on(
    how: str, people: People, gemini_stand_in: GeminiStandIn
) -> None:
    _theirs, where = await quote(people, how)

    after = Requests(gemini_stand_in)
    await ask_on(people, where, how)

    assert after.tell_of_haru()


@WAYS
@TAKEN_BACK
async def test_nor_is_it_found_again_after_a_restart(
    how: str, taken_back: str, people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    if taken_back == "edited":
        del gemini_stand_in.scripts.rules[0]  # an answer in Discord's history does not tell of edits
    theirs, where = await quote(people, how)
    event = {"deleted": "raw_message_delete", "edited": "raw_message_edit", "erased": "interaction"}[
        taken_back
    ]
    told = asyncio.create_task(bot.wait_for(event))
    await take_back(people, taken_back, theirs)
    await told
    await restart_chat(bot)

    after = Requests(gemini_stand_in)
    await ask_on(people, where, how)

    assert not after.tell_of_haru(taken_back)


@pytest.mark.parametrize("taken_back", ["deleted", "erased"])
async def test_what_somebody_asked_on_about_a_quote_goes_with_it(
    taken_back: str, people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.rules.insert(0, repeats())
    theirs, where = await quote(people, "reply")
    await ask(people, "you", where, "つまり？")

    await take_back(people, taken_back, theirs)

    after = Requests(gemini_stand_in)
    await ask(people, "yuki", where, "さっきの話は？")
    assert not after.tell_of_haru(taken_back)


async def hanging(people: People, gemini: GeminiStandIn, who: str, words: str, **options: Any) -> Json:
    """Ask something whose answer hangs, and return the answer as far as it is shown."""
    gemini.faults.add({"fault": "hang", "after_chunks": 1, "times": 1})
    await people.say(who, "general", f"@Otonari {words}", **options)
    (shown,) = await people.until(lambda: [m for m in people.by_bot("general") if buttons(m)])
    return shown


@TAKEN_BACK
async def test_what_is_taken_back_while_the_question_about_it_waits_is_not_read(
    taken_back: str, people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.rules[:] = [Script(chunks=["は", "い"])]
    theirs = await people.say("haru", "general", SECRET, files={"penguin.png": PNG})
    shown = await hanging(people, gemini_stand_in, "you", "話して")
    after = Requests(gemini_stand_in)
    await people.say("yuki", "general", "@Otonari これ何？", reply_to=theirs)
    await people.until(lambda: ("reaction_add", "⏳") in people.reactions)

    await take_back(people, taken_back, theirs)
    await people.press("you", shown)

    await people.until(lambda: people.finished("general", 2))
    assert after.count == 1
    assert not after.tell_of_haru(taken_back)


@TAKEN_BACK
async def test_what_is_taken_back_while_it_is_answered_is_neither_remembered_nor_recorded(
    taken_back: str, people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    gemini_stand_in.scripts.rules[0] = Script(chunks=[SECRET, "です"], times=1)
    theirs = await people.say("haru", "general", SECRET, files={"penguin.png": PNG})
    shown = await hanging(people, gemini_stand_in, "yuki", "これ何？", reply_to=theirs)

    await take_back(people, taken_back, theirs)
    if taken_back == "edited":
        await people.press("yuki", shown)
    (answer,) = await people.until(lambda: people.finished("general"))

    assert (chat.QUOTE_GONE.ja in answer) == (taken_back != "edited"), "nothing more is asked about it"
    after = Requests(gemini_stand_in)
    await ask_on(people, "general")
    assert not after.tell_of_haru(taken_back)
    if taken_back == "edited":
        return  # which changes no record
    recorded = str(bot.supabase_client.save_conversation_log.await_args_list)
    assert "はい。" in recorded
    assert SECRET not in recorded


async def test_a_deleted_channel_takes_along_what_was_forwarded_from_it(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    await quote(people, "elsewhere")

    async with people.session.delete(f"/sandbox/channels/{people.channels['general']}") as response:
        assert response.ok

    after = Requests(gemini_stand_in)
    await ask_on(people, "music")
    assert not after.tell_of_haru()


async def test_a_channel_that_is_deleted_while_its_words_are_asked_about_ends_the_answer(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.rules[0] = Script(chunks=[SECRET, "です"], times=1)
    theirs = await people.say("haru", "music", SECRET)
    forward = await people.say("yuki", "general", forward=theirs)
    await hanging(people, gemini_stand_in, "yuki", "これ何？", reply_to=forward)

    async with people.session.delete(f"/sandbox/channels/{people.channels['music']}") as response:
        assert response.ok
    (answer,) = await people.until(lambda: people.finished("general"))

    assert chat.QUOTE_GONE.ja in answer
    after = Requests(gemini_stand_in)
    await ask_on(people, "general")
    assert not after.tell_of_haru()


async def test_words_that_are_forwarded_are_not_recorded_as_the_forwarders(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    del gemini_stand_in.scripts.rules[0]
    await quote(people, "only a forward")

    (recorded,) = bot.supabase_client.save_conversation_log.await_args_list
    assert recorded.kwargs["prompt"] == ""
    assert recorded.kwargs["user_id"] == int(people.ids["yuki"])


async def test_what_others_quote_is_in_the_export_of_whoever_wrote_it(people: People, bot: ChatBot) -> None:
    await quote(people, "only a forward")
    await ask(people, "you", "general")  # so that the answer before has been remembered

    cog: Any = bot.get_cog("Chat")
    haru, yuki = [await cog.personal_data(int(people.ids[who])) for who in ("haru", "yuki")]

    assert haru == {"conversation_memory": [f"> {SECRET}\n> [attachment: penguin.png]"]}
    assert yuki == {"conversation_memory": []}


async def test_a_question_that_was_erased_is_not_quoted_by_replying_to_its_answer(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    answer = await ask(people, "haru", "general", SECRET)
    await restart_chat(bot)
    await take_back(people, "erased", answer)

    after = Requests(gemini_stand_in)
    await ask(people, "you", "general", "もっと", reply_to=answer)

    assert not after.tell_of_haru()


async def test_a_question_that_waits_while_its_asker_erases_everything_is_answered_and_then_forgotten(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    gemini_stand_in.scripts.rules[:] = [Script(chunks=["は", "い"])]
    shown = await hanging(people, gemini_stand_in, "you", "話して")
    await people.say("haru", "general", f"@Otonari {SECRET}")
    await people.until(lambda: ("reaction_add", "⏳") in people.reactions)

    await take_back(people, "erased", shown)
    await people.press("you", shown)
    await people.until(lambda: people.finished("general", 2))

    after = Requests(gemini_stand_in)
    await ask(people, "you", "general", "さっきの話は？")
    assert not after.tell_of_haru()
    assert SECRET not in str(bot.supabase_client.save_conversation_log.await_args_list)


async def test_an_error_in_a_thread_is_not_recorded_with_what_somebody_called_it(
    people: People, bot: ChatBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is asked whether a line of the log may stay."""
    starter = await people.say("haru", "general", "hello")
    body = {"user": people.ids["haru"], "name": SECRET, "message": starter["id"]}
    thread = await people.post(f"/sandbox/channels/{starter['channel_id']}/threads", body)
    people.channels["thread"] = thread["id"]
    cog: Any = bot.get_cog("Chat")
    monkeypatch.setattr(cog._answerer, "answer", fail)

    await people.say("yuki", "thread", "@Otonari これ何？")
    await people.until(lambda: people.by_bot("thread"))

    recorded = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [each for each in recorded if thread["id"] in each.getMessage()]
    assert [each for each in recorded if SECRET in each.getMessage()] == []


async def fail(*_arguments: object) -> None:
    raise RuntimeError
