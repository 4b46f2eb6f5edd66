"""Titles as videos have them, and the song and artist that they mean."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lyrics.song_name import MOST_NAMES, TITLE_LENGTH, SongName, same_artist, same_title, song_names

with (Path(__file__).parent / "corpus" / "titles.tsv").open(encoding="utf-8", newline="") as file:
    CORPUS = [tuple(row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


@pytest.mark.parametrize(("video", "channel", "title", "artist"), CORPUS)
def test_the_likeliest_reading_is_the_song(video: str, channel: str, title: str, artist: str) -> None:
    assert song_names(video, channel)[0] == SongName(title, artist)


def test_where_the_channel_does_not_say_who_it_is_both_readings_are_tried() -> None:
    names = song_names("Lemon - 米津玄師", "おとなりの音楽集")

    assert SongName("Lemon", "米津玄師") in names
    assert SongName("米津玄師", "Lemon") in names


def test_without_a_title_there_is_nothing_to_ask_for() -> None:
    assert song_names("", "x") == []
    assert song_names(" 【】 - ♪ ", "x") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("夜に駆ける", "夜に駆ける (Official Music Video)"),
        ("Bad Guy", "bad guy"),
        ("ＫＩＣＫ　ＢＡＣＫ", "Kick Back"),
        ("Don't Stop Me Now", "Don’t Stop Me Now"),
        ("ヴァンパイア", "ヴァンパイア feat. 初音ミク"),
    ],
)
def test_a_title_is_the_same_apart_from_decorations(one: str, other: str) -> None:
    assert same_title(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("夜に駆ける", "夜に駆ける (English ver.)"), ("Lemon", "Lemon Tree"), ("", ""), ("…", "!")],
)
def test_a_version_another_song_and_nothing_are_not_the_same(one: str, other: str) -> None:
    assert not same_title(one, other)


def test_an_artist_may_be_named_with_others_or_in_two_scripts() -> None:
    assert same_artist("Kenshi Yonezu 米津玄師", "米津玄師")
    assert same_artist("YOASOBI", "Ayase / YOASOBI")
    assert not same_artist("YOASOBI", "Ado")
    assert not same_artist("", "Ado")


@given(st.text(), st.text())
def test_whatever_others_write_there_are_few_short_names(title: str, author: str) -> None:
    names = song_names(title, author)

    assert len(names) <= MOST_NAMES
    assert all(name.title and len(part) <= 2 * TITLE_LENGTH for name in names for part in name)
