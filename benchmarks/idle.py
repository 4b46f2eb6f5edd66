"""The whole bot at rest, with every service and with none, beside a bare discord.py with the same imports."""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks.frame import Figure
from sandbox.child_process import dying_with_parent
from sandbox.discord import DiscordStandIn
from sandbox.gemini import GeminiStandIn
from sandbox.lavalink import LavalinkStandIn

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from benchmarks.frame import Bench

TITLE = "Idle process: memory, CPU over a minute, seconds from start to ready"
ROOT = Path(__file__).resolve().parents[1]
BARE = """
import asyncio, os, sys
import discord, {imports}
from discord.gateway import DiscordWebSocket
from discord.http import Route
import yarl

Route.BASE = os.environ["DISCORD_API_URL"]
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
intents = discord.Intents(
    guilds=True, guild_messages=True, dm_messages=True, message_content=True, voice_states=True
)
client = discord.AutoShardedClient(
    intents=intents,
    chunk_guilds_at_startup=False,
    member_cache_flags=discord.MemberCacheFlags.from_intents(intents),
)

@client.event
async def on_ready():
    print("Logged in as", client.user, file=sys.stderr, flush=True)

asyncio.run(client.start(os.environ["DISCORD_TOKEN"]))
"""
SDKS = "dotenv, google.generativeai, psutil, supabase, wavelink"
OTONARI = ("-m", "bot")
ALL_OFF = {"GEMINI_API_KEY": "", "LAVALINK_NODES": "", "SUPABASE_URL": "off"}
STARTS = 3
SETTLE_SECONDS = 10
START_SECONDS = 60
MEBIBYTE = 2**20


@dataclass
class Idle:
    """What one process was like."""

    ready: float
    work: float
    """Seconds of CPU until it was ready, which other programs do not change."""
    rss: float = 0.0
    cpu: float = 0.0


async def measure(bench: Bench) -> list[Figure]:
    await bench.supabase.start()
    with tempfile.TemporaryDirectory(prefix="otonari-bench-") as directory:
        async with _services(Path(directory)) as services:
            environment = {**services, **bench.supabase.environment, "DATA_DIR": f"{directory}/data"}
            seconds = bench.scaled(60, 5)
            bare, ours = await _both(_bare(SDKS), environment, seconds)
            bare_off, ours_off = await _both(_bare("dotenv"), {**environment, **ALL_OFF}, seconds)
    return [
        Figure(what="a bare discord.py: RSS", value=bare.rss, unit="MiB"),
        Figure(what="a bare discord.py: CPU", value=bare.cpu, unit="% of a core"),
        Figure(what="a bare discord.py: ready after", value=bare.ready, unit="s"),
        Figure(what="a bare discord.py: CPU until ready", value=bare.work, unit="s"),
        Figure(what="Otonari: RSS", value=ours.rss, unit="MiB"),
        Figure(what="Otonari: CPU", value=ours.cpu, unit="% of a core"),
        Figure(what="Otonari: ready after", value=ours.ready, unit="s"),
        Figure(what="Otonari: CPU until ready", value=ours.work, unit="s"),
        Figure(what="RSS above", value=ours.rss - bare.rss, unit="MiB", at_most=25),
        Figure(what="CPU above", value=ours.cpu - bare.cpu, unit="% of a core", at_most=0.5),
        Figure(what="ready later by", value=ours.ready - bare.ready, unit="s", at_most=1.5),
        Figure(what="with every service off: a bare discord.py's RSS", value=bare_off.rss, unit="MiB"),
        Figure(what="with every service off: a bare discord.py ready after", value=bare_off.ready, unit="s"),
        Figure(what="with every service off: RSS", value=ours_off.rss, unit="MiB", at_most=60),
        Figure(what="with every service off: ready after", value=ours_off.ready, unit="s"),
        Figure(
            what="with every service off: ready later by",
            value=ours_off.ready - bare_off.ready,
            unit="s",
            at_most=0.5,
        ),
    ]


def _bare(imports: str) -> tuple[str, ...]:
    """Return the command of a bare discord.py that imports these modules besides."""
    return "-W", "ignore", "-c", BARE.replace("{imports}", imports)


async def _both(bare: Sequence[str], environment: Mapping[str, str], seconds: int) -> tuple[Idle, Idle]:
    """Start a bare bot and ours several times each, then watch both at once for ``seconds``."""
    found: list[Idle] = []
    async with contextlib.AsyncExitStack() as stack:
        processes: list[tuple[Idle, psutil.Process]] = []
        for command in (bare, OTONARI):
            times: list[float] = []
            works: list[float] = []
            for _ in range(STARTS - 1):
                async with _running(command, environment) as (process, ready):
                    times.append(ready)
                    works.append(_cpu_seconds(process.pid))
            process, ready = await stack.enter_async_context(_running(command, environment))
            works.append(_cpu_seconds(process.pid))
            found.append(Idle(statistics.median([*times, ready]), statistics.median(works)))
            processes.append((found[-1], psutil.Process(process.pid)))
        await asyncio.sleep(min(SETTLE_SECONDS, seconds))
        before = [sum(process.cpu_times()[:2]) for _, process in processes]
        began = time.monotonic()
        await asyncio.sleep(seconds)
        for (idle, process), spent in zip(processes, before, strict=True):
            idle.cpu = 100 * (sum(process.cpu_times()[:2]) - spent) / (time.monotonic() - began)
            idle.rss = process.memory_info().rss / MEBIBYTE
    bare_bot, ours = found
    return bare_bot, ours


def _cpu_seconds(pid: int) -> float:
    return sum(psutil.Process(pid).cpu_times()[:2])


@contextlib.asynccontextmanager
async def _running(
    command: Sequence[str], environment: Mapping[str, str]
) -> AsyncGenerator[tuple[asyncio.subprocess.Process, float]]:
    """Run a bot; yields its process and the seconds that it took to log in."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *dying_with_parent([sys.executable, *command]),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    said: list[bytes] = []
    try:
        async with asyncio.timeout(START_SECONDS):
            while line := await process.stderr.readline():
                said.append(line)
                if b"Logged in as" in line:
                    break
            else:
                raise RuntimeError(b"".join(said).decode(errors="replace")[-1000:])
        ready = time.monotonic() - began
        reading = asyncio.create_task(process.stderr.read())
        yield process, ready
        reading.cancel()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def _services(directory: Path) -> AsyncGenerator[dict[str, str]]:
    """Run stand-ins of what a bot connects to; yields the bot's settings for them."""
    services = (
        DiscordStandIn(directory / "discord"),
        GeminiStandIn(directory / "gemini"),
        LavalinkStandIn(),
    )
    async with contextlib.AsyncExitStack() as stack:
        environment: dict[str, str] = {}
        for service in services:
            await service.start()
            stack.push_async_callback(service.close)
            environment.update(service.environment())
        yield environment
