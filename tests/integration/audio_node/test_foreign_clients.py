"""Clients of Lavalink that others wrote, unchanged, on our node: the protocol is theirs, too."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import mafic
import pytest

from sandbox.child_process import dying_with_parent
from sandbox.discord import DiscordStandIn
from sandbox.supabase.lite import find_node
from sandbox.voice import VoiceStandIn
from tests.integration.audio_node.conftest import CHANNEL, PASSWORD, hears
from tests.integration.discord.conftest import TestBot, running, standing_in, watcher
from tests.support.audio_files import audio_server
from tests.support.audio_node import RunningNode
from tests.support.lavalink_client import GUILD_ID, USER_ID

if TYPE_CHECKING:
    from tests.integration.audio_node.conftest import Stage
    from tests.support.discord_oracle import Watcher

__all__ = ["watcher"]
CLIENTS = Path(__file__).parents[2] / "foreign_clients"


async def next_line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """Return what the client tells next."""
    assert process.stdout is not None
    async with asyncio.timeout(60):
        line = await process.stdout.readline()
    assert line, "the client ended; its messages are above"
    return json.loads(line)


async def test_lavalink_client_of_npm_plays_pauses_seeks_filters_and_skips(stage: Stage) -> None:
    stage.place()
    told = {
        "port": urlsplit(stage.client.url).port, "password": PASSWORD, "user": USER_ID, "guild": GUILD_ID,
        "channel": CHANNEL, "endpoint": stage.voice.endpoint, "token": "secret", "session": "session",
        "url": f"{stage.audio}/long.wav",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *dying_with_parent([find_node(), str(CLIENTS / "lavalink_client.mjs"), json.dumps(told)]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ,
    )
    assert await next_line(process) == {"what": "found", "type": "track", "length": 30_000}
    assert (await next_line(process))["what"] == "start"
    await stage.hears(lambda speaker: speaker["frequency_hz"] == pytest.approx(440, abs=1))
    assert process.stdin is not None
    process.stdin.write(b"go on\n")
    position = await next_line(process)
    assert position["what"] == "position"
    assert position["position"] >= 10_000
    assert position["speed"] == 1.5
    assert process.stdout is not None
    rest = [json.loads(line) async for line in process.stdout]
    assert [line["what"] for line in rest if line["what"] != "end"] == ["start", "destroyed"]
    assert await process.wait() == 0


async def test_mafic_of_pypi_plays_seeks_and_leaves(tmp_path: Path, watcher: Watcher) -> None:
    voice = VoiceStandIn(tmp_path)
    await voice.start()
    environment = {"SSL_CERT_FILE": str(voice.info()["roots_file"])}
    stand_in = DiscordStandIn(None, rate_limits=False, voice_server=voice)
    bot = TestBot()
    async with audio_server() as audio, standing_in(stand_in, watcher), running(bot, stand_in):
        node = RunningNode("--http-host", audio.removeprefix("http://"), environment=environment)
        await node.start()
        port = urlsplit(node.url).port
        pool = mafic.NodePool(bot)
        await pool.create_node(host="127.0.0.1", port=port or 0, label="node", password=PASSWORD)
        channel = bot.guilds[0].voice_channels[0]
        player = await channel.connect(cls=mafic.Player)
        tracks = await player.fetch_tracks(f"{audio}/long.wav")
        assert isinstance(tracks, list)
        await player.play(tracks[0])
        room = voice.gateway.room(str(channel.id))
        await hears(room, lambda speaker: speaker["frequency_hz"] == pytest.approx(440, abs=1))
        await player.seek(20_000)
        await player.disconnect()
        await pool.close()
        await node.stop()
    await voice.close()
