from __future__ import annotations

import asyncio
from unittest.mock import Mock

import pytest

from bot.lavalink.idle import Idleness
from bot.lavalink.playback import Playback
from bot.lavalink.presence import Presence
from bot.lavalink.timings import Timings
from bot.lavalink.voice_connection import VoiceConnection


class Stage:
    """A channel with so many listeners, and a track that plays, or none."""

    def __init__(self, *, listeners: int = 1, play_id: str | None = "p1") -> None:
        self.voice = Mock(spec=VoiceConnection, listeners=listeners)
        self.playback = Mock(spec=Playback, play_id=play_id)
        self.idle: asyncio.Queue[Idleness] = asyncio.Queue()
        self.presence = Presence(
            self.voice,
            self.playback,
            timings=Timings(alone=0.0, idle=0.0),
            on_idle=self.idle.put_nowait,
        )


@pytest.mark.parametrize(
    ("listeners", "play_id", "idleness"), [(0, "p1", "alone"), (0, None, "alone"), (1, None, "silent")]
)
async def test_a_channel_without_use_for_the_bot_is_reported(
    listeners: int, play_id: str | None, idleness: Idleness
) -> None:
    stage = Stage(listeners=listeners, play_id=play_id)
    stage.presence.watch()

    assert await asyncio.wait_for(stage.idle.get(), 60) == idleness


async def test_music_that_somebody_hears_goes_on() -> None:
    stage = Stage()
    stage.presence.watch()

    stage.playback.set_pause_reason.assert_called_once_with("alone", active=False)


@pytest.mark.parametrize("stay", [False, True])
async def test_music_pauses_for_nobody_unless_the_bot_stays(stay: bool) -> None:
    stage = Stage(listeners=0)
    stage.presence.stay = stay
    stage.presence.watch()
    stage.presence.end()

    stage.playback.set_pause_reason.assert_called_once_with("alone", active=not stay)


async def test_a_bot_that_stays_is_never_idle() -> None:
    stage, other = Stage(listeners=0, play_id=None), Stage(listeners=0, play_id=None)
    stage.presence.stay = True
    stage.presence.watch()
    other.presence.watch()
    await asyncio.wait_for(other.idle.get(), 60)

    assert stage.idle.empty()
