"""How soon an answer is seen, and what a crowd of conversations does to the bot."""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp

from benchmarks.frame import Figure, percentile
from benchmarks.telemetry_process import in_process
from sandbox.discord import DiscordStandIn
from sandbox.gemini import GeminiStandIn
from sandbox.gemini.scripts import Script
from sandbox.people import PeopleApi

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from benchmarks.frame import Bench
    from sandbox.people import Person

T = TypeVar("T")
T2 = TypeVar("T2")

TITLE = "Chat: the first words of an answer, and 200 conversations at once"
CROWD = 200
ALONE = 30
"""Questions asked one after the other."""
PACE = 0.05
"""Seconds between two chunks from Gemini."""
ANSWER = ["おはようございます。", *["今日も良い天気ですね。散歩に行きましょう。" for _ in range(30)]]
FIRST_WORDS_MS = 50.0
HEARTBEAT_MS = 100.0
GAP = 0.2
"""Seconds between two questions: the bot keeps below Discord's rate limit for all of them."""
TICK = 0.01
PATIENCE = 120.0


async def measure(bench: Bench) -> list[Figure]:
    alone, crowd = bench.scaled(ALONE, 3), bench.scaled(CROWD, 10)
    async with _surroundings() as (discord, gemini):
        # One person stands for everybody, and asks more than one may.
        unlimited = {"CHAT_QUESTIONS_PER_MINUTE": "0", "CHAT_USER_TOKENS_PER_DAY": "0"}
        environment = {**discord.environment(), **gemini.environment(), **unlimited}
        running = asyncio.create_task(in_process(bot, environment, alone=alone + 1, crowd=crowd))
        await _unless(running, discord.bot_online.wait())
        async with PeopleApi(discord.url) as api:
            person = await api.person()
            round_trips = await _round_trips(discord, await person.channel("general"), alone)
            gemini.scripts.rules.append(Script(chunks=ANSWER[:2], times=alone + 1))
            gemini.scripts.rules.append(Script(chunks=ANSWER))
            waits = await _unless(running, _ask_alone(api, person, gemini, alone))
            seconds, answered = await _unless(running, _ask_in_a_crowd(api, person, crowd))
        seen = await running
    round_trip, first = statistics.median(round_trips), statistics.median(waits)
    return [
        Figure(what="Discord's own round trip, median", value=round_trip, unit="ms"),
        Figure(what="Gemini's first chunk → text that others see, median", value=first, unit="ms"),
        Figure(
            what="… above Discord's round trip",
            value=max(first - round_trip, 0.0),
            unit="ms",
            at_most=FIRST_WORDS_MS,
        ),
        Figure(what="… the slowest of 20", value=percentile(waits, 0.95), unit="ms"),
        Figure(what=f"{crowd} conversations at once: answered", value=answered, unit="", at_least=crowd),
        Figure(what="… until the last one was whole", value=seconds, unit="s"),
        Figure(what="… heartbeat late by at most", value=seen["latest_ms"], unit="ms", at_most=HEARTBEAT_MS),
        Figure(what="… most work between two heartbeats' turns", value=seen["work_ms"], unit="ms of CPU"),
        Figure(what="… CPU per answer", value=seen["cpu_ms"], unit="ms"),
        Figure(what="… resident memory at most", value=seen["memory_mib"], unit="MiB"),
    ]


# In the bot's process


async def bot(alone: int, crowd: int) -> dict[str, float]:
    """Answer ``alone`` questions and then ``crowd`` more, during which it is measured."""
    from bot import client  # noqa: PLC0415 - only the child pays for these
    from bot.chat import MESSAGES_PER_SECOND, answerer  # noqa: PLC0415
    from bot.config import load_settings  # noqa: PLC0415
    from bot.discord_connection import run_until_closed, use_discord_endpoints  # noqa: PLC0415
    from bot.llm.gemini import Gemini  # noqa: PLC0415
    from bot.netstats.answer import NetstatsAnswer  # noqa: PLC0415
    from bot.storage.state import State  # noqa: PLC0415

    client.EXTENSIONS = ("bot.error_handler", "bot.chat")
    answerer.MOST_OPEN_OF_ONE = crowd  # one person stands for everybody
    settings = load_settings(os.environ, Path("there-is-no.env"))
    use_discord_endpoints(settings)
    otonari: Any = client.Bot(settings)
    telemetry = Counting()
    otonari.supabase_client, otonari.lavalink = telemetry, None
    otonari.netstats = NetstatsAnswer(telemetry, settings)
    otonari.state = State(settings.database_file)
    otonari.gemini = Gemini(settings)
    running = asyncio.create_task(run_until_closed(otonari))
    await telemetry.until(alone)
    late: list[float] = []
    work: list[float] = []
    ticking = asyncio.create_task(_tick(late, work))
    cpu = time.process_time()
    await telemetry.until(alone + crowd)
    await asyncio.sleep(2 + crowd / MESSAGES_PER_SECOND)  # the last edits
    spent = time.process_time() - cpu
    ticking.cancel()
    await otonari.close()
    await asyncio.wait({running, ticking})
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "latest_ms": max(late) * 1000,
        "work_ms": max(work) * 1000,
        "cpu_ms": spent / crowd * 1000,
        "memory_mib": memory,
    }


class Counting:
    """Stands for telemetry: counts the answers that are complete."""

    is_running = False

    def __init__(self) -> None:
        self._answers = 0
        self._news = asyncio.Condition()

    async def initialize(self) -> None: ...

    async def close(self) -> None: ...

    async def save_gemini_usage(self, **_row: object) -> None: ...

    def save_discord_name(self, **_row: object) -> None: ...

    async def save_conversation_log(self, **_row: object) -> None:
        async with self._news:
            self._answers += 1
            self._news.notify_all()

    async def until(self, count: int) -> None:
        """Wait for so many answers."""
        async with self._news:
            await self._news.wait_for(lambda: self._answers >= count)


async def _tick(late: list[float], work: list[float]) -> None:
    """Note by how many seconds the loop is late, and how many it worked meanwhile, again and again."""
    while True:
        before, worked = time.perf_counter(), time.thread_time()
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - before - TICK)
        work.append(time.thread_time() - worked)


# Around it


@asynccontextmanager
async def _surroundings() -> AsyncGenerator[tuple[DiscordStandIn, GeminiStandIn]]:
    with tempfile.TemporaryDirectory(prefix="otonari-bench-") as directory:
        discord, gemini = DiscordStandIn(None), GeminiStandIn(Path(directory), pace=PACE)
        await discord.start()
        await gemini.start()
        yield discord, gemini
        await gemini.close()
        await discord.close()


async def _unless(bot_ends: asyncio.Task[T], work: Coroutine[object, object, T2]) -> T2:
    """Return what ``work`` returns; raises what ends the bot before."""
    task = asyncio.create_task(work)
    await asyncio.wait({bot_ends, task}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    if bot_ends.done():
        bot_ends.result()
    return await asyncio.wait_for(task, PATIENCE)


async def _round_trips(discord: DiscordStandIn, channel: str, count: int) -> list[float]:
    """Return the milliseconds that it takes to send a message, each time."""
    found: list[float] = []
    headers = {"Authorization": f"Bot {discord.environment()['DISCORD_TOKEN']}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        for number in range(count + 1):
            began = time.perf_counter()
            body = {"content": f"ping {number}"}
            async with http.post(f"{discord.url}/api/v10/channels/{channel}/messages", json=body) as answer:
                await answer.read()
                wait = float(answer.headers.get("X-RateLimit-Reset-After", 0))
            found.append((time.perf_counter() - began) * 1000)
            if answer.headers.get("X-RateLimit-Remaining") == "0":
                await asyncio.sleep(wait)
    return found[1:]  # the first one opens the connection


async def _ask_alone(api: PeopleApi, person: Person, gemini: GeminiStandIn, count: int) -> list[float]:
    """Return the milliseconds from Gemini's first chunk to text in Discord, each time."""
    waits: list[float] = []
    # A channel each, as Discord limits how fast messages come in one.
    channels = await _channels(api, person, count + 1, "alone")
    for channel in channels:
        asked = api.sequence
        await person.say(channel, "@Otonari おはよう")
        shown = await person.message(channel, lambda message: bool(message["content"]), after=asked)
        waits.append((time.time() - gemini.journal.entries[-1].received_at) * 1000)
        await _whole(person, channel, shown["id"])
        await asyncio.sleep(GAP)
    return waits[1:]


async def _ask_in_a_crowd(api: PeopleApi, person: Person, count: int) -> tuple[float, int]:
    """Return the seconds until all of ``count`` conversations have their answer, and how many have."""
    channels = await _channels(api, person, count, "crowd")
    began = time.perf_counter()

    async def converse(channel: str) -> bool:
        await person.say(channel, "@Otonari おはよう")
        await _whole(person, channel)
        return True

    results = await asyncio.gather(*map(converse, channels), return_exceptions=True)
    return time.perf_counter() - began, sum(result is True for result in results)


async def _whole(person: Person, channel: str, message_id: str | None = None) -> None:
    """Wait until the answer in a channel has no button any more."""
    end = ANSWER[-1]
    await person.message(
        channel,
        lambda message: (
            message["content"].endswith(end)
            and not message["components"]
            and (message_id is None or message["id"] == message_id)
        ),
        PATIENCE,
    )


async def _channels(api: PeopleApi, person: Person, count: int, name: str) -> list[str]:
    path = f"/guilds/{person.guild_id}/channels"
    return [
        (await api.call("POST", path, {"name": f"{name}-{number}", "type": 0}))["id"]
        for number in range(count)
    ]
