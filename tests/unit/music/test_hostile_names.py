"""What others named, in the places where music shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.errors import SpokenError
from bot.escaping import label
from bot.lavalink import NothingFoundError, Requester, Track, TrackLoadError, Tracks
from bot.lavalink.errors import NoLyricsError
from bot.lavalink.music_queue import MusicQueue
from bot.lyrics.lyrics import Lyrics
from bot.music.charts_embed import charts_embed
from bot.music.embeds import queue_embed, track_embed
from bot.music.lyrics_embed import LyricsPages
from bot.music.picker import SongPicker
from bot.music.play_commands import _added, _suggestion
from bot.set_text import choices
from bot.telemetry.charts import Charts
from tests.unit.music.test_embeds import SONG

TURNING = "abc\u202egnp\u2067\u200f\u200bxyz"
"""Ends with the direction turned, with an open isolate and an invisible character before its end."""
ARABIC = "مرحبا"


def shown(name: str) -> Iterator[str]:
    """Everything that is shown of ``name``, as a title, an artist, a person, a search and a reason."""
    track = replace(SONG, title=name, author=name, requester=Requester(1, name))
    yield from all_text(track_embed(track, "ja", heading="", position_ms=0).to_dict())
    queue: MusicQueue[Track] = MusicQueue()
    queue.add([track, track])
    queue.advance()
    yield from all_text(queue_embed(queue, "ja").to_dict())
    charts = Charts([(name, 2)], [("1", name, 2)])
    yield from all_text(charts_embed(charts, "all", "ja", bot_id=9).to_dict())
    yield from all_text(LyricsPages(Lyrics(name, [(None, "la")]), "", "ja").embed(1).to_dict())
    yield from (choice.name for choice in choices([_suggestion(track)]))
    yield _added(Tracks("playlist", [track], name), track, 1, 1, "ja")
    yield label(name)
    for error in (NothingFoundError(name), TrackLoadError(name), NoLyricsError(name)):
        assert isinstance(error, SpokenError)
        yield error.in_language("ja")


def all_text(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in {"url", "type"}:
                yield from all_text(part)
    elif isinstance(value, list):
        for part in value:
            yield from all_text(part)
    elif isinstance(value, str):
        yield value


def test_a_name_turns_no_sentence_anywhere() -> None:
    texts = [text for text in shown(TURNING) if "gnp" in text]

    assert len(texts) >= 12
    for text in texts:
        assert "abcgnpxyz" in text
        assert not set(text) & set("\u202e\u2067\u200f\u200b"), json.dumps(text)


def test_a_name_written_from_right_to_left_stays_among_itself_everywhere() -> None:
    for text in shown(ARABIC):
        assert text.count(ARABIC) == text.count(f"\u2068{ARABIC}\u2069"), json.dumps(text)


async def test_a_menu_of_songs_shows_their_titles_safely() -> None:
    track = replace(SONG, title=TURNING, author=ARABIC)

    (option,) = SongPicker([track], chooser_id=1, language="ja", choose=pytest.fail).menu.options

    assert option.label == "abcgnpxyz"
    assert option.description is not None
    assert option.description.endswith(f"\u2068{ARABIC}\u2069")
