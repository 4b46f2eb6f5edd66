"""When the bot answers, what it says, and what it remembers, in front of a simulated Discord."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import AsyncMock, create_autospec

import discord
import pytest

from bot.client import Bot
from bot.config import load_settings
from bot.llm import errors
from bot.llm.chunks import Chunk
from bot.llm.gemini import Gemini
from bot.netstats.answer import NetstatsAnswer
from bot.notice_mark import marked
from bot.storage.state import State
from bot.supabase_client import SupabaseClient
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    import simcord

    from bot.llm.tools import Toolbox
    from bot.llm.turns import File, Turn


class ScriptedGemini:
    """Answers with what it was scripted to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: list[Chunk | Exception] = [Chunk("はい。", ending="stop")]
        self.asked: list[list[tuple[str, str]]] = []
        self.files: list[list[File]] = []
        self.instructions: list[str] = []
        self.models: list[str | None] = []
        self.tools: list[list[str]] = []

    async def stream(
        self,
        turns: Sequence[Turn],
        *,
        system_instruction: str = "",
        model: str | None = None,
        toolbox: Toolbox | None = None,
    ) -> AsyncGenerator[Chunk]:
        self.asked.append([(turn.role, turn.text) for turn in turns])
        self.files.append([file for turn in turns for file in turn.files])
        self.instructions.append(system_instruction)
        self.models.append(model)
        self.tools.append([tool.name for tool in toolbox.tools] if toolbox else [])
        for step in self.answer:
            if isinstance(step, Exception):
                raise step
            yield step


class ChatBot(Bot):
    """The real bot with nothing but chat."""

    async def setup_hook(self) -> None:
        await self.load_extension("bot.error_handler")
        await self.load_extension("bot.chat")
        await self.tree.sync()


class World(NamedTuple):
    """Everything that a test acts on."""

    env: simcord.Env
    bot: ChatBot
    gemini: ScriptedGemini
    guild: simcord.GuildHandle
    general: simcord.ChannelHandle
    haru: simcord.MemberActor
    yuki: simcord.MemberActor
    logged: AsyncMock

    @property
    def me(self) -> str:
        assert self.bot.user
        return self.bot.user.mention

    def answers(self, channel: simcord.ChannelHandle | None = None) -> list[discord.Message]:
        """Return what the bot wrote in a channel, oldest first."""
        return [message for message in (channel or self.general).history() if message.author == self.bot.user]

    def said(self, channel: simcord.ChannelHandle | None = None) -> list[str]:
        return [message.content for message in self.answers(channel)]

    def chat_in(self, channel: simcord.ChannelHandle) -> None:
        """Choose a channel by CHAT_CHANNEL_IDS."""
        self.bot.settings = replace(self.bot.settings, chat_channel_ids=frozenset({channel.id}))


@pytest.fixture
def scripted() -> ScriptedGemini:
    return ScriptedGemini()


@pytest.fixture
def simcord_bot(scripted: ScriptedGemini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ChatBot:
    monkeypatch.setattr("bot.chat.budget.SAVE_SECONDS", 0.0)  # The simulation waits for every task.
    bot = ChatBot(load_settings({"DISCORD_TOKEN": "token", "SHARD_COUNT": "1", "GEMINI_API_KEY": "key"}))
    bot.gemini = create_autospec(Gemini, instance=True, replaced_model=None, model="gemini-test")
    bot.gemini.stream = scripted.stream
    bot.gemini.model_for = lambda chosen: chosen or "gemini-test"
    bot.lavalink = None
    bot.state = State(tmp_path / "state.sqlite3")
    bot.supabase_client = create_autospec(SupabaseClient, instance=True)
    bot.netstats = NetstatsAnswer(bot.supabase_client, bot.settings)
    return bot


@pytest.fixture
def world(simcord_env: simcord.Env, simcord_bot: ChatBot, scripted: ScriptedGemini) -> World:
    guild = simcord_env.create_guild()
    return World(
        env=simcord_env,
        bot=simcord_bot,
        gemini=scripted,
        guild=guild,
        general=guild.create_text_channel("general"),
        haru=guild.add_member(simcord_env.create_user("はる")),
        yuki=guild.add_member(simcord_env.create_user("ユキ")),
        logged=simcord_bot.supabase_client.save_conversation_log,
    )


async def test_a_mention_is_answered_with_a_reply(world: World) -> None:
    message = await world.haru.send(world.general, f"{world.me} こんにちは")

    (answer,) = world.answers()
    assert answer.content == "はい。"
    assert answer.reference
    assert answer.reference.message_id == message.id
    assert not answer.components
    assert world.gemini.asked == [[("user", "はる: こんにちは")]]


async def test_a_direct_message_is_answered_without_speaker_names(world: World) -> None:
    await world.haru.send_dm("こんにちは")

    assert world.said(world.haru.user.dm_channel) == ["はい。"]
    assert world.gemini.asked == [[("user", "こんにちは")]]
    assert texts.SHARED_CHANNEL.ja not in world.gemini.instructions[0]


async def test_a_reply_to_the_bot_is_answered_and_continues_the_conversation(world: World) -> None:
    await world.haru.send(world.general, f"{world.me} 1")
    await world.yuki.send(world.general, f"{world.me} unrelated", reply_to=await other_message(world))
    await world.yuki.send(world.general, "2", reply_to=world.answers()[0])

    assert world.gemini.asked[2] == [("user", "はる: 1"), ("model", "はい。"), ("user", "ユキ: 2")]


async def other_message(world: World) -> discord.Message:
    return await world.haru.send(world.general, "お昼はカレーだった")


async def test_a_reply_to_somebody_else_that_mentions_the_bot_quotes_them(world: World) -> None:
    await world.yuki.send(world.general, f"{world.me} どう思う？", reply_to=await other_message(world))

    assert world.gemini.asked == [[("user", "ユキ: > はる: お昼はカレーだった\n\nどう思う？")]]
    assert world.logged.await_args
    assert world.logged.await_args.kwargs["prompt"] == "どう思う？"


async def test_a_bare_mention_in_a_reply_asks_about_the_message_replied_to(world: World) -> None:
    await world.yuki.send(world.general, world.me, reply_to=await other_message(world))

    assert world.gemini.asked == [[("user", "ユキ: > はる: お昼はカレーだった")]]


async def test_every_message_of_a_chosen_channel_and_its_threads_is_answered(world: World) -> None:
    world.chat_in(world.general)
    elsewhere = world.guild.create_text_channel("elsewhere")

    await world.haru.send(world.general, "a")
    await world.haru.send(elsewhere, "b")

    assert world.said() == ["はい。"]
    assert world.said(elsewhere) == []


@pytest.mark.parametrize("content", ["@everyone お知らせ", "@here お知らせ", "みんなへ"])
async def test_what_is_not_meant_for_the_bot_is_left_alone(world: World, content: str) -> None:
    await world.haru.send(world.general, content)

    assert world.said() == []
    assert world.gemini.asked == []


async def test_a_role_mention_is_not_a_mention_of_the_bot(world: World) -> None:
    assert world.guild.me
    role = world.guild.me.guild.self_role or world.guild.default_role

    await world.haru.send(world.general, f"<@&{role.id}> こんにちは")

    assert world.gemini.asked == []


async def test_webhooks_and_other_bots_are_left_alone(world: World) -> None:
    world.chat_in(world.general)
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))

    await robot.send(world.general, f"{world.me} hi")
    await world.guild.create_webhook(world.general).send(f"{world.me} hi")

    assert world.gemini.asked == []


async def test_a_bot_and_a_webhook_are_answered_where_they_are_configured(world: World) -> None:
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    webhook = world.guild.create_webhook(world.general)
    world.bot.settings = replace(world.bot.settings, chat_bot_ids=frozenset({robot.id, webhook.id}))

    await robot.send(world.general, f"{world.me} hi")
    await webhook.send(f"{world.me} hello")

    assert [turns[-1][1].partition(": ")[2] for turns in world.gemini.asked] == ["hi", "hello"]


async def test_the_bot_never_answers_itself(world: World) -> None:
    world.chat_in(world.general)
    assert world.bot.user
    world.bot.settings = replace(world.bot.settings, chat_bot_ids=frozenset({world.bot.user.id}))

    await world.haru.send(world.general, "hi")

    assert len(world.gemini.asked) == 1


@pytest.mark.parametrize("content", ["!play 夜に駆ける", "!unknown"])
async def test_prefix_commands_are_left_alone(world: World, content: str) -> None:
    world.chat_in(world.general)

    await world.haru.send(world.general, content)

    assert world.gemini.asked == []


async def test_an_exclamation_is_not_a_command(world: World) -> None:
    world.chat_in(world.general)

    await world.haru.send(world.general, "!!")

    assert len(world.gemini.asked) == 1


async def test_a_bare_mention_gets_a_hint(world: World) -> None:
    await world.haru.send(world.general, world.me)

    assert world.bot.user
    assert world.said() == [marked(texts.HINT.ja.format(name=world.bot.user.display_name))]
    assert world.gemini.asked == []


async def test_mentions_of_others_are_read_as_names(world: World) -> None:
    await world.haru.send(
        world.general, f"{world.me} {world.yuki.mention} と {world.general.mention} で話そう"
    )

    assert world.gemini.asked == [[("user", "はる: @ユキ と #general で話そう")]]


async def test_the_conversation_is_recorded_with_the_prompt_as_written(world: World) -> None:
    await world.haru.send(world.general, f"{world.me} こんにちは")

    world.logged.assert_awaited_once_with(
        user_id=world.haru.id,
        user_name="はる",
        prompt="こんにちは",
        response="はい。",
        guild_id=world.guild.id,
        channel_id=world.general.id,
        model=None,
        prompt_tokens=None,
        response_tokens=None,
        is_private=False,
    )


async def test_a_conversation_is_recorded_even_if_discord_refuses_the_answer(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)

    await world.haru.send(world.general, f"{world.me} こんにちは")

    world.logged.assert_awaited_once()
    assert world.said() == []


async def test_a_long_answer_goes_on_in_further_messages(world: World) -> None:
    world.gemini.answer = [Chunk("あ" * 1500 + "。"), Chunk("い" * 1500, ending="stop")]

    await world.haru.send(world.general, f"{world.me} 長く")

    assert world.said() == ["あ" * 1500 + "。", "い" * 1500]
    first, second = world.answers()
    assert second.reference
    assert second.reference.message_id == first.id
    assert world.logged.await_args
    assert world.logged.await_args.kwargs["response"] == "あ" * 1500 + "。" + "い" * 1500


async def test_a_reply_to_any_part_of_a_long_answer_continues_it(world: World) -> None:
    world.gemini.answer = [Chunk("あ" * 1500 + "。"), Chunk("い" * 1500, ending="stop")]
    await world.haru.send(world.general, f"{world.me} 1")

    await world.haru.send(world.general, "2", reply_to=world.answers()[1])

    assert [role for role, _text in world.gemini.asked[1]] == ["user", "model", "user"]


async def test_nothing_in_an_answer_can_ping(world: World) -> None:
    world.gemini.answer = [Chunk("@everyone"), Chunk(f" <@{world.yuki.id}> <@&1>", ending="stop")]

    await world.haru.send(world.general, f"{world.me} ping")

    writes = [
        request.json["allowed_mentions"]
        for request in world.env.http_requests
        if request.method in {"POST", "PATCH"} and "/messages" in request.path and request.json
    ]
    assert len(writes) >= 2
    assert all(allowed == {"parse": [], "replied_user": True} for allowed in writes)


@pytest.mark.parametrize(
    "error",
    [
        errors.QuotaError(30),
        errors.OverloadedError(),
        errors.AnswerTimeoutError(),
        errors.UnreachableError(),
        errors.PromptBlockedError("SAFETY"),
        errors.BadKeyError(),
        errors.AccessRefusedError(),
        errors.ModelNotFoundError("gemini-test"),
        errors.InvalidRequestError(),
        errors.EmptyAnswerError(),
        errors.AnswerBrokenError("MALFORMED_FUNCTION_CALL"),
        errors.UnknownEndingError("77"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_every_failure_has_its_own_notice(world: World, error: errors.LLMError) -> None:
    world.gemini.answer = [error]

    await world.haru.send(world.general, f"{world.me} こんにちは")

    assert world.said() == [marked(error.in_language("ja"))]
    world.logged.assert_not_awaited()


async def test_a_failed_prompt_is_not_remembered(world: World) -> None:
    world.gemini.answer = [errors.PromptBlockedError("SAFETY")]
    await world.haru.send(world.general, f"{world.me} bad")
    world.gemini.answer = [Chunk("good", ending="stop")]

    await world.haru.send(world.general, f"{world.me} better")

    assert world.gemini.asked[1] == [("user", "はる: better")]


async def test_an_answer_that_breaks_off_keeps_what_there_is_and_says_why(world: World) -> None:
    world.gemini.answer = [Chunk("ここまで"), errors.AnswerBlockedError("SAFETY")]

    await world.haru.send(world.general, f"{world.me} go")

    reason = errors.AnswerBlockedError("SAFETY").in_language("ja")
    assert world.said() == [f"ここまで\n\n{marked(reason)}"]
    assert world.logged.await_args
    assert world.logged.await_args.kwargs["response"] == "ここまで"


async def test_an_answer_at_the_length_limit_says_so(world: World) -> None:
    world.gemini.answer = [Chunk("long", ending="max_tokens")]

    await world.haru.send(world.general, f"{world.me} go")

    assert world.said() == [f"long\n\n{marked(texts.CUT_OFF.ja)}"]


async def test_an_unexpected_fault_is_reported_with_an_error_id(world: World) -> None:
    world.gemini.answer = [ZeroDivisionError("a bug")]

    await world.haru.send(world.general, f"{world.me} go")

    (notice,) = world.said()
    assert notice.startswith(marked("❌"))


async def test_without_a_key_whoever_asks_learns_it_and_the_channel_is_not_flooded(world: World) -> None:
    world.bot.gemini = None
    world.chat_in(world.general)

    await world.haru.send(world.general, "just talking")
    await world.haru.send(world.general, f"{world.me} hi")

    assert world.said() == [marked(texts.SWITCHED_OFF.ja)]


async def test_without_a_key_one_log_line_says_so(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.bot.gemini = None

    with caplog.at_level("INFO", "bot.chat"):
        await world.bot.reload_extension("bot.chat")

    assert caplog.messages == ["Chat is off: GEMINI_API_KEY is not set"]


async def test_unloading_chat_removes_both_cogs_and_their_commands(world: World) -> None:
    await world.bot.unload_extension("bot.chat")

    assert {"Chat", "ChannelSettings", "ChatSettings"}.isdisjoint(world.bot.cogs)
    assert world.bot.tree.get_commands() == []


async def test_notices_are_known_to_have_marks_since_the_first_message_ever_answered(world: World) -> None:
    first = await world.haru.send(world.general, f"{world.me} 1")
    await restart_chat(world.bot)
    await world.haru.send(world.general, f"{world.me} 2")

    assert world.bot.state.get("chat.notices_marked_since") == first.id


async def test_where_the_bot_may_not_write_the_asker_is_notified_privately(world: World) -> None:
    closed = world.guild.create_text_channel(
        "closed",
        overwrites={world.guild.me: discord.PermissionOverwrite(send_messages=False)}
        if world.guild.me
        else {},
    )

    await world.haru.send(closed, f"{world.me} hi")

    assert world.said(closed) == []
    assert world.gemini.asked == []
    refusal = texts.CANNOT_WRITE.ja.format(channel=closed.mention)
    assert world.said(world.haru.user.dm_channel) == [marked(refusal)]


async def test_without_the_right_to_read_history_the_answer_is_no_reply(world: World) -> None:
    assert world.guild.me
    channel = world.guild.create_text_channel(
        "new", overwrites={world.guild.me: discord.PermissionOverwrite(read_message_history=False)}
    )

    await world.haru.send(channel, f"{world.me} hi")

    (answer,) = world.answers(channel)
    assert answer.reference is None


async def test_an_edited_message_is_edited_in_memory_and_a_deleted_one_forgotten(world: World) -> None:
    message = await world.haru.send(world.general, f"{world.me} 1")
    await world.haru.edit(message, f"{world.me} one")
    await world.haru.send(world.general, f"{world.me} 2")
    assert world.gemini.asked[1][0] == ("user", "はる: one")

    await world.haru.delete(message)
    await world.haru.send(world.general, f"{world.me} 3")
    assert [text for _role, text in world.gemini.asked[2]] == ["はる: 3"], "what followed may repeat it"


async def test_messages_that_a_moderator_purges_are_forgotten_wherever_they_are_quoted(world: World) -> None:
    theirs = await world.yuki.send(world.general, "secret")
    other = world.guild.create_text_channel("other")
    question = await world.haru.send(world.general, f"{world.me} what?", reply_to=theirs)
    assert world.gemini.asked[0] == [("user", "はる: > ユキ: secret\n\nwhat?")]

    event = {"ids": [str(theirs.id), str(other.id)], "channel_id": str(world.general.id)}
    world.bot._connection.parse_message_delete_bulk(event)
    await world.haru.send(world.general, f"{world.me} and?")
    await world.yuki.send(world.general, f"{world.me} what did they say?", reply_to=question)

    assert world.gemini.asked[1] == [("user", "はる: and?")]
    assert "secret" not in str(world.gemini.asked[2])


async def test_every_message_is_sent_with_a_nonce_so_that_none_arrives_twice(world: World) -> None:
    world.gemini.answer = [Chunk("あ" * 1500 + "。" + "い" * 1500, ending="stop")]

    message = await world.haru.send(world.general, f"{world.me} long")

    sent = [
        request.json
        for request in world.env.http_requests
        if request.method == "POST" and request.path.endswith("/messages")
    ]
    assert [(body["nonce"], body["enforce_nonce"]) for body in sent] == [
        (f"{message.id}.0", True),
        (f"{message.id}.1", True),
    ]


async def test_the_channels_of_a_server_do_not_know_of_each_other(world: World) -> None:
    other = world.guild.create_text_channel("other")
    await world.haru.send(world.general, f"{world.me} secret")

    await world.haru.send(other, f"{world.me} hi")
    await world.haru.send_dm("hi")

    assert [len(turns) for turns in world.gemini.asked] == [1, 1, 1]


async def test_after_a_restart_the_conversation_goes_on(world: World) -> None:
    world.gemini.answer = [Chunk("あ" * 1500 + "。" + "い" * 600, ending="stop")]
    await world.haru.send(world.general, f"{world.me} 1")
    world.gemini.answer = [Chunk("2!", ending="stop")]
    await world.haru.send(world.general, f"{world.me} 2")
    await world.bot.reload_extension("bot.chat")

    await world.yuki.send(world.general, f"{world.me} 3")

    assert world.gemini.asked[2] == [
        ("user", "はる: 1"),
        ("model", "あ" * 1500 + "。\n\n" + "い" * 600),
        ("user", "はる: 2"),
        ("model", "2!"),
        ("user", "ユキ: 3"),
    ]


async def test_after_a_restart_a_reply_to_an_old_answer_finds_its_chain(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("bot.chat.history_loader"), "RECENT", 3)
    await world.haru.send(world.general, f"{world.me} old")
    (old,) = world.answers()
    for number in range(4):
        await world.yuki.send(world.general, f"chatter {number}")
    await restart_chat(world.bot)

    await world.yuki.send(world.general, "more", reply_to=old)

    assert world.gemini.asked[1] == [("user", "はる: old"), ("model", "はい。"), ("user", "ユキ: more")]


async def test_after_a_restart_only_what_was_said_in_the_same_place_is_loaded(world: World) -> None:
    other = world.guild.create_text_channel("other")
    await world.haru.send(world.general, f"{world.me} secret")
    await world.haru.send(world.general, "!play something")
    await world.bot.reload_extension("bot.chat")

    await world.haru.send(other, f"{world.me} hi")

    assert world.gemini.asked[1] == [("user", "はる: hi")]


async def test_where_the_bot_may_not_read_history_it_answers_without(world: World) -> None:
    assert world.guild.me
    channel = world.guild.create_text_channel(
        "new", overwrites={world.guild.me: discord.PermissionOverwrite(read_message_history=False)}
    )
    await world.haru.send(channel, f"{world.me} 1")
    await world.bot.reload_extension("bot.chat")

    await world.haru.send(channel, f"{world.me} 2")

    assert [len(turns) for turns in world.gemini.asked] == [1, 1]


async def test_after_a_reset_nothing_is_known_also_after_a_restart(world: World) -> None:
    await world.haru.send(world.general, f"{world.me} 1")

    result = await world.haru.slash(world.general, "reset")
    await world.haru.send(world.general, f"{world.me} 2")
    await world.bot.reload_extension("bot.chat")
    await world.haru.send(world.general, f"{world.me} 3")

    assert result.response
    assert result.response.content == marked(texts.RESET_DONE.en)
    assert [[text for role, text in turns if role == "user"] for turns in world.gemini.asked] == [
        ["はる: 1"],
        ["はる: 2"],
        ["はる: 2", "はる: 3"],
    ]


async def test_a_question_that_is_deleted_while_it_is_answered_is_not_remembered(world: World) -> None:
    scripted_stream = world.gemini.stream

    async def delete_meanwhile(turns: Sequence[Turn], **options: object) -> AsyncGenerator[Chunk]:
        yield Chunk("はい。", ending="stop")
        question = world.general.history()[0]
        event = {"id": str(question.id), "channel_id": str(world.general.id)}
        world.bot._connection.parse_message_delete(event)
        await asyncio.sleep(0)

    assert world.bot.gemini
    world.bot.gemini.stream = delete_meanwhile
    await world.haru.send(world.general, f"{world.me} secret")
    world.bot.gemini.stream = scripted_stream
    await world.haru.send(world.general, f"{world.me} 2")

    assert world.gemini.asked == [[("user", "はる: 2")]]


async def test_the_owner_is_notified_once_that_the_model_is_gone(world: World) -> None:
    assert world.bot.gemini
    world.bot.gemini.replaced_model = "gemini-old"
    world.bot.gemini.model_for = lambda chosen: "gemini-flash-latest"

    await world.haru.send(world.general, f"{world.me} 1")
    await world.haru.send(world.general, f"{world.me} 2")

    notices = [content for content in posted(world) if "gemini-old" in content]
    assert notices == [
        marked(texts.MODEL_REPLACED.ja.format(replaced="gemini-old", model="gemini-flash-latest"))
    ]


def posted(world: World) -> list[str]:
    """Return what the bot posted anywhere, whether it arrived or not."""
    return [
        request.json["content"]
        for request in world.env.http_requests
        if request.method == "POST" and isinstance(request.json, dict) and "content" in request.json
    ]


async def test_the_slash_command_answers_in_the_channel_and_is_remembered_there(world: World) -> None:
    result = await world.haru.slash(world.general, "chat", prompt="こんにちは")
    await world.yuki.send(world.general, f"{world.me} 2")

    assert result.response
    assert result.response.content == "はい。"
    assert not result.response.ephemeral
    assert [text for _role, text in world.gemini.asked[1]] == ["はる: こんにちは", "はい。", "ユキ: 2"]


async def test_a_private_answer_is_ephemeral_to_its_last_part_and_stays_out_of_the_channel(
    world: World,
) -> None:
    world.gemini.answer = [Chunk("あ" * 1500 + "。" + "い" * 1500, ending="stop")]

    result = await world.haru.slash(world.general, "chat", prompt="secret", private=True)
    await world.yuki.send(world.general, f"{world.me} 2")

    assert result.response
    assert result.response.ephemeral
    assert [part.ephemeral for part in result.followups] == [True]
    assert len(world.gemini.asked[1]) == 1


async def test_it_is_recorded_where_and_whether_in_private_a_question_was_asked(world: World) -> None:
    await world.haru.slash(world.general, "chat", prompt="secret", private=True)
    await world.haru.send(world.general, f"{world.me} 2")

    recorded = [call.kwargs for call in world.logged.await_args_list]
    assert [row["is_private"] for row in recorded] == [True, False]
    assert {row["channel_id"] for row in recorded} == {world.general.id}
    names = [call.kwargs for call in world.bot.supabase_client.save_discord_name.call_args_list]
    assert {(name["discord_id"], name["name"]) for name in names} == {
        (world.guild.id, world.guild.name),
        (world.general.id, "general"),
    }


async def test_a_failed_slash_command_is_answered_in_the_users_language(world: World) -> None:
    world.gemini.answer = [errors.OverloadedError()]

    result = await world.haru.slash(world.general, "chat", prompt="hi", private=True)

    assert result.response
    assert result.response.ephemeral
    assert result.response.content == marked(errors.OverloadedError().in_language("en"))


async def restart_chat(bot: ChatBot) -> None:
    """Make chat's objects again, as a new process does; what a test patched in its modules stays."""
    for cog in ("Chat", "ChannelSettings", "ChatSettings"):
        await bot.remove_cog(cog)
    await import_module("bot.chat").setup(bot)


async def ask_after_a_restart(world: World, reply_to: discord.Message) -> list[tuple[str, str]]:
    """Return what the model is given when somebody replies to a message after a restart."""
    await restart_chat(world.bot)
    world.gemini.answer = [Chunk("はい。", ending="stop")]
    await world.yuki.send(world.general, "もっと", reply_to=reply_to)
    return world.gemini.asked[-1]


async def test_after_a_restart_a_conversation_is_followed_to_its_beginning(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("bot.chat.history_loader"), "RECENT", 3)
    monkeypatch.setattr(import_module("bot.chat.history_loader"), "AROUND", 3)
    await world.haru.send(world.general, f"{world.me} 1")
    for number in (2, 3):
        last = world.answers()[-1]
        for _ in range(5):
            await world.yuki.send(world.general, "雑談")
        await world.haru.send(world.general, f"{number}", reply_to=last)

    given = await ask_after_a_restart(world, world.answers()[-1])

    assert [text for role, text in given if role == "user"] == [
        "はる: 1",
        "はる: 2",
        "はる: 3",
        "ユキ: もっと",
    ]


async def test_after_a_restart_a_quote_is_still_known_and_an_unfolded_link_takes_none_away(
    world: World,
) -> None:
    lunch = await other_message(world)
    asked = await world.yuki.send(world.general, f"{world.me} どう思う？", reply_to=lunch)
    quoted = ("user", "ユキ: > はる: お昼はカレーだった\n\nどう思う？")

    # Discord tells of an unfolded link as of an edit.
    await world.yuki.edit(asked, asked.content)
    await world.yuki.send(world.general, f"{world.me} 2")
    assert world.gemini.asked[-1][0] == quoted

    assert (await ask_after_a_restart(world, world.answers()[0]))[0] == quoted


async def test_after_a_restart_a_notice_is_no_part_of_an_answer(
    world: World,
) -> None:
    world.gemini.answer = [Chunk("ここまで"), errors.OverloadedError()]
    await world.haru.send(world.general, f"{world.me} 1")
    world.gemini.answer = [errors.QuotaError(30)]
    await world.haru.send(world.general, f"{world.me} 2")

    given = await ask_after_a_restart(world, world.answers()[0])

    assert given == [("user", "はる: 1"), ("model", "ここまで"), ("user", "ユキ: もっと")]


async def test_after_a_restart_a_bot_that_is_answered_is_remembered(world: World) -> None:
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    world.bot.settings = replace(world.bot.settings, chat_bot_ids=frozenset({robot.id}))
    await robot.send(world.general, f"{world.me} hi")

    assert (await ask_after_a_restart(world, world.answers()[0]))[0] == ("user", "robot: hi")


async def test_after_a_restart_the_slash_command_goes_on_with_what_was_said_in_the_channel(
    world: World,
) -> None:
    await world.haru.send(world.general, f"{world.me} 1")
    await world.bot.reload_extension("bot.chat")

    await world.yuki.slash(world.general, "chat", prompt="2")

    assert world.gemini.asked[-1] == [("user", "はる: 1"), ("model", "はい。"), ("user", "ユキ: 2")]
