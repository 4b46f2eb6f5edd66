from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lavalink import Requester, Track
from bot.lavalink.music_queue import MusicQueue
from bot.music import embeds

SONG = Track(
    encoded="QAAA",
    identifier="id",
    title="夜に駆ける",
    author="YOASOBI",
    length_ms=261_000,
    is_stream=False,
    is_seekable=True,
    source="youtube",
    uri="https://example.org/watch?v=1",
    artwork="https://example.org/1.jpg",
    requester=Requester(1, "はる"),
)
HOSTILE = "**@everyone** <@123456789012345678> `code` [x](https://evil.example)\n> quote"


def queue_of(*tracks: Track) -> MusicQueue[Track]:
    queue: MusicQueue[Track] = MusicQueue()
    queue.add(tracks)
    queue.advance()
    return queue


@given(st.integers(-1000, 10**9), st.integers(0, 10**9))
def test_the_progress_bar_always_has_one_knob_and_one_width(position_ms: int, length_ms: int) -> None:
    bar = embeds.progress_bar(position_ms, length_ms)

    assert len(bar) == embeds.BAR_WIDTH
    assert bar.count("🔘") == 1


def test_the_knob_moves_from_the_left_end_to_the_right_end() -> None:
    assert embeds.progress_bar(0, 1000).startswith("🔘")
    assert embeds.progress_bar(1000, 1000).endswith("🔘")
    assert embeds.progress_bar(500, 1000)[embeds.BAR_WIDTH // 2] == "🔘"


@given(st.text(max_size=600))
def test_an_embed_of_any_song_is_within_discords_limits(title: str) -> None:
    track = replace(SONG, title=title, author=title, requester=Requester(1, title))
    embed = embeds.track_embed(track, "ja", heading="▶️", position_ms=1000)

    assert len(embed.title or "") <= 256
    assert len(embed.footer.text or "") <= 2048
    assert len(embed.description or "") <= 4096
    assert len(embed) <= 6000


def test_a_queue_of_the_longest_titles_is_within_discords_limits() -> None:
    hostile = replace(SONG, title="*" * 500, requester=Requester(1, "_" * 100))
    embed = embeds.queue_embed(queue_of(*[hostile] * 30), "ja")

    assert len(embed.description or "") <= 4096
    assert all(len(field.value or "") <= 1024 for field in embed.fields)
    assert len(embed) <= 6000


def test_a_song_shows_its_link_artwork_requester_and_progress() -> None:
    embed = embeds.track_embed(SONG, "ja", heading="▶️ 再生中", position_ms=61_000)

    assert (embed.title, embed.url) == ("夜に駆ける", "https://example.org/watch?v=1")
    assert embed.thumbnail.url == "https://example.org/1.jpg"
    assert embed.footer.text == "リクエスト：はる"
    assert "`1:01 / 4:21`" in (embed.description or "")


def test_a_hostile_title_is_escaped_in_an_announcement_too() -> None:
    embed = embeds.track_embed(replace(SONG, title=HOSTILE), "ja", heading="")

    assert "@everyone" not in (embed.title or "")
    assert "\\*\\*" in (embed.title or "")


def test_a_link_that_is_no_web_address_is_left_out() -> None:
    embed = embeds.track_embed(replace(SONG, uri="file:///etc/passwd", artwork="x"), "en", heading="")

    assert embed.url is None
    assert embed.thumbnail.url is None


def test_a_live_stream_has_no_progress() -> None:
    embed = embeds.track_embed(replace(SONG, is_stream=True), "ja", heading="", position_ms=99)

    assert "`ライブ`" in (embed.description or "")
    assert "🔘" not in (embed.description or "")


def test_a_queue_is_shown_ten_songs_a_page_with_their_numbers() -> None:
    songs = [replace(SONG, title=f"曲{number}") for number in range(26)]
    queue = queue_of(*songs)
    second = embeds.queue_embed(queue, "ja", 2)
    lines = (second.description or "").splitlines()

    assert second.fields[0].value is not None
    assert second.fields[0].value.startswith("曲0 ")
    assert (lines[0].split()[:2], lines[-1].split()[:2]) == (["`11.`", "曲11"], ["`20.`", "曲20"])
    assert second.footer.text == "25曲・合計 1:48:45・2/3ページ"


@pytest.mark.parametrize(("asked", "shown"), [(-3, "1/3"), (0, "1/3"), (99, "3/3")])
def test_a_page_that_does_not_exist_becomes_the_nearest(asked: int, shown: str) -> None:
    footer = embeds.queue_embed(queue_of(*[SONG] * 26), "ja", asked).footer.text

    assert footer is not None
    assert shown in footer


def test_an_empty_queue_says_so() -> None:
    embed = embeds.queue_embed(queue_of(), "ja")

    assert embed.description == "次の曲はありません。"
    assert embed.fields == []
