"""Whose words are quoted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock, MagicMock

import discord
import pytest

from bot.chat.exchange import Exchange, Source, Speaker
from bot.chat.forgotten import Forgotten
from bot.chat.quoting import Quoting
from bot.chat.throttle import Throttle
from bot.client import Bot
from bot.storage.state import State

if TYPE_CHECKING:
    from pathlib import Path

    from bot.chat.exchange import Quote

ME = MagicMock(spec=discord.ClientUser, id=1, display_name="お隣")
HARU = MagicMock(spec=discord.Member, id=2, display_name="はる")
YUKI = MagicMock(spec=discord.Member, id=3, display_name="ユキ")
NOW = datetime(2026, 7, 1, tzinfo=UTC)
LATER = datetime(2026, 7, 2, tzinfo=UTC)


def message(author: Any = YUKI, message_id: int = 10, **attributes: object) -> MagicMock:
    defaults: dict[str, object] = {
        "content": "x",
        "system_content": "x",
        "type": discord.MessageType.default,
        "channel": MagicMock(spec=discord.TextChannel, id=100),
        "reference": None,
        "poll": None,
        "interaction_metadata": None,
        "message_snapshots": [],
        "edited_at": None,
        "is_system": lambda: False,
        **dict.fromkeys(("mentions", "role_mentions", "channel_mentions", "components"), ()),
        **dict.fromkeys(("embeds", "stickers", "attachments"), ()),
    }
    return MagicMock(spec=discord.Message, id=message_id, author=author, **(defaults | attributes))


def reference(resolved: object = None, cached: object = None) -> MagicMock:
    return MagicMock(
        spec=discord.MessageReference, message_id=7, channel_id=200, resolved=resolved, cached_message=cached
    )


def forward(**attributes: object) -> MagicMock:
    """Return a message of Yuki's that forwards one of Haru's."""
    parts: dict[str, object] = dict.fromkeys(("embeds", "stickers", "attachments", "components"), ())
    snapshot = MagicMock(spec=discord.MessageSnapshot, content="secret", edited_at=None, **parts)
    return message(content="", message_snapshots=[snapshot], **({"reference": reference()} | attributes))


class Bench:
    """A channel in which the forwarded message is, or is not."""

    def __init__(self, path: Path) -> None:
        self.forgotten = Forgotten(State(path))
        self.channel = MagicMock(spec=discord.TextChannel, id=200, fetch_message=AsyncMock())
        self.bot = MagicMock(spec=Bot)
        self.bot.get_channel.side_effect = {200: self.channel}.get
        self.quoting = Quoting(self.bot, self.forgotten, Throttle(1_000.0, 100))

    def is_forgotten(self, quote: Quote) -> bool:
        asked = Exchange(prompt_id=11, speaker=Speaker(3, "ユキ"), prompt="", quotes=(quote,), at=0.0)
        return self.forgotten.has_words_of(asked)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "state.sqlite3")


async def test_a_message_is_its_authors(bench: Bench) -> None:
    quote = await bench.quoting.quote(message(), ME)

    assert (quote.text, quote.author_id) == ("> ユキ: x", YUKI.id)
    assert quote.sources == (Source(10, 100, YUKI.id),)


async def test_a_reply_says_nothing_of_what_it_replies_to(bench: Bench) -> None:
    replied = message(type=discord.MessageType.reply, reference=reference(message(HARU, 7)))

    assert (await bench.quoting.quote(replied, ME)).sources == (Source(10, 100, YUKI.id),)


async def test_an_answer_of_the_bot_may_repeat_the_question_but_is_its_own(bench: Bench) -> None:
    answer = message(ME, type=discord.MessageType.reply, reference=reference(message(HARU, 7)))
    used = MagicMock(spec=discord.MessageInteractionMetadata, user=HARU)

    quote = await bench.quoting.quote(answer, ME)
    to_a_command = await bench.quoting.quote(message(ME, interaction_metadata=used), ME)

    assert quote.sources == (Source(10, 100, ME.id), Source(7, 200, HARU.id))
    assert to_a_command.sources == (Source(10, 100, ME.id), Source(10, 100, HARU.id))
    assert quote.author_id == to_a_command.author_id == ME.id


@pytest.mark.parametrize("kind", ["default", "thread_starter_message", "poll_result"])
async def test_what_repeats_another_message_is_of_whoever_wrote_that(bench: Bench, kind: str) -> None:
    repeating = message(type=discord.MessageType[kind], reference=reference(message(HARU, 7)))

    quote = await bench.quoting.quote(repeating, ME)

    assert quote.author_id == HARU.id
    assert quote.sources == (Source(10, 100, YUKI.id), Source(7, 200, HARU.id))


async def test_the_first_line_of_a_thread_names_whoever_wrote_it(bench: Bench) -> None:
    starter = message(
        type=discord.MessageType.thread_starter_message,
        is_system=lambda: True,
        reference=reference(message(HARU, 7, content="secret")),
    )

    assert (await bench.quoting.quote(starter, ME)).text == "> はる: secret"


@pytest.mark.parametrize("is_cached", [True, False])
async def test_a_forward_is_of_whoever_wrote_what_is_forwarded(bench: Bench, is_cached: bool) -> None:
    origin = message(HARU, 7)
    bench.channel.fetch_message.return_value = origin

    quote = await bench.quoting.quote_forwarded(
        forward(reference=reference(cached=origin if is_cached else None)), ME
    )

    assert (quote.text, quote.author_id) == ("> secret", HARU.id)
    assert quote.sources == (Source(10, 100, YUKI.id), Source(7, 200, HARU.id))
    assert bench.channel.fetch_message.await_count == (0 if is_cached else 1)
    assert not bench.is_forgotten(quote)


async def test_a_forward_of_what_was_deleted_or_edited_since_is_forgotten(
    bench: Bench, tmp_path: Path
) -> None:
    bench.channel.fetch_message.side_effect = discord.NotFound(MagicMock(status=404), "Unknown Message")
    assert bench.is_forgotten(await bench.quoting.quote_forwarded(forward(), ME))

    other = Bench(tmp_path / "other.sqlite3")
    other.channel.fetch_message.return_value = message(HARU, 7, edited_at=LATER)
    assert other.is_forgotten(await other.quoting.quote_forwarded(forward(), ME))


@pytest.mark.parametrize(
    "fault",
    [discord.Forbidden(MagicMock(status=403), ""), KeyError("owner_id")],
    ids=["forbidden", "unreadable"],
)
async def test_whose_a_forward_is_stays_unknown_where_it_cannot_be_seen(
    bench: Bench, fault: Exception
) -> None:
    bench.channel.fetch_message.side_effect = fault

    seen = await bench.quoting.quote_forwarded(forward(), ME)
    bench.bot.get_channel.side_effect = None
    bench.bot.get_channel.return_value = None
    unseen = await bench.quoting.quote_forwarded(forward(), ME)

    assert seen == unseen
    assert (seen.author_id, seen.sources[1]) == (None, Source(7, 200, None))
    assert not bench.is_forgotten(seen)
