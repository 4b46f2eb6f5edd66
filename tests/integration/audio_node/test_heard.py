"""A node's process as people hear it: what a client asks for, measured by a true voice server's ear."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import pytest

from sandbox.voice import VoiceStandIn
from sandbox.voice.control import heard
from sandbox.voice_server import VoiceMember
from tests.support.audio_files import audio_server
from tests.support.audio_node import RunningNode
from tests.support.lavalink_client import GUILD_ID, USER_ID, LavalinkClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

CHANNEL = "900000000000000003"
VOICE = {"token": "secret", "sessionId": "session", "channelId": CHANNEL}
PASSWORD = "youshallnotpass"


class Stage:
    """A node, its client, and the voice channel where it plays."""

    def __init__(self, client: LavalinkClient, voice: VoiceStandIn, audio: str) -> None:
        self.client = client
        self.voice = voice
        self.audio = audio

    async def enter(self) -> None:
        """Let the node into the channel."""
        member = VoiceMember(
            guild_id=GUILD_ID, channel_id=CHANNEL, user_id=USER_ID, session_id="session", token="secret"
        )
        self.voice.place(member)
        await self.client.update(voice={**VOICE, "endpoint": self.voice.endpoint})

    async def play(self, name: str, **more: object) -> None:
        """Load a file, and play it."""
        result = await self.client.load(f"{self.audio}/{name}")
        await self.client.update(track={"encoded": result["data"]["encoded"]}, **more)

    async def hears(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 60) -> dict[str, Any]:
        """Return the figures of what was heard in the last ``seconds``, once they are as ``wanted``."""
        async with asyncio.timeout(60):
            while True:
                figures: Any = await heard(self.voice.gateway.room(CHANNEL), seconds)
                if figures["speakers"] and wanted(figures["speakers"][0]):
                    return figures["speakers"][0]
                await asyncio.sleep(0.05)


@pytest.fixture(params=[0, 1], ids=["without DAVE", "with DAVE"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    voice = VoiceStandIn(tmp_path, dave_version=request.param)
    await voice.start()
    try:
        async with audio_server() as audio:
            node = RunningNode(
                "--no-services", "--http-host", audio.removeprefix("http://"),
                environment={"SSL_CERT_FILE": str(voice.info()["roots_file"])},
            )  # fmt: skip
            await node.start()
            async with LavalinkClient(node.url, PASSWORD) as client:
                yield Stage(client, voice, audio)
            await node.stop()
    finally:
        await voice.close()


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
