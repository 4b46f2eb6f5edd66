"""Where the message with which a thread begins is found."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import AsyncMock, MagicMock, create_autospec

import discord
import pytest

from bot import discord_http
from bot.chat.exchange import Exchange, Place, Speaker
from bot.chat.file_budget import FileBudget
from bot.chat.forgotten import Forgotten
from bot.chat.memory import Memory
from bot.chat.message_words import words_of
from bot.chat.quoting import Quoting
from bot.chat.thread_beginnings import ThreadBeginnings
from bot.chat.throttle import Throttle
from bot.storage.state import State
from bot.units import MEBIBYTE

ME = MagicMock(spec=discord.ClientUser, id=1, display_name="お隣")
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def channel(
    kind: type[discord.TextChannel | discord.ForumChannel | discord.Thread], **attributes: object
) -> MagicMock:
    made = MagicMock(spec=kind, id=900)
    made.configure_mock(name="49.4C02", **attributes)
    return made


def message(where: MagicMock, content: str) -> MagicMock:
    return MagicMock(
        spec=discord.Message,
        id=900,
        channel=where,
        content=content,
        author=MagicMock(spec=discord.Member, id=2, display_name="ユキ"),
        type=discord.MessageType.default,
        created_at=NOW,
        reference=None,
        poll=None,
        is_system=lambda: False,
    )


def given(memory: Memory) -> list[str]:
    prompt = Exchange(prompt_id=901, speaker=Speaker(3, "はる"), prompt="what is this?", at=NOW.timestamp())
    return [turn.text for turn in memory.turns(Place(900), prompt, shared=False)]


def beginnings(memory: Memory) -> ThreadBeginnings:
    state = create_autospec(State, instance=True)
    state.get.return_value, state.keys.return_value = None, []
    forgotten, throttle = Forgotten(state), Throttle(1000.0, 100)
    quoting = Quoting(MagicMock(), forgotten, throttle)
    return ThreadBeginnings(memory, forgotten, quoting, throttle, FileBudget(MEBIBYTE))


async def test_a_post_of_a_forum_begins_with_its_title_and_its_own_first_message() -> None:
    memory, post = Memory(), channel(discord.Thread, parent=channel(discord.ForumChannel))
    post.fetch_message.return_value = message(post, "after the update")

    await beginnings(memory).load(post, 901, ME)

    assert given(memory) == ["> ユキ: # 49.4C02\n> after the update\n\nwhat is this?"]
    post.fetch_message.assert_awaited_once_with(900)


async def test_another_thread_begins_with_a_message_of_its_parent() -> None:
    parent = channel(discord.TextChannel)
    memory, thread = Memory(), channel(discord.Thread, parent=parent)
    parent.fetch_message.return_value = message(MagicMock(spec=discord.TextChannel, id=5), "after the update")

    await beginnings(memory).load(thread, 901, ME)

    assert given(memory) == ["> ユキ: after the update\n\nwhat is this?"]
    thread.fetch_message.assert_not_awaited()


async def test_a_post_whose_answer_is_known_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    memory, post = Memory(), channel(discord.Thread, parent=channel(discord.ForumChannel))
    post.fetch_message.return_value = shown = message(post, "help?")
    failing = MagicMock(spec=discord.Attachment, filename="a.png", content_type=None, size=1)
    failure = discord.DiscordServerError(MagicMock(status=500), "")
    monkeypatch.setattr(discord_http, "read_file", AsyncMock(side_effect=failure))
    shown.attachments = [failing]
    loader = beginnings(memory)
    await loader.load(post, 901, ME)
    answered = Exchange(
        prompt_id=900, speaker=Speaker(2, "ユキ"), prompt="help?", answer="yes", at=NOW.timestamp()
    )
    memory.remember(Place(900), answered)

    await loader.load(post, 901, ME)

    assert given(memory) == ["help?", "yes", "what is this?"]


async def test_the_question_that_is_the_beginning_itself_is_not_read_again() -> None:
    memory, post = Memory(), channel(discord.Thread, parent=channel(discord.ForumChannel))

    await beginnings(memory).load(post, 900, ME)

    post.fetch_message.assert_not_awaited()
    assert words_of(message(post, "help, <@1>"), ME) == "# 49.4C02\nhelp,"


@pytest.mark.parametrize(
    "place",
    [channel(discord.TextChannel), channel(discord.Thread, parent=None)],
    ids=["channel", "unknown parent"],
)
async def test_where_nothing_can_have_begun_nothing_is_read(place: MagicMock) -> None:
    memory = Memory()

    await beginnings(memory).load(place, 901, ME)

    place.fetch_message.assert_not_awaited()
    assert given(memory) == ["what is this?"]
