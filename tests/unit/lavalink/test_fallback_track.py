from __future__ import annotations

from dataclasses import replace

import pytest

from bot.lavalink import Requester, Track
from bot.lavalink.effects import speed_of
from bot.lavalink.fallback_track import is_same_song

LEMON = Track(
    encoded="a",
    identifier="1",
    title="Lemon",
    author="米津玄師",
    length_ms=255_000,
    is_stream=False,
    is_seekable=True,
    source="youtube",
    requester=Requester(7, "はる"),
)


@pytest.mark.parametrize(
    ("title", "length_ms"),
    [("Lemon", 255_000), ("LEMON", 250_000), ("米津玄師 Lemon (Official Video)", 260_000)],
)
def test_another_upload_of_about_the_same_length_is_the_same_song(title: str, length_ms: int) -> None:
    other = replace(LEMON, encoded="b", identifier="2", title=title, length_ms=length_ms)

    assert is_same_song(LEMON, other)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"encoded": "b"},
        {"encoded": "b", "identifier": "2", "length_ms": 3_600_000},
        {"encoded": "b", "identifier": "2", "title": "群青"},
        {"encoded": "b", "identifier": "2", "title": "!!"},
        {"encoded": "b", "identifier": "2", "is_stream": True},
    ],
)
def test_itself_and_other_songs_are_no_fallback(change: dict[str, object]) -> None:
    assert not is_same_song(LEMON, replace(LEMON, **change))


def test_the_speed_is_that_of_the_timescale_filter() -> None:
    assert speed_of({}) == 1.0
    assert speed_of({"timescale": {"speed": 1.2, "pitch": 1.5}}) == 1.2
    assert speed_of({"timescale": {"speed": 1.5, "rate": 2.0}}) == 3.0
