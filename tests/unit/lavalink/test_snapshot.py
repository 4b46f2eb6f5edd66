"""A player as it is saved, and read again by another process."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lavalink import MusicStore, Requester, Track
from bot.lavalink.music_queue import Loop
from bot.lavalink.music_store import Changes
from bot.lavalink.position import Anchor
from bot.lavalink.snapshot import Snapshot, Songs

if TYPE_CHECKING:
    from pathlib import Path

words = st.text(max_size=20)
tracks = st.builds(
    Track,
    encoded=words,
    identifier=words,
    title=words,
    author=words,
    length_ms=st.integers(0, 2**40),
    is_stream=st.booleans(),
    is_seekable=st.booleans(),
    source=words,
    uri=st.none() | words,
    artwork=st.none() | words,
    isrc=st.none() | words,
    requester=st.builds(Requester, id=st.integers(0, 2**63), name=words),
)
some_tracks = st.lists(tracks, max_size=3).map(tuple)
snapshots = st.builds(
    Snapshot,
    songs=st.builds(Songs, st.none() | tracks, some_tracks, some_tracks),
    saved_at=st.floats(0, 2**40),
    channel_id=st.integers(0, 2**63),
    text_channel_id=st.none() | st.integers(0, 2**63),
    node=words,
    play_id=st.none() | words,
    started=st.booleans(),
    position_ms=st.integers(0, 2**40),
    anchor=st.builds(Anchor, st.integers(0, 2**40), st.integers(0, 2**40)),
    paused=st.booleans(),
    volume=st.integers(0, 1000),
    loop=st.sampled_from(Loop),
    stay=st.booleans(),
    filters=st.just({}) | st.just({"timescale": {"speed": 1.5, "pitch": 1.0, "rate": 1.0}}),
)
ONE = Snapshot(
    songs=Songs(None, (), ()),
    saved_at=1.0,
    channel_id=1,
    text_channel_id=None,
    node="http://127.0.0.1:2333",
    play_id=None,
    started=False,
    position_ms=0,
    anchor=Anchor(0, 0),
    paused=False,
    volume=100,
    loop=Loop.OFF,
    stay=False,
    filters={},
)

STORED_TRACK = {
    "encoded": "QAAA",
    "identifier": "id",
    "title": "Lemon",
    "author": "米津玄師",
    "source": "youtube",
    "uri": "https://www.youtube.com/watch?v=id",
    "artwork": None,
    "isrc": None,
    "length_ms": 255_000,
    "is_stream": False,
    "is_seekable": True,
    "requester": {"id": 7, "name": "はる"},
}
STORED_STATUS = {
    "saved_at": 1_790_000_000.5,
    "channel_id": 5,
    "text_channel_id": 6,
    "node": "http://127.0.0.1:2333",
    "play_id": "p1",
    "heard": True,
    "position_ms": 61_000,
    "anchor": [60_000, 59_000],
    "paused": False,
    "volume": 70,
    "loop": "queue",
    "stay": False,
    "filters": {"rotation": {"rotationHz": 0.2}},
}
STORED_SONGS = {"current": [STORED_TRACK], "upcoming": [], "history": [STORED_TRACK]}
RELEASED_SCHEMA = """
CREATE TABLE players (guild_id INTEGER PRIMARY KEY, status TEXT NOT NULL, songs TEXT NOT NULL);
CREATE TABLE sessions (node TEXT PRIMARY KEY, session_id TEXT NOT NULL);
"""
"""A row as the first release wrote it, and its tables."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "music.sqlite3"


@given(snapshots)
def test_what_is_saved_is_read_again_as_it_was(snapshot: Snapshot) -> None:
    assert Snapshot.load(snapshot.dump_status(), snapshot.songs.dump()) == snapshot


def test_the_store_returns_what_another_process_wrote(path: Path) -> None:
    store = MusicStore(path)
    assert store.load().players == {}
    store.write(Changes(whole={7: ONE, 8: ONE}, sessions={"http://a": "s1"}))
    store.write(Changes(gone=[8]))
    store.close()
    after = MusicStore(path)
    saved = after.load()
    after.close()

    assert (saved.players, saved.sessions) == ({7: ONE}, {"http://a": "s1"})


def test_a_change_of_the_status_leaves_the_songs_alone(path: Path) -> None:
    store = MusicStore(path)
    store.load()
    store.write(Changes(whole={7: ONE}))
    louder = Snapshot.load(json.dumps(json.loads(ONE.dump_status()) | {"volume": 150}), ONE.songs.dump())
    store.write(Changes(status={7: louder}))
    saved = store.load()
    store.close()

    assert saved.players[7].volume == 150


def test_a_broken_file_is_replaced_by_an_empty_one(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database, and long enough to be taken for none" * 40)
    store = MusicStore(path)

    assert store.load().players == {}
    store.write(Changes(whole={7: ONE}))
    assert store.load().players == {7: ONE}
    store.close()
    assert "corrupted" in caplog.text


def test_a_row_of_another_version_is_left_out(path: Path) -> None:
    store = MusicStore(path)
    store.load()
    store.write(Changes(whole={7: ONE}))
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO players VALUES (8, '{}', '[]')")
    connection.close()
    saved = store.load()
    store.close()

    assert set(saved.players) == {7}


def test_a_row_of_the_first_release_is_read(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.executescript(RELEASED_SCHEMA)
        row = (8, json.dumps(STORED_STATUS), json.dumps(STORED_SONGS))
        connection.execute("INSERT INTO players VALUES (?, ?, ?)", row)
        connection.execute("INSERT INTO sessions VALUES ('http://a', 's1')")
    connection.close()
    store = MusicStore(path)
    saved = store.load()
    store.close()

    song = Track(
        encoded="QAAA",
        identifier="id",
        title="Lemon",
        author="米津玄師",
        length_ms=255_000,
        is_stream=False,
        is_seekable=True,
        source="youtube",
        uri="https://www.youtube.com/watch?v=id",
        requester=Requester(7, "はる"),
    )
    assert saved.sessions == {"http://a": "s1"}
    assert saved.players[8] == Snapshot(
        songs=Songs(song, (), (song,)),
        saved_at=1_790_000_000.5,
        channel_id=5,
        text_channel_id=6,
        node="http://127.0.0.1:2333",
        play_id="p1",
        started=True,
        position_ms=61_000,
        anchor=Anchor(60_000, 59_000),
        paused=False,
        volume=70,
        loop=Loop.QUEUE,
        stay=False,
        filters={"rotation": {"rotationHz": 0.2}},
    )


def test_a_row_is_written_as_the_first_release_wrote_it() -> None:
    snapshot = Snapshot.load(json.dumps(STORED_STATUS), json.dumps(STORED_SONGS))

    assert json.loads(snapshot.dump_status()) == STORED_STATUS
    assert json.loads(snapshot.songs.dump()) == STORED_SONGS
