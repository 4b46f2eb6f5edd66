"""``make run`` brings what its owner has not configured: a Supabase, and an audio node that is heard."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.e2e.conftest import eventually, lines_until, new_channel, settings_for, start
from tests.support.audio_files import audio_server
from tests.support.running_sandbox import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.people import Person
    from tests.support.running_sandbox import RunningSandbox

RUN = ([sys.executable, "-m", "sandbox.run"], ROOT)
LOUNGE = "ラウンジ"


def family_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return the process and everything that it started."""
    return [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]


def stop(process: subprocess.Popen[str]) -> None:
    """Stop it as a service manager does; nothing of it may stay."""
    family = family_of(process)
    process.terminate()
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []


def test_without_a_project_it_brings_its_own_supabase_and_says_so(
    services: RunningSandbox, data_dir: Path
) -> None:
    blank = {"SUPABASE_URL": "", "SUPABASE_KEY": "", "LAVALINK_NODES": "off"}
    process = start(RUN, settings_for(services, data_dir) | blank)
    said = "".join(lines_until(process, "✅ Logged in as"))
    assert "SUPABASE_URL is not set: telemetry is kept in an embedded Supabase" in said
    assert "✅ network_stats table exists" in said
    assert "Music is off: LAVALINK_NODES is off" in said
    stop(process)
    assert (data_dir / "supabase").is_dir()


async def test_a_token_is_enough_to_hear_music(services: RunningSandbox, data_dir: Path, me: Person) -> None:
    async with audio_server() as audio:
        trust = {"SSL_CERT_FILE": services.info["voice"]["roots_file"]}
        hosts = {"MUSIC_URL_HOSTS": audio.removeprefix("http://")}
        process = await asyncio.to_thread(start, RUN, settings_for(services, data_dir) | trust | hosts)
        said = "".join(await asyncio.to_thread(lines_until, process, "Lavalink node http://127.0.0.1"))
        assert "LAVALINK_NODES is not set: music is played by the audio node" in said
        await asyncio.to_thread(lines_until, process, "✅ Logged in as")
        lounge, music = await me.channel(LOUNGE), await new_channel(me)
        await me.join_voice(lounge)
        assert (await me.run(music, "play", {"query": f"{audio}/long.wav"}))["state"] == "answered"

        def is_heard() -> bool:
            heard = services.control("voice", "GET", f"/{lounge}/heard?seconds=1")
            tones = [speaker["frequency_hz"] for speaker in heard["speakers"]]
            return tones == [pytest.approx(440, abs=2)]

        await eventually(is_heard, doing="a tone of 440 Hz in the lounge")
        (node,) = [one for one in family_of(process) if "audio_node" in one.cmdline()]
        os.kill(node.pid, signal.SIGKILL)
        await eventually(lambda: not is_heard(), doing="silence")
        await eventually(is_heard, doing="the tone, from a node that was started again")
        await me.leave_voice()
        await asyncio.to_thread(stop, process)
