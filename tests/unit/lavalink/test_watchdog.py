from __future__ import annotations

import asyncio
from unittest.mock import Mock

import pytest

from bot.lavalink.connection import Node
from bot.lavalink.playback import Playback
from bot.lavalink.remote_player import RemotePlayer
from bot.lavalink.track_scheduler import TrackScheduler
from bot.lavalink.voice_connection import VoiceConnection
from bot.lavalink.watchdog import Watchdog


class Stage:
    """A player whose parts are stand-ins, but for what is sent."""

    def __init__(self, *, patience: float = 0.0, track: object = "a track") -> None:
        self.remote = RemotePlayer(Mock(), 900, Mock(spec=Node))
        self.voice = Mock(spec=VoiceConnection, broken=False, reconnecting=False)
        self.playback = Mock(spec=Playback, track=track, play_id="p1", position_ms=5, paused=False)
        self.scheduler = Mock(spec=TrackScheduler)
        self.events: asyncio.Queue[str] = asyncio.Queue()
        self.watchdog = Watchdog(
            self.remote,
            self.voice,
            self.playback,
            self.scheduler,
            guild_id=900,
            patience=patience,
            dispatch=self.events.put_nowait,
        )


async def test_a_long_interruption_is_reported_and_so_is_its_end() -> None:
    stage = Stage()
    stage.remote.on_node_lost()
    stage.playback.on_interrupted.assert_called_once_with()
    assert await asyncio.wait_for(stage.events.get(), 60) == "music_interrupted"

    stage.remote.note_restored()
    assert stage.events.get_nowait() == "music_restored"
    stage.playback.on_restored.assert_called_once_with()


@pytest.mark.parametrize(("patience", "track"), [(60.0, "a track"), (0.0, None)], ids=["short", "of nothing"])
async def test_other_interruptions_are_not_reported(patience: float, track: object) -> None:
    stage, other = Stage(patience=patience, track=track), Stage()
    stage.remote.on_node_lost()
    other.remote.on_node_lost()
    await asyncio.wait_for(other.events.get(), 60)
    stage.remote.note_restored()

    assert stage.events.empty()


async def test_a_stalled_track_is_restored() -> None:
    stage = Stage(patience=60.0)
    stage.playback.check_stall.return_value = "resend"
    stage.watchdog.check()

    assert stage.remote.interrupted
    stage.watchdog.end()


async def test_a_track_that_stays_stalled_is_stuck() -> None:
    stage = Stage()
    stage.playback.check_stall.return_value = "give_up"
    stage.watchdog.check()

    stage.scheduler.on_stuck.assert_called_once_with("p1")


@pytest.mark.parametrize("state", ["reconnecting", "broken"])
async def test_a_track_that_cannot_be_heard_is_not_stalled(state: str) -> None:
    stage = Stage()
    setattr(stage.voice, state, True)
    stage.playback.check_stall.return_value = None
    stage.watchdog.check()

    stage.playback.check_stall.assert_called_once_with(waiting=True)
    assert not stage.remote.interrupted


@pytest.mark.parametrize(
    ("paused", "play_id", "playing"), [(False, "p1", True), (True, "p1", False), (False, None, False)]
)
async def test_only_what_plays_needs_a_voice_connection(
    paused: bool, play_id: str | None, playing: bool
) -> None:
    stage = Stage()
    stage.playback.paused, stage.playback.play_id = paused, play_id
    stage.playback.check_stall.return_value = None
    stage.watchdog.check()

    stage.voice.check.assert_called_once_with(playing=playing)
