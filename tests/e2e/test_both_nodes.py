"""Our audio node and another one together: when one dies, music goes on at the other, from its place."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.conftest import eventually, lines_until, new_channel, settings_for, start
from tests.e2e.test_entry_points import MODULE
from tests.support.audio_files import audio_server
from tests.support.audio_node import RunningNode

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.people import Person
    from tests.support.running_sandbox import RunningSandbox

PASSWORD = "youshallnotpass"
LOUNGE = "ラウンジ"
OFF_MS = 100
ROUNDING_MS = 20
"""A packet's length: by so much a silence is measured too long or too short."""


def saved(data_dir: Path) -> tuple[int, float]:
    """Return where the song is, in milliseconds, and when that was, in seconds."""
    path = data_dir / "music.sqlite3"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as connection:
        [(status,)] = connection.execute("SELECT status FROM players").fetchall()
    fields = json.loads(status)
    return fields["position_ms"], fields["saved_at"]


class Stage:
    """Our node's process, the sandbox's node, and who of them plays."""

    def __init__(self, sandbox: RunningSandbox, ours: RunningNode, lounge: str) -> None:
        self.sandbox = sandbox
        self.ours = ours
        self.lounge = lounge

    def plays(self, url: str) -> bool:
        """Whether the node at ``url`` plays; one that is dead does not."""
        try:
            answer = httpx.get(f"{url}/v4/stats", headers={"Authorization": PASSWORD}, timeout=60)
        except httpx.TransportError:
            return False
        return answer.json()["playingPlayers"] == 1

    def heard(self, seconds: float) -> dict[str, Any]:
        """Return the figures of what was heard in the last ``seconds``."""
        path = f"/{self.lounge}/heard?seconds={seconds}"
        return next(iter(self.sandbox.control("voice", "GET", path)["speakers"]), {"frequency_hz": None})

    def sounds(self) -> bool:
        return self.heard(1)["frequency_hz"] == pytest.approx(440, abs=2)

    async def move(self) -> None:
        """Kill the node that plays, start it again, and return when the other one is heard."""
        ours, theirs = self.ours.url, self.sandbox.info["lavalink"]["url"]
        if await asyncio.to_thread(self.plays, ours):
            os.kill(self.ours.pid, signal.SIGKILL)
            await eventually(lambda: self.plays(theirs), doing="the other node to play")
            await self.ours.start()
        else:
            self.sandbox.control("lavalink", "POST", "/node/kill")
            await eventually(lambda: self.plays(ours), doing="our node to play")
            self.sandbox.control("lavalink", "POST", "/node/start")
        await eventually(self.sounds, doing="the tone, from the other node")


async def test_a_song_moves_there_and_back_and_keeps_its_place(
    services: RunningSandbox, data_dir: Path, me: Person
) -> None:
    lounge, music = await me.channel(LOUNGE), await new_channel(me)
    async with audio_server() as audio:
        host = audio.removeprefix("http://")
        trust = {"SSL_CERT_FILE": services.info["voice"]["roots_file"]}
        ours = RunningNode("--no-services", "--http-host", host, environment=trust)
        await ours.start()
        stage = Stage(services, ours, lounge)
        theirs = services.info["lavalink"]
        nodes = [f"{url.replace('://', f'://:{PASSWORD}@')}" for url in (ours.url, theirs["url"])]
        settings = {"LAVALINK_NODES": ",".join(nodes), "MUSIC_URL_HOSTS": f"{host},{theirs['url'][7:]}"}
        process = await asyncio.to_thread(start, MODULE, settings_for(services, data_dir) | settings)
        await asyncio.to_thread(lines_until, process, "✅ Logged in as")
        await me.join_voice(lounge)
        assert (await me.run(music, "play", {"query": f"{audio}/440hz.wav"}))["state"] == "answered"
        await eventually(stage.sounds, doing="the tone")
        for _ in ("there", "back"):
            place, at = saved(data_dir)
            await stage.move()
            later, now = await eventually(
                lambda at=at: fresh if (fresh := saved(data_dir))[1] > at + 3 else None
            )
            silence = stage.heard(now - at + 1)["silence_ms"]
            assert later - place == pytest.approx((now - at) * 1000 - silence, abs=OFF_MS + ROUNDING_MS)
        await me.leave_voice()
        process.terminate()
        await asyncio.to_thread(process.communicate, timeout=120)
        await ours.stop()
