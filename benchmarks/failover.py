"""How long a song is silent when its node fails, and where it goes on; with the bot's own timings."""

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

import aiohttp
from aiohttp import web

from benchmarks.frame import Figure
from sandbox.child_process import dying_with_parent
from sandbox.discord import DiscordStandIn
from sandbox.lavalink import LavalinkNodes, LavalinkStandIn
from sandbox.people import PeopleApi

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from benchmarks.frame import Bench
    from sandbox.lavalink.player import Player

TITLE = "Failover: a song's silence when its node fails, and its place when it goes on"
ROOT = Path(__file__).resolve().parents[1]
FAULTS = {"killed": "kill", "closed cleanly": "close", "silent (no pong, no close)": "silence"}
REPEATS = 5
MOST_SECONDS = 5.0
MOST_ERROR_MS = 1000.0
PATIENCE = 60.0
POLL = 0.005


async def measure(bench: Bench) -> list[Figure]:
    figures: list[Figure] = []
    async with _playing() as (nodes, control):
        for name, switch in FAULTS.items():
            gaps: list[float] = []
            errors: list[float] = []
            for _ in range(bench.scaled(REPEATS, 1)):
                gap, error = await _strike(nodes, control, switch)
                gaps.append(gap)
                errors.append(error)
            figures += [
                Figure(what=f"node {name}: silence, median", value=statistics.median(gaps), unit="s"),
                Figure(
                    what=f"node {name}: silence, longest", value=max(gaps), unit="s", at_most=MOST_SECONDS
                ),
                Figure(
                    what=f"node {name}: off its place by", value=max(errors), unit="ms", at_most=MOST_ERROR_MS
                ),
            ]
    return figures


def _heard(node: LavalinkStandIn) -> Player | None:
    """Return the player of a node whose song is heard."""
    players = [player for player in node.node.players if player.track and player.connected]
    return players[0] if players else None


async def _strike(nodes: Sequence[LavalinkStandIn], control: str, switch: str) -> tuple[float, float]:
    """Fail the node that plays; return the seconds of silence, and how far off its place the song goes on."""
    await _until(lambda: any(_heard(node) for node in nodes))
    failing, other = sorted(nodes, key=lambda node: _heard(node) is None)
    player = _heard(failing)
    assert player is not None
    async with aiohttp.ClientSession(f"{control}/{failing.node_name}/node/") as http:
        position, began = player.position, time.monotonic()
        await (await http.post(switch, json={"stop": True} if switch == "close" else {})).read()
        await _until(lambda: _heard(other))
        gap = time.monotonic() - began
        after = _heard(other)
        assert after is not None
        # A node that is only out of the bot's reach plays on meanwhile.
        expected = player.position if switch == "silence" else position
        error = abs(after.position - expected)
        await (await http.post("speak" if switch == "silence" else "start", json={})).read()
    await _until(lambda: not failing.node.players and len(failing.node.sessions) > 0)
    return gap, error


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(POLL)


@contextlib.asynccontextmanager
async def _playing() -> AsyncGenerator[tuple[Sequence[LavalinkStandIn], str]]:
    """Have the bot, a process of its own, play a song; yields its two nodes and their switches' address."""
    nodes = [LavalinkStandIn(name=f"node-{number}") for number in (1, 2)]
    lavalink = LavalinkNodes(nodes)
    async with contextlib.AsyncExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="otonari-bench-"))
        discord = DiscordStandIn(Path(directory) / "discord")
        for service in (discord, lavalink):
            await service.start()
            stack.push_async_callback(service.close)
        switches = web.AppRunner(web.Application())
        switches.app.add_routes(lavalink.control_routes())
        await switches.setup()
        stack.push_async_callback(switches.cleanup)
        await web.TCPSite(switches, "127.0.0.1", 0).start()
        environment = {**discord.environment(), **lavalink.environment(), "DATA_DIR": f"{directory}/data"}
        await stack.enter_async_context(_bot(environment))
        await asyncio.wait_for(discord.bot_online.wait(), PATIENCE)
        await _until(lambda: all(node.node.sessions for node in nodes))
        people = await stack.enter_async_context(PeopleApi(discord.url))
        me = await people.person()
        await me.join_voice(await me.channel("ラウンジ"))
        await me.run(await me.channel("music"), "play", {"query": "Lemon"})
        yield nodes, f"http://127.0.0.1:{switches.addresses[0][1]}"


@contextlib.asynccontextmanager
async def _bot(environment: dict[str, str]) -> AsyncGenerator[None]:
    process = await asyncio.create_subprocess_exec(
        *dying_with_parent([sys.executable, "-m", "bot"]),
        cwd=ROOT,
        env={**os.environ, "SUPABASE_URL": "off", "GEMINI_API_KEY": "", **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
