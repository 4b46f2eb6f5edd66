"""What a message says, whatever it is made of; read from Discord's own JSON."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import discord
import pytest
from discord.state import ConnectionState

from bot.chat.message_words import quote, typed_words, words_of

Json = dict[str, Any]

ME = MagicMock(spec=discord.ClientUser, id=1, display_name="お隣")
NOW = "2026-07-01T00:00:00+00:00"
STATE = MagicMock(spec=ConnectionState, _messages=[], user=ME, http=None)
STATE.store_user.side_effect = lambda data, **_: discord.User(state=STATE, data=data)
STATE.create_user.side_effect = STATE.store_user.side_effect
CHANNEL = MagicMock(spec=discord.TextChannel, id=100, type=discord.ChannelType.text, guild=None)


def person(id_: int, name: str) -> Json:
    return {
        "id": str(id_),
        "username": name.lower(),
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
    }


def data(content: str = "", **more: Any) -> Json:
    return {
        "id": "10",
        "channel_id": "100",
        "type": 0,
        "author": person(2, "Haru"),
        "content": content,
        "timestamp": NOW,
        "edited_timestamp": None,
        "tts": False,
        "pinned": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        **more,
    }


def message(content: str = "", **more: Any) -> discord.Message:
    return discord.Message(state=STATE, channel=CHANNEL, data=data(content, **more))


def attachment(filename: str, **more: Any) -> Json:
    return {"id": "9", "filename": filename, "size": 1, "url": "u", "proxy_url": "p", **more}


def text_display(content: str) -> Json:
    return {"type": 10, "content": content}


MEDIA = {"url": "https://x.test/a.png"}
CARD = {
    "type": 17,
    "components": [
        text_display("# Build 512 failed"),
        {
            "type": 9,
            "components": [text_display("main by <@3>"), text_display("3 tests")],
            "accessory": {"type": 11, "media": MEDIA, "description": "a red cross"},
        },
        {"type": 14},
        {"type": 12, "items": [{"media": MEDIA, "description": "the\nlog"}, {"media": MEDIA}]},
        {"type": 13, "file": MEDIA, "name": "report.txt"},
        {
            "type": 1,
            "components": [
                {"type": 2, "style": 1, "custom_id": "r", "label": "Run again"},
                {"type": 2, "style": 1, "custom_id": "e", "emoji": {"id": None, "name": "⏹"}},
            ],
        },
        {
            "type": 1,
            "components": [
                {
                    "type": 3,
                    "custom_id": "s",
                    "placeholder": "Assign",
                    "options": [{"label": "Haru", "value": "1"}, {"label": "Yuki", "value": "2"}],
                }
            ],
        },
        {"type": 99, "content": "of a kind that the library does not know"},
    ],
}
RICH = {
    "type": "rich",
    "author": {"name": "CI"},
    "title": "Build 512",
    "description": "failed",
    "fields": [{"name": "Branch", "value": "main", "inline": True}],
    "footer": {"text": "2 minutes ago"},
}


def test_a_card_of_components_says_all_that_is_written_on_it() -> None:
    words = words_of(message(components=[CARD], mentions=[person(3, "Yuki")]), ME)

    assert words.splitlines() == [
        "# Build 512 failed",
        "main by @Yuki",
        "3 tests",
        "[picture: a red cross]",
        "[picture: the log]",
        "[picture]",
        "[attachment: report.txt]",
        "[button: Run again]",
        "[menu: Assign · Haru · Yuki]",
    ]


def test_what_shows_nothing_but_a_picture_says_that_it_does() -> None:
    for kind in ("image", "thumbnail"):
        assert words_of(message(embeds=[{"type": "rich", kind: MEDIA}]), ME) == "[picture]"
    section = {"type": 9, "components": [], "accessory": {"type": 11, "media": MEDIA}}
    assert words_of(message(components=[section]), ME) == "[picture]"


def test_an_embed_says_all_that_is_written_on_it() -> None:
    assert words_of(message("look", embeds=[RICH]), ME).splitlines() == [
        "look",
        "CI",
        "Build 512",
        "failed",
        "Branch: main",
        "2 minutes ago",
    ]


def test_the_preview_of_a_link_is_told_apart_from_what_the_author_wrote() -> None:
    preview = {
        "type": "video",
        "title": "夜に駆ける",
        "author": {"name": "YOASOBI"},
        "provider": {"name": "YouTube"},
    }
    link = message("https://youtu.be/x", embeds=[preview])

    assert words_of(link, ME) == "https://youtu.be/x\n[preview: YouTube · YOASOBI · 夜に駆ける]"
    assert typed_words(link, ME) == "https://youtu.be/x"


def test_files_stickers_and_polls_are_told_by_their_names_and_descriptions() -> None:
    poll = {
        "question": {"text": "Dinner?"},
        "answers": [
            {"answer_id": 1, "poll_media": {"text": "Pizza"}},
            {"answer_id": 2, "poll_media": {"text": "Sushi"}},
        ],
        "results": {
            "is_finalized": False,
            "answer_counts": [{"id": 2, "count": 3, "me_voted": False}],
        },
        "expiry": NOW,
        "allow_multiselect": False,
        "layout_type": 1,
    }
    said = message(
        attachments=[attachment("cat.png", description="my cat,\nasleep"), attachment("a.zip")],
        sticker_items=[{"id": "7", "name": "wave", "format_type": 1}],
        poll=poll,
    )

    assert words_of(said, ME).splitlines() == [
        "[sticker: wave]",
        "[attachment: cat.png · my cat, asleep]",
        "[attachment: a.zip]",
        "[poll: Dinner? · Pizza (0) · Sushi (3)]",
    ]


def test_a_forwarded_message_is_quoted_with_all_that_it_says() -> None:
    snapshot = {
        "type": 0,
        "content": "two\nlines",
        "embeds": [RICH],
        "attachments": [attachment("b.png")],
        "components": [text_display("a card")],
        "sticker_items": [{"id": "7", "name": "wave", "format_type": 1}],
        "timestamp": NOW,
        "edited_timestamp": None,
    }

    words = words_of(message("see", message_snapshots=[{"message": snapshot}]), ME)

    first, _, forwarded = words.partition("\n\n")
    assert first == "see"
    assert forwarded.splitlines() == [
        f"> {line}"
        for line in [
            "two",
            "lines",
            "a card",
            "CI",
            "Build 512",
            "failed",
            "Branch: main",
            "2 minutes ago",
            "[sticker: wave]",
            "[attachment: b.png]",
        ]
    ]


SYSTEM = [
    (6, {}, "haru pinned a message to this channel."),
    (8, {"content": "3"}, "haru just boosted the server **3** times!"),
    (18, {"content": "ideas"}, "haru started a thread: **ideas**. See all **threads**."),
    (27, {"content": "Radio"}, "haru started **Radio**."),
    (63, {"content": ":owl:"}, "haru added a new emoji, :owl:"),
    (1, {"content": "left over"}, "left over"),  # without whom it is about
    (222, {"content": "of a later kind"}, "of a later kind"),
    (24, {"embeds": [{"type": "auto_moderation_message", "description": "bad words"}]}, "bad words"),
]


@pytest.mark.parametrize(("kind", "more", "said"), SYSTEM, ids=[str(kind) for kind, *_ in SYSTEM])
def test_what_discord_says_is_quoted_as_its_own(kind: int, more: Json, said: str) -> None:
    assert quote(message(type=kind, **more), ME) == f"> Discord: {said}"


def test_the_result_of_a_poll_is_told() -> None:
    fields = {"poll_question_text": "Dinner?", "victor_answer_text": "Sushi", "total_votes": "8"}
    embed = {"type": "poll_result", "fields": [{"name": n, "value": v} for n, v in fields.items()]}

    said = quote(message(type=46, embeds=[embed]), ME)

    assert said.splitlines()[0] == "> Discord: Haru's poll Dinner? has closed."
    assert "> victor_answer_text: Sushi" in said


def test_the_notice_that_begins_a_thread_says_what_the_message_there_says() -> None:
    starter = message(type=21, message_reference={"type": 0, "channel_id": "100", "message_id": "5"})
    assert starter.reference is not None
    starter.reference.resolved = message("first", attachments=[attachment("cat.png")])

    assert words_of(starter, ME) == "first\n[attachment: cat.png]"


def test_a_message_that_says_nothing_is_not_quoted() -> None:
    assert quote(message("<@1>"), ME) == ""
    assert quote(message(components=[{"type": 14}]), ME) == ""


def test_every_line_of_a_quote_is_one() -> None:
    assert quote(message("a", components=[text_display("b\n\nc")]), ME) == "> Haru: a\n> b\n> \n> c"
