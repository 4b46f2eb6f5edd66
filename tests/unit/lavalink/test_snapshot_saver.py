"""What is saved, and when."""

from __future__ import annotations

import asyncio
import json
import math
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from bot.lavalink import MusicStore, Requester, Snapshot, SnapshotSaver
from bot.lavalink.snapshot import Songs
from bot.lavalink.snapshot_saver import SIGN_OF_LIFE
from bot.lavalink.tracks import NOBODY
from bot.storage.purge import purge
from bot.waiting import happens
from tests.support.music_hall import SONG
from tests.unit.lavalink.test_snapshot import ONE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


def everything_in(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())


class Nodes:
    """Nodes whose players are these snapshots, by guild id."""

    def __init__(self) -> None:
        self.snapshots: dict[int, Snapshot] = {}
        self.sessions: dict[str, str] = {}
        self.expected: set[int] = set()
        self.on_change: Callable[[], None] = lambda: None

    @property
    def players(self) -> list[Mock]:
        return [
            Mock(guild_id=guild_id, snapshot=Mock(return_value=snapshot))
            for guild_id, snapshot in self.snapshots.items()
        ]


class Stage:
    """A saver, and the nodes that it saves."""

    def __init__(self, path: Path) -> None:
        self.nodes = Nodes()
        self.store = MusicStore(path)
        self.saver = SnapshotSaver(self.store, self.nodes, interval=0.01)

    async def saved(self, wanted: Callable[[dict[int, Snapshot]], object]) -> dict[int, Snapshot]:
        """Report a change, and wait until what is in the file is as ``wanted``."""
        self.nodes.on_change()
        async with asyncio.timeout(60):
            while True:
                other = MusicStore(self.store._path)
                players = dict(other.load().players)
                other.close()
                if wanted(players):
                    return players
                await asyncio.sleep(0.01)

    async def settled(self) -> None:
        """Report a change, and wait until the saver knows that all is saved: a moment after it is."""
        self.nodes.on_change()
        async with asyncio.timeout(60):
            while self.saver._changes():
                await asyncio.sleep(0.01)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path / "music.sqlite3")
    yield stage
    await stage.saver.close()


async def test_a_player_is_saved_and_forgotten_when_it_is_gone(stage: Stage) -> None:
    await stage.saver.load()
    stage.nodes.snapshots[7] = ONE
    await stage.saved(lambda players: players == {7: ONE})
    stage.nodes.snapshots.clear()

    await stage.saved(lambda players: not players)


async def test_a_player_whose_music_is_still_being_recovered_does_not_overwrite_what_is_saved(
    stage: Stage,
) -> None:
    await stage.saver.load()
    stage.nodes.snapshots[7] = ONE
    await stage.saved(lambda players: players == {7: ONE})
    stage.nodes.expected.add(7)
    stage.nodes.snapshots = {7: replace(ONE, volume=1), 8: ONE}

    assert await stage.saved(lambda players: 8 in players) == {7: ONE, 8: ONE}


async def test_a_new_position_is_saved(stage: Stage) -> None:
    await stage.saver.load()
    stage.nodes.snapshots[7] = ONE
    await stage.saved(lambda players: 7 in players)
    stage.nodes.snapshots[7] = replace(ONE, position_ms=5_000)

    await stage.saved(lambda players: players[7].position_ms == 5_000)


async def test_a_player_whose_position_does_not_change_is_saved_once_a_minute(stage: Stage) -> None:
    await stage.saver.load()
    stage.nodes.snapshots[7] = ONE
    await stage.settled()
    stage.nodes.snapshots[7] = replace(ONE, saved_at=ONE.saved_at + 1)
    assert not stage.saver._changes()
    stage.nodes.snapshots[7] = later = replace(ONE, saved_at=ONE.saved_at + SIGN_OF_LIFE + 1)

    await stage.saved(lambda players: players == {7: later})


async def test_what_has_yet_to_be_recovered_stays_saved(stage: Stage) -> None:
    await stage.saver.load()
    stage.nodes.snapshots[7] = ONE
    stage.nodes.sessions["http://a"] = "s1"
    await stage.saved(lambda players: 7 in players)
    stage.nodes.expected.add(7)
    stage.nodes.snapshots.clear()
    stage.nodes.sessions["http://a"] = "s2"
    await stage.saver.close()
    saved = stage.store.load()

    assert (set(saved.players), saved.sessions) == ({7}, {"http://a": "s2"})


async def test_players_that_end_after_the_last_save_stay_saved(stage: Stage) -> None:
    await stage.saver.load()
    stage.nodes.snapshots[7] = ONE
    await stage.saver.close()
    stage.nodes.snapshots.clear()

    assert set(stage.store.load().players) == {7}


async def test_a_disk_that_fails_is_reported_once_and_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.saver.load()
    tries = 0
    write = stage.store.write

    def fail(changes: object) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise sqlite3.OperationalError("disk full")
        write(changes)

    monkeypatch.setattr(stage.store, "write", fail)
    stage.nodes.snapshots[7] = ONE

    await stage.saved(lambda players: 7 in players)
    assert caplog.text.count("cannot be saved") == 1


@pytest.mark.parametrize("turns", range(6))
async def test_a_change_at_the_moment_of_closing_does_not_hold_it_up(stage: Stage, turns: int) -> None:
    await stage.saver.load()
    stage.saver._interval = 60.0
    await stage.saved(lambda players: not players)
    stage.nodes.snapshots[7] = ONE
    stage.nodes.on_change()
    # Of Python 3.11's wait_for, a cancellation is lost in one of these moments.
    for _ in range(turns):
        await asyncio.sleep(0)

    await asyncio.wait_for(stage.saver.close(), 60)
    assert set(stage.store.load().players) == {7}


async def test_who_asked_for_a_song_is_forgotten_in_what_is_saved_and_may_be_recovered(
    stage: Stage, tmp_path: Path
) -> None:
    theirs, other = (
        replace(SONG, requester=Requester(id_, name)) for id_, name in ((7, "HARUの名前"), (8, "YUKIの名前"))
    )
    saved = replace(ONE, songs=Songs(theirs, (other, theirs), (theirs,)))
    await stage.saver.load()
    stage.nodes.snapshots[1] = saved
    await stage.saved(lambda players: players == {1: saved})
    stage.nodes.expected.add(1)
    await stage.saver.forget_requester(7)
    nobodys = replace(theirs, requester=NOBODY)

    players = await stage.saved(lambda players: players != {1: saved})
    assert players[1].songs == Songs(nobodys, (other, nobodys), (nobodys,))
    purge(tmp_path / "music.sqlite3")
    contents = everything_in(tmp_path)
    assert json.dumps("YUKIの名前").encode() in contents
    assert json.dumps("HARUの名前").encode() not in contents


async def test_where_nothing_plays_it_sleeps_until_a_change(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: asyncio.Queue[float] = asyncio.Queue()

    async def noted(event: asyncio.Event, within: float) -> bool:
        waits.put_nowait(within)
        return await happens(event, within)

    monkeypatch.setattr("bot.lavalink.snapshot_saver.happens", noted)
    await stage.saver.load()
    assert await waits.get() == math.inf
    stage.nodes.snapshots[7] = ONE
    await stage.saved(lambda players: 7 in players)
    assert await waits.get() == stage.saver._interval
    stage.nodes.snapshots.clear()
    await stage.saved(lambda players: not players)
    async with asyncio.timeout(60):
        while await waits.get() != math.inf:
            pass
