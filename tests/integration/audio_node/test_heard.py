"""A node's process as people hear it: what a client asks for, measured by a true voice server's ear."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import ANY

import pytest

if TYPE_CHECKING:
    from tests.integration.audio_node.conftest import Stage


async def test_a_tone_is_heard_as_it_is_without_a_gap(stage: Stage) -> None:
    await stage.enter()
    await stage.play("short.wav")
    assert (await stage.client.event("TrackEndEvent"))["reason"] == "finished"
    figures = await stage.hears(lambda speaker: speaker["total"]["packets"] >= 100)
    assert figures["frequency_hz"] == pytest.approx(440, abs=1)
    assert figures["missing"] == figures["timestamp_jumps"] == 0


async def test_another_track_is_heard_without_a_gap(stage: Stage) -> None:
    await stage.enter()
    await stage.play("long.wav")
    await stage.hears(lambda speaker: speaker["audible"] >= 25)
    await stage.play("high.wav")
    figures = await stage.hears(lambda speaker: speaker["frequency_hz"] == pytest.approx(880, abs=1), 1)
    assert figures["missing"] == figures["timestamp_jumps"] == 0
    assert (await stage.hears(bool))["silence_ms"] < 400


async def test_volume_is_heard(stage: Stage) -> None:
    await stage.enter()
    await stage.play("long.wav")
    full = (await stage.hears(lambda speaker: speaker["audible"] >= 50))["level_dbfs"]
    await stage.client.update(volume=50)

    await stage.hears(lambda speaker: speaker["level_dbfs"] < full - 3, 0.5)


async def test_nightcore_is_heard_higher(stage: Stage) -> None:
    await stage.enter()
    await stage.client.update(filters={"timescale": {"speed": 1.2, "pitch": 1.25, "rate": 1.0}})
    await stage.play("long.wav")

    await stage.hears(lambda speaker: speaker["frequency_hz"] == pytest.approx(550, abs=2), 1)


async def test_a_pause_is_silence_and_then_it_goes_on_where_it_was(stage: Stage) -> None:
    await stage.enter()
    await stage.play("long.wav", position=10_000)
    await stage.hears(lambda speaker: speaker["audible"] >= 25)
    player = await stage.client.update(paused=True)
    position = player["state"]["position"]
    await stage.hears(lambda speaker: speaker["total"]["packets"] and not speaker["audible"], 0.5)
    assert await stage.client.player() == player | {"state": {**player["state"], "time": ANY, "ping": ANY}}
    await stage.client.update(paused=False)
    await stage.hears(lambda speaker: speaker["audible"] >= 10, 0.5)
    later = await stage.client.player()
    assert later is not None
    assert later["state"]["position"] > position >= 10_000


async def test_sound_comes_back_after_the_voice_server_went_away(stage: Stage) -> None:
    await stage.enter()
    await stage.play("long.wav")
    await stage.hears(lambda speaker: speaker["audible"] >= 25)
    for session in stage.voice.gateway.sessions.values():
        assert session.connection is not None
        session.connection.close(4015)  # the server crashed: https://discord.com/developers/docs/topics
    before = (await stage.hears(bool))["total"]["packets"]

    await stage.hears(lambda speaker: speaker["total"]["packets"] >= before + 50)
    assert not [message for message in stage.client.messages if message.get("type") == "WebSocketClosedEvent"]


async def test_a_disconnected_player_is_told_of_and_waits(stage: Stage) -> None:
    await stage.enter()
    await stage.play("long.wav")
    await stage.hears(lambda speaker: speaker["audible"] >= 25)
    for session in stage.voice.gateway.sessions.values():
        assert session.connection is not None
        session.connection.close(4014)

    closed = await stage.client.event("WebSocketClosedEvent")
    assert (closed["code"], closed["byRemote"]) == (4014, True)
    player = await stage.client.player()
    assert player is not None
    assert not player["state"]["connected"]
    await stage.enter()
    await stage.hears(lambda speaker: speaker["audible"] >= 10, 0.5)
