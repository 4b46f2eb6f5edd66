"""Who is asked for the words of a song, and in which order."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import AsyncMock, Mock

import pytest

from bot.client import Bot
from bot.errors import UserError
from bot.lavalink import LyricsUnavailableError, NodePool, NodeUnreachableError, NoLyricsError
from bot.lyrics.lrclib import Lrclib
from bot.lyrics.lyrics import Lyrics, LyricsServiceError
from bot.music.song_lyrics import lyrics_of
from tests.support.music_hall import SONG

PLAIN, TIMED = Lyrics("node", [(None, "one")]), Lyrics("LRCLIB", [(1, "one")])


def bot_with(node: object, service: object = "off") -> Mock:
    """A bot whose node and service answer so, or raise so; ``off``: there is no service."""
    bot = Mock(spec=Bot, lavalink=Mock(spec=NodePool), lyrics=None)
    bot.lavalink.lyrics = AsyncMock(side_effect=[node])
    if service != "off":
        bot.lyrics = Mock(spec=Lrclib, find=AsyncMock(side_effect=[service]))
    return bot


async def test_a_node_that_knows_the_words_comes_first() -> None:
    bot = bot_with(PLAIN, TIMED)

    assert await lyrics_of(bot, SONG) is PLAIN
    bot.lyrics.find.assert_not_awaited()


async def test_where_times_are_wanted_those_of_the_service_are_better_than_none() -> None:
    assert await lyrics_of(bot_with(PLAIN, TIMED), SONG, timed=True) is TIMED
    assert await lyrics_of(bot_with(PLAIN, None), SONG, timed=True) is PLAIN
    assert await lyrics_of(bot_with(PLAIN), SONG, timed=True) is PLAIN


@pytest.mark.parametrize("failure", [LyricsUnavailableError(), NoLyricsError("x"), NodeUnreachableError()])
async def test_the_service_is_asked_where_a_node_does_not_know(failure: Exception) -> None:
    bot = bot_with(failure, TIMED)

    assert await lyrics_of(bot, SONG) is TIMED
    bot.lyrics.find.assert_awaited_once_with("夜に駆ける", "YOASOBI", 261_000)


@pytest.mark.parametrize("failure", [LyricsUnavailableError(), NodeUnreachableError()])
async def test_without_the_service_a_node_says_what_is_wrong(failure: Exception) -> None:
    with pytest.raises(type(failure)):
        await lyrics_of(bot_with(failure), SONG)


async def test_where_nobody_knows_that_is_said_and_not_that_a_plugin_is_missing() -> None:
    with pytest.raises(NoLyricsError):
        await lyrics_of(bot_with(LyricsUnavailableError(), None), SONG)


async def test_a_service_that_does_not_answer_is_named() -> None:
    with pytest.raises(LyricsServiceError):
        await lyrics_of(bot_with(LyricsUnavailableError(), LyricsServiceError()), SONG)


async def test_nobody_is_asked_for_the_words_of_a_stream() -> None:
    bot = bot_with(LyricsUnavailableError(), TIMED)
    with pytest.raises(LyricsUnavailableError):
        await lyrics_of(bot, replace(SONG, is_stream=True))
    bot.lyrics.find.assert_not_awaited()


async def test_without_music_there_are_no_words() -> None:
    with pytest.raises(UserError):
        await lyrics_of(Mock(spec=Bot, lavalink=None), SONG)
