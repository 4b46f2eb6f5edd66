"""The lines of a song as they are sung: wherever its place in the song is, and whatever changes that."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from bot.lavalink import NoLyricsError, Player
from bot.lyrics.lyrics import Lyrics, LyricsServiceError
from bot.music import lyrics_follower
from bot.music.lyrics_follower import LineBudget, LyricsFollower, lines_around
from tests.support.music_hall import SONG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.lavalink import Track

TIMED = Lyrics("x", [(1_000, "one"), (2_000, "two"), (3_000, ""), (4_000, "*four*"), (5_000, "five")])


class Words:
    """Finds lyrics, and notes for which songs."""

    def __init__(self) -> None:
        self.known: Lyrics | Exception = TIMED
        self.asked: list[str] = []

    async def __call__(self, track: Track) -> Lyrics:
        self.asked.append(track.title)
        if isinstance(self.known, Exception):
            raise self.known
        return self.known


@pytest.fixture
def words() -> Words:
    return Words()


@pytest.fixture
def player() -> Mock:
    return Mock(spec=Player, track=SONG, position_ms=0)


@pytest.fixture
def shown() -> list[str | None]:
    return []


@pytest.fixture
async def follower(
    words: Words, shown: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LyricsFollower]:
    monkeypatch.setattr(lyrics_follower, "LINE_INTERVAL", 0.0)
    monkeypatch.setattr(lyrics_follower, "GLANCE", 0.0)
    follower = LyricsFollower(words, "en", lambda: shown.append(follower.lines))
    yield follower
    await follower.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


async def test_each_line_is_shown_once_as_it_is_sung_forwards_backwards_and_paused(
    follower: LyricsFollower, player: Mock, shown: list[str | None]
) -> None:
    follower.follow(player)
    await until(lambda: follower.lines == "**♪**\none\ntwo")
    for position_ms, lines in (
        (1_000, "**one**\ntwo\n♪"),
        (2_100, "one\n**two**\n♪\n\\*four\\*"),
        (5_500, "\\*four\\*\n**five**"),
        (1_200, "**one**\ntwo\n♪"),
    ):
        player.position_ms = position_ms
        await until(lambda lines=lines: follower.lines == lines)
    changes = len(shown)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(shown) == changes, "nothing is edited while the music stands still"


async def test_a_line_that_is_passed_too_fast_is_left_out(
    follower: LyricsFollower, player: Mock, shown: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lyrics_follower, "LINE_INTERVAL", 3_600.0)
    follower.follow(player)
    await until(lambda: follower.lines == "**♪**\none\ntwo")
    player.position_ms = 2_000
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(shown) == 2


async def test_many_servers_together_keep_within_what_discord_takes(
    words: Words, player: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lyrics_follower, "GLANCE", 0.0)
    now = 0.0
    budget = LineBudget(2.0, lambda: now)
    assert [budget.take() for _ in range(4)] == [True, True, False, False]
    now = 0.5
    assert [budget.take() for _ in range(2)] == [True, False]
    shown = list[str | None]()
    follower = LyricsFollower(words, "en", lambda: shown.append(follower.lines), may_show=budget.take)
    follower.follow(player)
    await until(lambda: len(words.asked) == 1)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(shown) == 1, "the line waits"
    player.position_ms = 4_000
    now = 1.0
    await until(lambda: follower.lines == "♪\n**\\*four\\***\nfive")
    await follower.close()


async def test_the_next_song_is_followed_in_its_place_and_a_song_only_once(
    follower: LyricsFollower, player: Mock, words: Words
) -> None:
    follower.follow(player)
    await until(lambda: len(words.asked) == 1)
    follower.follow(player)
    player.track = replace(SONG, title="群青")
    follower.follow(player)
    await until(lambda: words.asked == ["夜に駆ける", "群青"])


async def test_it_ends_with_the_song(follower: LyricsFollower, player: Mock) -> None:
    follower.follow(player)
    await until(lambda: follower.lines is not None)
    player.track = None
    follower.follow(player)

    assert follower.lines is None


@pytest.mark.parametrize(
    ("known", "words_shown"),
    [
        (Lyrics("x", [(None, "one")]), "no times"),
        (Lyrics("x", []), "instrumental"),
        (NoLyricsError("夜に駆ける"), "No lyrics were found"),
        (LyricsServiceError(), "not responding"),
    ],
)
async def test_a_song_that_cannot_be_followed_says_why(
    follower: LyricsFollower, player: Mock, words: Words, known: Lyrics | Exception, words_shown: str
) -> None:
    words.known = known
    follower.follow(player)

    await until(lambda: follower.lines is not None and words_shown in follower.lines)


def test_the_line_stands_between_its_neighbours_without_acting() -> None:
    hostile = Lyrics("x", [(0, "[x](https://evil.example)"), (1, "@everyone"), (2, "`" * 600)])
    lines = lines_around(hostile, 1)

    assert "](https://" not in lines
    assert "@everyone" not in lines
    assert len(lines) <= 1_024
