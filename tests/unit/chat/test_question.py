"""What a message asks."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import MagicMock

import discord
import pytest

from bot.chat.exchange import Place, Quote, Speaker
from bot.chat.message_words import quote, typed_words
from bot.chat.question import (
    is_addressed,
    is_from_a_person,
    is_in_channels,
    question_from,
)

ME = MagicMock(spec=discord.ClientUser, id=1, display_name="お隣")
HARU = MagicMock(spec=discord.Member, id=2, display_name="はる", bot=False)


def message(content: str = "", **attributes: object) -> discord.Message:
    defaults: dict[str, object] = {
        "id": 10,
        "author": HARU,
        "webhook_id": None,
        "type": discord.MessageType.default,
        "guild": MagicMock(spec=discord.Guild),
        "channel": MagicMock(spec=discord.TextChannel, id=100),
        "mentions": [],
        "role_mentions": [],
        "channel_mentions": [],
        "reference": None,
        "components": [],
        "embeds": [],
        "stickers": [],
        "attachments": [],
        "poll": None,
        "message_snapshots": [],
        "is_system": lambda: False,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return MagicMock(spec=discord.Message, content=content, **(defaults | attributes))


def reply_to(replied: object) -> discord.MessageReference:
    return MagicMock(spec=discord.MessageReference, resolved=replied)


@pytest.mark.parametrize(
    "kind", [discord.MessageType.pins_add, discord.MessageType.new_member, discord.MessageType.thread_created]
)
def test_discords_own_notices_are_not_from_a_person(kind: discord.MessageType) -> None:
    assert is_from_a_person(message())
    assert is_from_a_person(message(type=discord.MessageType.reply))
    assert not is_from_a_person(message(type=kind))


def test_bots_and_webhooks_are_not_persons() -> None:
    assert not is_from_a_person(message(webhook_id=5))
    assert not is_from_a_person(message(author=MagicMock(spec=discord.Member, bot=True)))


def test_a_direct_message_a_mention_and_a_reply_to_the_bot_are_addressed_to_it() -> None:
    assert is_addressed(message(guild=None), ME)
    assert is_addressed(message(mentions=[ME]), ME)
    assert is_addressed(message(reference=reply_to(message(author=ME))), ME)


def test_replies_to_others_or_to_nothing_left_are_not_addressed_to_the_bot() -> None:
    assert not is_addressed(message(), ME)
    assert not is_addressed(message(reference=reply_to(message(author=HARU))), ME)
    assert not is_addressed(message(reference=reply_to(MagicMock(spec=discord.DeletedReferencedMessage))), ME)
    assert not is_addressed(message(reference=reply_to(None)), ME)


def test_a_thread_belongs_to_its_channel() -> None:
    thread = MagicMock(spec=discord.Thread, id=101, parent_id=100)

    assert is_in_channels(message(), {100})
    assert is_in_channels(message(channel=thread), {100})
    assert is_in_channels(message(channel=thread), {101})
    assert not is_in_channels(message(channel=thread), {102})


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<@1> こんにちは", "こんにちは"),
        ("<@!1>こんにちは", "こんにちは"),
        ("ねえ <@1> 元気？", "ねえ 元気？"),
        ("元気？ <@1>", "元気？"),
        ("ねえ \t<@1><@1>  <@1> 元気？", "ねえ 元気？"),
        ("ねえ\n  <@1> 元気？", "ねえ\n 元気？"),
        ("<@1>", ""),
        ("<@1>\n```py\n  x = 1\n```", "```py\n  x = 1\n```"),
        ("<@2> と <@!2>、<@&3>、<#4>、<@5>、<:smile:6>", "@はる と @はる、@常連、#general、<@5>、<:smile:6>"),
    ],
)
def test_a_text_is_read_without_the_bots_mention_and_with_names(content: str, text: str) -> None:
    role, channel = MagicMock(spec=discord.Role, id=3), MagicMock(spec=discord.TextChannel, id=4)
    role.name, channel.name = "常連", "general"

    read = typed_words(
        message(content, mentions=[HARU], role_mentions=[role], channel_mentions=[channel]), ME
    )

    assert read == text


@pytest.mark.parametrize(
    "nothing", ["", " ", "\u3000", "\u200b", "\u2060\n\ufeff", "\U000e0061", "\u202e\u2066"]
)
def test_what_nobody_can_see_is_no_question(nothing: str) -> None:
    assert question_from(message(f"<@1>{nothing}"), ME, "ja").is_empty
    assert not question_from(message(f"<@1>{nothing}？"), ME, "ja").is_empty


def test_a_question_knows_its_place_speaker_time_and_what_it_replies_to() -> None:
    replied = message("before", id=9)

    question = question_from(message("<@1> hi", reference=reply_to(replied)), ME, "ja")

    assert (question.id, question.text, question.language, question.shared) == (10, "hi", "ja", True)
    assert question.place == Place(100)
    assert question.speaker == Speaker(2, "はる")
    assert question.at == datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    assert question.replied_to is replied


def test_a_quote_names_its_author_and_keeps_every_line() -> None:
    assert quote(message("a\nb"), ME) == "> はる: a\n> b"
    assert quote(message(""), ME) == ""


def test_what_a_question_refers_to_stands_before_it() -> None:
    question = question_from(message("why?"), ME, "en")
    quote_x = Quote(sources=(), author_id=None, text="> x: y")

    assert question.exchange(quotes=(quote_x,)).prompt_text == "> x: y\n\nwhy?"
    assert question.exchange(quotes=(quote_x,)).prompt == "why?"
    assert question.exchange().prompt_text == "why?"
    assert question.exchange().replied_to is None


def test_a_reply_continues_what_it_replies_to() -> None:
    question = question_from(message("why?", reference=reply_to(message(id=7))), ME, "en")

    assert question.exchange().replied_to == 7
