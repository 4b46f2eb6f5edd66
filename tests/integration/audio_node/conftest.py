"""A node's process, a client of it, and a true voice server with an ear."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

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

    from sandbox.voice.room import Room

CHANNEL = "900000000000000003"
VOICE = {"token": "secret", "sessionId": "session", "channelId": CHANNEL}
PASSWORD = "youshallnotpass"


class Stage:
    """A node, its client, and the voice channel where it plays."""

    def __init__(self, client: LavalinkClient, voice: VoiceStandIn, audio: str) -> None:
        self.client = client
        self.voice = voice
        self.audio = audio

    def place(self) -> None:
        """Let whoever comes with the token into the channel."""
        member = VoiceMember(
            guild_id=GUILD_ID, channel_id=CHANNEL, user_id=USER_ID, session_id="session", token="secret"
        )
        self.voice.place(member)

    async def enter(self) -> None:
        """Let the node into the channel."""
        self.place()
        await self.client.update(voice={**VOICE, "endpoint": self.voice.endpoint})

    async def play(self, name: str, **more: object) -> None:
        """Load a file, and play it."""
        result = await self.client.load(f"{self.audio}/{name}")
        await self.client.update(track={"encoded": result["data"]["encoded"]}, **more)

    async def hears(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 60) -> dict[str, Any]:
        """Return the figures of what was heard in the last ``seconds``, once they are as ``wanted``."""
        return await hears(self.voice.gateway.room(CHANNEL), wanted, seconds)


async def hears(room: Room, wanted: Callable[[dict[str, Any]], bool], seconds: float = 60) -> dict[str, Any]:
    """Return the figures of the only speaker of a channel, once they are as ``wanted``."""
    async with asyncio.timeout(60):
        while True:
            figures: Any = await heard(room, seconds)
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
                 "--http-host", audio.removeprefix("http://"),
                environment={"SSL_CERT_FILE": str(voice.info()["roots_file"])},
            )  # fmt: skip
            await node.start()
            async with LavalinkClient(node.url, PASSWORD) as client:
                yield Stage(client, voice, audio)
            await node.stop()
    finally:
        await voice.close()
