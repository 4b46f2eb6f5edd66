"""Chat over real sockets: the real bot and SDK between the Discord and Gemini stand-ins."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, TypeVar
from unittest.mock import create_autospec

import aiohttp
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import gemini_errors as errors
from bot.client import Bot
from bot.config import load_settings
from bot.conversation.message_splitter import split
from bot.discord_connection import run_until_closed, use_discord_endpoints
from bot.gemini import Gemini, Patience
from bot.state import State
from bot.supabase_client import SupabaseClient
from bot.texts import chat as texts
from sandbox.discord.stand_in import DiscordStandIn
from sandbox.gemini import GeminiStandIn
from sandbox.gemini.scripts import Script

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    Json = dict[str, Any]


T = TypeVar("T")


class ChatBot(Bot):
    """The real bot with nothing but chat."""

    async def setup_hook(self) -> None:
        await self.load_extension("bot.error_handler")
        await self.load_extension("bot.chat")
        await self.tree.sync()


class People:
    """Acts for the people of the sandbox, and sees what they see."""

    def __init__(self, session: aiohttp.ClientSession, state: Json) -> None:
        self._session = session
        self.ids = {user["username"]: user["id"] for user in state["users"]}
        self.channels = {channel["name"]: channel["id"] for channel in state["guilds"][0]["channels"]}
        self.messages: dict[str, Json] = {}
        self.history: dict[str, list[str]] = {}
        """Every content that each message of the bot has had."""
        self.reactions: list[tuple[str, str]] = []
        self._changed = asyncio.Condition()

    async def watch(self) -> None:
        """Follow the event stream."""
        async with self._session.ws_connect("/sandbox/events") as socket:
            async for frame in socket:
                event = frame.json()
                kind, data = event["type"], event["data"]
                async with self._changed:
                    if kind in {"message_create", "message_update"}:
                        self.messages[data["id"]] = data
                        self.history.setdefault(data["id"], []).append(data["content"])
                    elif kind.startswith("reaction_"):
                        self.reactions.append((kind, data["emoji"]["name"]))
                    self._changed.notify_all()

    async def until(self, found: Callable[[], T]) -> T:
        """Wait until ``found()`` is true after some event, and return it."""
        async with asyncio.timeout(20), self._changed:
            while not (result := found()):
                await self._changed.wait()
            return result

    async def say(self, who: str, channel: str, content: str) -> Json:
        body = {"user": self.ids[who], "content": content}
        return await self._post(f"/sandbox/channels/{self.channels[channel]}/messages", body)

    async def press(self, who: str, message: Json) -> Json:
        """Press the only button of a message."""
        body = {
            "user": self.ids[who],
            "channel": message["channel_id"],
            "message": message["id"],
            "custom_id": buttons(message)[0]["custom_id"],
        }
        return await self._post("/sandbox/interactions/component", body)

    async def command(self, who: str, channel: str, name: str, **options: object) -> Json:
        body = {"user": self.ids[who], "channel": self.channels[channel], "name": name, "options": options}
        return await self._post("/sandbox/interactions/command", body)

    async def _post(self, path: str, body: Json) -> Json:
        async with self._session.post(path, json=body) as response:
            answer = await response.json()
            assert response.ok, answer
            return answer

    def by_bot(self, channel: str) -> list[Json]:
        """Return the bot's messages in a channel, oldest first."""
        return [
            message
            for message in self.messages.values()
            if message["author"].get("bot")
            and message["channel_id"] == self.channels[channel]
            and message["content"]
        ]

    def finished(self, channel: str, count: int = 1) -> list[str]:
        """Return the bot's messages once there are ``count`` and none has a button any more."""
        messages = self.by_bot(channel)
        if len(messages) < count or any(map(buttons, messages)):
            return []
        return [message["content"] for message in messages]


def buttons(message: Json) -> list[Json]:
    return [button for row in message.get("components", []) for button in row["components"]]


@pytest.fixture
async def discord_stand_in() -> AsyncIterator[DiscordStandIn]:
    stand_in = DiscordStandIn(None, rate_limits=False)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture
async def gemini_stand_in(gemini_state_dir: Path) -> AsyncIterator[GeminiStandIn]:
    stand_in = GeminiStandIn(gemini_state_dir, pace=0.001)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture
async def bot(
    discord_stand_in: DiscordStandIn,
    gemini_stand_in: GeminiStandIn,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> AsyncIterator[ChatBot]:
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    settings = load_settings({**discord_stand_in.environment(), **gemini_stand_in.environment()})
    use_discord_endpoints(settings)
    bot = ChatBot(settings)
    bot._connection.guild_ready_timeout = 0.05  # two seconds by default, in which nothing more comes here
    bot.state = State(tmp_path / "state.sqlite3")
    bot.lavalink = None
    bot.supabase_client = create_autospec(SupabaseClient, instance=True)
    bot.gemini = Gemini(settings, patience=Patience(chunk=10.0, backoff=0.01))
    running = asyncio.create_task(run_until_closed(bot))
    async with asyncio.timeout(20):
        await discord_stand_in.bot_online.wait()
        await bot.wait_until_ready()
    yield bot
    await bot.close()
    with contextlib.suppress(asyncio.CancelledError):
        await running


@pytest.fixture
async def people(bot: ChatBot, discord_stand_in: DiscordStandIn) -> AsyncIterator[People]:
    async with aiohttp.ClientSession(discord_stand_in.url) as session:
        async with session.get("/sandbox/state") as response:
            people = People(session, await response.json())
        watching = asyncio.create_task(people.watch())
        yield people
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


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
    bot.supabase_client.save_conversation_log.assert_awaited_once_with(
        user_id=int(people.ids["haru"]), user_name="はる", prompt="数えて", response="ひとつ、ふたつ、"
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
        ("max_tokens", texts.CUT_OFF.ja),
    ],
    ids=["overloaded", "safety_stop", "max_tokens"],
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
