"""What a message in the request channel asks for."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import Mock

import discord
import pytest

from bot.client import Bot
from bot.errors import UserError
from bot.music.song_requests import SongRequests, query_of
from bot.texts import music


def message(content: str) -> Mock:
    return Mock(spec=discord.Message, content=content)


@pytest.mark.parametrize(
    ("content", "query"),
    [
        ("夜に駆ける", "夜に駆ける"),
        ("  Bohemian\n Rhapsody ", "Bohemian Rhapsody"),
        ("<@123456789012345678> Lemon", "Lemon"),
        ("<@!1> <#2> <@&3> Lemon", "Lemon"),
        ("これ！ https://youtu.be/x8VYWazR5mE お願い", "https://youtu.be/x8VYWazR5mE"),
        ("<https://youtu.be/x8VYWazR5mE>", "https://youtu.be/x8VYWazR5mE"),
        ("[聞いて](https://youtu.be/x8VYWazR5mE)！", "https://youtu.be/x8VYWazR5mE"),
        ("HTTPS://youtu.be/x", "HTTPS://youtu.be/x"),
        ("ftp://x/y", "ftp://x/y"),
    ],
)
def test_a_link_in_a_sentence_or_else_the_words_in_one_line(content: str, query: str) -> None:
    assert query_of(message(content)) == query


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", music.REQUEST_EMPTY),
        (" \n", music.REQUEST_EMPTY),
        ("<@123456789012345678>", music.REQUEST_EMPTY),
        ("x" * 501, music.REQUEST_TOO_LONG),
    ],
)
def test_what_is_no_song_is_refused(content: str, text: object) -> None:
    with pytest.raises(UserError) as refused:
        query_of(message(content))
    assert refused.value.text is text


@pytest.mark.parametrize(
    ("own", "age", "goes"),
    [
        (True, timedelta(days=12), True),
        (True, timedelta(days=14), False),
        (False, timedelta(minutes=59), True),
        (False, timedelta(hours=2), False),
    ],
)
def test_after_an_absence_peoples_words_stay_sooner_than_the_bots(
    own: bool, age: timedelta, goes: bool
) -> None:
    me, person = Mock(spec=discord.ClientUser, bot=True), Mock(spec=discord.Member, bot=False)
    left = Mock(
        spec=discord.Message,
        author=me if own else person,
        webhook_id=None,
        type=discord.MessageType.default,
        created_at=discord.utils.utcnow() - age,
    )

    assert SongRequests(Mock(spec=Bot, user=me), Mock())._is_left_over(left) is goes
