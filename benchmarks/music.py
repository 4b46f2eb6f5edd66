"""Music: from a command to Lavalink's request, and one process that plays in 200 guilds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks.frame import Figure, percentile
from sandbox.child_process import dying_with_parent
from sandbox.discord import DiscordStandIn
from sandbox.lavalink import LavalinkStandIn
from sandbox.people import PeopleApi

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from benchmarks.frame import Bench

TITLE = "Music: command to Lavalink, and 200 guilds playing in one process"
ROOT = Path(__file__).resolve().parents[1]
TEXT, VOICE = 0, 2
GUILDS = 200
JOINS, MINUTE = 90, 61.0
"""Voice channels joined, then a minute's pause: Discord takes 120 gateway commands in 60 seconds."""
COMMANDS = 100
SETTLE_SECONDS = 10
WATCH_SECONDS = 30
PATIENCE = 60.0
MEBIBYTE, KIBIBYTE = 2**20, 2**10


async def measure(bench: Bench) -> list[Figure]:
    async with _surroundings() as stage:
        await stage.play_in(1)
        latencies = [await stage.command() for _ in range(bench.scaled(COMMANDS, 10))]
        await asyncio.sleep(bench.scaled(SETTLE_SECONDS, 1))
        seconds = bench.scaled(WATCH_SECONDS, 3)
        one = await stage.watch(seconds)
        guilds = bench.scaled(GUILDS, 10)
        await stage.play_in(guilds - 1)
        await asyncio.sleep(bench.scaled(SETTLE_SECONDS, 1))
        many = await stage.watch(seconds)
    return [
        Figure(
            what="command written → Lavalink's request, median",
            value=statistics.median(latencies),
            unit="ms",
            at_most=10,
            note="the stand-in's gateway included",
        ),
        Figure(
            what="command written → Lavalink's request, 95 %", value=percentile(latencies, 0.95), unit="ms"
        ),
        Figure(what="1 guild playing: RSS", value=one.rss, unit="MiB"),
        Figure(
            what="1 guild playing: CPU",
            value=one.cpu,
            unit="% of a core",
            note="the probe of the loop included",
        ),
        Figure(what="1 guild playing: longest stall", value=one.stall, unit="ms"),
        Figure(what=f"{guilds} guilds playing: CPU", value=many.cpu, unit="% of a core"),
        Figure(what=f"{guilds} guilds playing: longest stall", value=many.stall, unit="ms"),
        Figure(
            what="memory of a guild that plays (guild, player, queue, controller)",
            value=(many.rss - one.rss) * KIBIBYTE / (guilds - 1),
            unit="KiB",
        ),
    ]


class Load:
    """What the bot's process was like for a while."""

    def __init__(self, *, rss: float, cpu: float, stall: float) -> None:
        self.rss, self.cpu, self.stall = rss, cpu, stall


class Stage:
    """The bot as a process of its own, the stand-ins, and one person in every guild."""

    def __init__(
        self, people: PeopleApi, lavalink: LavalinkStandIn, process: asyncio.subprocess.Process, me: str
    ) -> None:
        self._people = people
        self._node = lavalink.node
        self._process = process
        self._me = me
        self._text = ""
        self._paused = False
        self._stalls: list[float] = []

    async def read_stalls(self) -> None:
        """Note the stalls that the bot tells of, until it ends."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self._stalls.append(float(line))

    async def play_in(self, guilds: int) -> None:
        """Have a song played in so many new guilds."""
        wanted = len(self._node.players) + guilds
        for number in range(guilds):
            if number % JOINS == JOINS - 1:
                await asyncio.sleep(MINUTE)
            guild = await self._people.call("POST", "/guilds", {"name": f"guild {number}"})
            kinds = (("music", TEXT), ("lounge", VOICE))
            text, voice = [
                (
                    await self._people.call(
                        "POST", f"/guilds/{guild['id']}/channels", {"name": name, "type": kind}
                    )
                )["id"]
                for name, kind in kinds
            ]
            join = {"user": self._me, "guild": guild["id"], "channel": voice}
            await self._people.call("POST", "/voice", join)
            await self._say(text, "!play Lemon")
            self._text = text
        await _until(lambda: sum(player.track is not None for player in self._node.players) == wanted)

    async def command(self) -> float:
        """Pause or resume; return the milliseconds until Lavalink has the request."""
        self._node.calls.clear()
        self._paused = not self._paused
        began = time.time()
        await self._say(self._text, "!pause" if self._paused else "!resume")
        await _until(lambda: any("paused" in str(call.body) for call in self._node.calls))
        at = next(call.at for call in self._node.calls if "paused" in str(call.body))
        await asyncio.sleep(0.05)
        return (at - began) * 1000

    async def watch(self, seconds: int) -> Load:
        """Watch the bot's process for a while in which nobody does anything."""
        process = psutil.Process(self._process.pid)
        before, began = sum(process.cpu_times()[:2]), time.monotonic()
        self._stalls.clear()
        await asyncio.sleep(seconds)
        cpu = 100 * (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - began)
        return Load(rss=process.memory_info().rss / MEBIBYTE, cpu=cpu, stall=max(self._stalls))

    async def _say(self, channel: str, content: str) -> None:
        body = {"user": self._me, "content": content}
        await self._people.call("POST", f"/channels/{channel}/messages", body)


@contextlib.asynccontextmanager
async def _surroundings() -> AsyncGenerator[Stage]:
    async with contextlib.AsyncExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="otonari-bench-"))
        discord, lavalink = DiscordStandIn(None), LavalinkStandIn()
        for service in (discord, lavalink):
            await service.start()
            stack.push_async_callback(service.close)
        environment = {**discord.environment(), **lavalink.environment(), "DATA_DIR": directory}
        process = await stack.enter_async_context(_bot(environment))
        await asyncio.wait_for(discord.bot_online.wait(), PATIENCE)
        await _until(lambda: lavalink.node.sessions)
        people = await stack.enter_async_context(PeopleApi(discord.url))
        stage = Stage(people, lavalink, process, (await people.person()).id)
        reading = asyncio.create_task(stage.read_stalls())
        try:
            yield stage
        finally:
            reading.cancel()


@contextlib.asynccontextmanager
async def _bot(environment: dict[str, str]) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *dying_with_parent([sys.executable, "-m", "benchmarks.music_process"]),
        cwd=ROOT,
        env={**os.environ, "SUPABASE_URL": "off", "GEMINI_API_KEY": "", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.001)
