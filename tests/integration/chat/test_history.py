"""What is found again in Discord after a restart: long answers, whatever was written between their parts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import discord
import pytest
from discord.state import ConnectionState

from bot import discord_http
from bot.chat.memory import Place
from bot.texts import chat as texts
from sandbox.gemini.scripts import Script

from .conftest import break_downloads, buttons, restart_chat

if TYPE_CHECKING:
    from bot.chat.commands import Chat
    from sandbox.discord.stand_in import DiscordStandIn
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


FORBIDDEN = {
    "action": "status",
    "status": 403,
    "headers": {"Content-Type": "application/json"},
    "body": '{"code": 50001, "message": "Missing Access"}',
}
CUT_OFF = {"action": "truncate", "times": 1 + len(discord_http.PAUSES)}
"""At every try."""
FAILURES = pytest.mark.parametrize("failure", [FORBIDDEN, CUT_OFF], ids=["refused", "cut off"])
NEXT_READ = {"method": "GET", "path": r"/messages$", "times": 1}


@pytest.mark.parametrize("fault", [KeyError("owner_id"), TypeError("NoneType")], ids=repr)
async def test_a_message_that_cannot_be_read_is_left_out_and_the_others_are_read(
    people: People,
    gemini_stand_in: GeminiStandIn,
    bot: ChatBot,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
) -> None:
    gemini_stand_in.scripts.rules[:] = [Script(chunks=["はい"])]
    monkeypatch.setattr(import_module("bot.chat.history_loader"), "RECENT", 10)
    await people.say("haru", "general", "@Otonari 前")
    await people.until(lambda: people.finished("general"))
    await people.say("yuki", "general", "壊れた")
    await restart_chat(bot)
    create = ConnectionState.create_message

    def create_message(state: ConnectionState, *, channel: Any, data: Any) -> discord.Message:
        if data["content"] == "壊れた":
            raise fault
        return create(state, channel=channel, data=data)

    monkeypatch.setattr(ConnectionState, "create_message", create_message)
    await people.say("haru", "general", "@Otonari 後")
    await people.until(lambda: people.finished("general", 2))

    given = [turn["parts"][-1]["text"] for turn in gemini_stand_in.journal.entries[-1].contents]
    assert given == ["はる: 前", "はい", "はる: 後"]


class TestFailedReads:
    """A read that failed has not been read: it is tried again at the next question."""

    @pytest.fixture(autouse=True)
    def answers(self, gemini_stand_in: GeminiStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
        """The answers are numbered, and Discord is read in small pieces."""
        gemini_stand_in.scripts.rules += [Script(chunks=[str(number)], times=1) for number in range(1, 9)]
        loader = import_module("bot.chat.history_loader")
        monkeypatch.setattr(loader, "RECENT", 4)
        monkeypatch.setattr(loader, "AROUND", 6)

    async def ask(
        self, people: People, gemini: GeminiStandIn, text: str, reply_to: Json | None = None
    ) -> list[str]:
        """Return what the model is given."""
        earlier = len(people.by_bot("general"))
        await people.say("haru", "general", f"@Otonari {text}", reply_to=reply_to)
        await people.until(lambda: people.finished("general", earlier + 1))
        contents = gemini.journal.entries[-1].contents
        return [turn["parts"][-1]["text"].removeprefix("はる: ") for turn in contents]

    async def chatter(self, people: People) -> None:
        for number in range(6):
            await people.say("yuki", "general", f"雑談{number}")

    @FAILURES
    async def test_the_last_messages_of_a_channel(
        self,
        people: People,
        gemini_stand_in: GeminiStandIn,
        discord_stand_in: DiscordStandIn,
        bot: ChatBot,
        failure: Json,
    ) -> None:
        await self.ask(people, gemini_stand_in, "a")
        await restart_chat(bot)
        discord_stand_in.faults.add({**NEXT_READ, **failure})

        assert await self.ask(people, gemini_stand_in, "b") == ["b"]
        assert await self.ask(people, gemini_stand_in, "c") == ["a", "1", "b", "2", "c"]

    @FAILURES
    async def test_the_messages_around_an_older_answer(
        self,
        people: People,
        gemini_stand_in: GeminiStandIn,
        discord_stand_in: DiscordStandIn,
        bot: ChatBot,
        failure: Json,
    ) -> None:
        await self.ask(people, gemini_stand_in, "a")
        (older,) = people.by_bot("general")
        await self.chatter(people)
        await restart_chat(bot)
        await self.ask(people, gemini_stand_in, "b")
        discord_stand_in.faults.add({**NEXT_READ, **failure})

        given = await self.ask(people, gemini_stand_in, "c", reply_to=older)
        assert given == ["> Otonari: 1\n\nc"]

        given = await self.ask(people, gemini_stand_in, "d")
        assert given == ["a", "1", "> Otonari: 1\n\nc", "3", "d"]

    @FAILURES
    async def test_the_beginning_of_a_conversation_whose_end_was_read(
        self,
        people: People,
        gemini_stand_in: GeminiStandIn,
        discord_stand_in: DiscordStandIn,
        bot: ChatBot,
        failure: Json,
    ) -> None:
        await self.ask(people, gemini_stand_in, "a")
        await self.chatter(people)
        await self.ask(people, gemini_stand_in, "b", reply_to=people.by_bot("general")[0])
        await self.chatter(people)
        await restart_chat(bot)
        await self.ask(people, gemini_stand_in, "c")
        discord_stand_in.faults.add({"action": "delay", **NEXT_READ})
        discord_stand_in.faults.add({**NEXT_READ, **failure})

        given = await self.ask(people, gemini_stand_in, "d", reply_to=people.by_bot("general")[1])
        assert given == ["> Otonari: 1\n\nb", "2", "d"]

        given = await self.ask(people, gemini_stand_in, "e")
        assert given == ["a", "1", "> Otonari: 1\n\nb", "2", "d", "4", "e"]

    @pytest.mark.parametrize(("times", "comes"), [(1, True), (2, False)])
    async def test_a_file_that_failed_is_loaded_once_more(
        self,
        people: People,
        gemini_stand_in: GeminiStandIn,
        monkeypatch: pytest.MonkeyPatch,
        bot: ChatBot,
        times: int,
        comes: bool,
    ) -> None:
        await people.say("haru", "general", "@Otonari a", files={"cat.png": b"\x89PNG"})
        await people.until(lambda: people.finished("general"))
        await restart_chat(bot)
        asked = break_downloads(monkeypatch, times)

        for number in range(3):
            await self.ask(people, gemini_stand_in, f"b{number}")
            first = gemini_stand_in.journal.entries[-1].contents[0]["parts"]
            is_shown = "inline_data" in first[0]
            assert is_shown == (comes and number > 0)
            assert first[-1]["text"] == "はる: a\n[attachment: cat.png]"
        assert len(asked) == 2

    async def test_a_read_that_goes_on_failing_is_tried_once_for_each_question(
        self, people: People, gemini_stand_in: GeminiStandIn, discord_stand_in: DiscordStandIn, bot: ChatBot
    ) -> None:
        await self.ask(people, gemini_stand_in, "a")
        (older,) = people.by_bot("general")
        await self.chatter(people)
        await restart_chat(bot)
        await self.ask(people, gemini_stand_in, "b")
        discord_stand_in.faults.add({**FORBIDDEN, **NEXT_READ, "times": None})

        for number in range(1, 4):
            await self.ask(people, gemini_stand_in, f"c{number}", reply_to=older)
            assert discord_stand_in.faults.struck == number


@pytest.mark.parametrize("is_reset", [False, True])
async def test_a_conversation_that_was_dropped_for_others_is_read_again_but_none_that_was_reset(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot, is_reset: bool
) -> None:
    gemini_stand_in.scripts.rules[:1] = []
    await people.say("haru", "general", "@Otonari 一つ目")
    await people.until(lambda: people.finished("general"))
    if is_reset:
        await people.use("haru", "general", "reset")
    cast("Chat", bot.get_cog("Chat"))._memory.forget_place(Place(int(people.channels["general"])))

    await people.say("haru", "general", "@Otonari 二つ目")
    await people.until(lambda: len(gemini_stand_in.journal.entries) == 2)

    given = [turn["parts"][0]["text"] for turn in gemini_stand_in.journal.entries[-1].contents]
    assert given == (["はる: 二つ目"] if is_reset else ["はる: 一つ目", "はい", "はる: 二つ目"])
