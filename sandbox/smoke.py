"""``make smoke``: boots the demo headless, uses it once, finds the rows, stops it, and tells what it saw."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg

from sandbox.bot_process import REPOSITORY
from sandbox.people import Json, PeopleApi, Person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

TIMEOUT = 50.0
"""Seconds for everything after the start."""
POLL_SECONDS = 0.2
QUESTION = "こんにちは"
SONG = "夜に駆ける"
LOUNGE = "ラウンジ"
ENOUGH_PACKETS = 100
"""Of a song, two seconds of which are listened to."""
SOUND_PATIENCE, SILENCE_PATIENCE = 20.0, 3.0
"""Seconds until so many have to be there, of a node that sends any and of one that should not."""
ROWS = {
    "conversation_logs": "select count(*) from conversation_logs where prompt = 'こんにちは'",
    "music_logs": "select count(*) from music_logs where song_title = '夜に駆ける'",
    "system_stats": "select count(*) from system_stats where status = 'online'",
    "network_stats": "select count(*) from network_stats",
    "network_stats_rollup": "select coalesce(sum(samples), 0) from network_stats_rollup",
}


class SmokeError(Exception):
    """Something was not as it should be."""


def say(what: str) -> None:
    """Print one line of what was seen."""
    print(f"  ✓ {what}", flush=True)


async def chat(me: Person, bot_id: str) -> None:
    """Mention the bot and read its answer."""
    general = await me.channel("general")
    await me.say(general, f"@Otonari {QUESTION}")
    answer = await me.message(general, lambda message: message["author"]["id"] == bot_id)
    say(f"chat: “{QUESTION}” → “{answer['content'].splitlines()[0]}…”")


async def play(me: Person) -> None:
    """Play a song from the lounge."""
    await me.join_voice(await me.channel(LOUNGE))
    outcome = await me.run(await me.channel("music"), "play", {"query": SONG})
    players = (await me.api.state())["players"]
    if outcome["state"] != "answered" or [player["title"] for player in players] != [SONG]:
        raise SmokeError(f"/play was {outcome['state']}, and this plays: {players}")
    say(f"play: {players[0]['title']} by {players[0]['author']} in {LOUNGE}")


async def listen(me: Person, bot_id: str) -> None:
    """Hear what the bot sends into the lounge, or that its node sends nothing."""
    silent_node = "lavalink" in (await me.api.state())["stand_ins"]
    path = f"/voice/{await me.channel(LOUNGE)}/heard"
    heard: Json = {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SILENCE_PATIENCE if silent_node else SOUND_PATIENCE):
            while _packets(heard := await me.api.call("GET", path), bot_id) < ENOUGH_PACKETS:
                await asyncio.sleep(POLL_SECONDS)
    say(sound_of(SONG, heard, bot_id, silent_node=silent_node))


def _packets(heard: Json, user_id: str) -> int:
    return next((one["packets"] for one in heard["speakers"] if one["user_id"] == user_id), 0)


def sound_of(asked_for: str, heard: Json, user_id: str, *, silent_node: bool) -> str:
    """Say what came of a song that was asked for, by the figures of ``/sandbox/voice/{channel}/heard``.

    ``silent_node``: the node is Lavalink's stand-in, which does not connect to the voice server and need not
    be heard. Raises SmokeError for anything else of which nothing is heard.
    """
    connected = any(client["user_id"] == user_id for client in heard["clients"])
    packets = _packets(heard, user_id)
    if silent_node and not connected and not packets:
        return f"heard: nothing of “{asked_for}”: Lavalink's stand-in plays by its clock and sends no sound"
    if not packets:
        fault = "sends nothing" if connected else "has not connected to the voice server"
        raise SmokeError(f"nothing is heard of “{asked_for}”: its node {fault}")
    sound = next(one for one in heard["speakers"] if one["user_id"] == user_id)
    if not sound["audible"]:
        counts = ", ".join(f"{sound[name]} {name}" for name in ("packets", "decoded", "unreadable"))
        raise SmokeError(f"“{asked_for}” is silent: {counts}")
    return (
        f"heard: “{asked_for}” → {sound['frequency_hz']:.0f} Hz, {sound['level_dbfs']:.0f} dBFS,"
        f" {sound['gaps']} gaps in {packets} packets"
    )


async def netstats(me: Person) -> None:
    """Ask for today's traffic."""
    outcome = await me.run(await me.channel("general"), "netstats")
    embeds = outcome["messages"][0]["embeds"]
    if not embeds:
        raise SmokeError(f"/netstats answered: {outcome['messages'][0]['content']}")
    fields = ", ".join(f"{field['name']} {field['value']}" for field in embeds[0]["fields"])
    say(f"netstats: {embeds[0]['title']} — {fields}")


async def find_rows(dsn: str) -> None:
    """Wait until each table has its rows."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        for table, query in ROWS.items():
            while not (count := await _number(connection, query)):
                await asyncio.sleep(POLL_SECONDS)
            say(f"rows: {count} in {table}")


async def _number(connection: psycopg.AsyncConnection[tuple[Any, ...]], query: str) -> int:
    row = await (await connection.execute(query.encode())).fetchone()
    return int(row[0]) if row else 0


async def use(info: dict[str, Any]) -> None:
    """Do what a newcomer does."""
    async with asyncio.timeout(TIMEOUT), PeopleApi(info["page"]) as api:
        me = await api.person()
        await chat(me, info["discord"]["bot_id"])
        await play(me)
        await listen(me, info["discord"]["bot_id"])
        await find_rows(info["supabase"]["dsn"])
        await netstats(me)


async def with_sandbox(data_dir: Path, act: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    """Run the demo around ``act`` and see that nothing is left of it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--headless", "--json", "--stand-ins-only"),
        *("--data-dir", str(data_dir)),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is None or not (line := await process.stdout.readline()):
        raise SmokeError(f"the sandbox ended with exit code {await process.wait()}")
    say("the sandbox is up, and the bot is online")
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    try:
        await act(json.loads(line))
    finally:
        process.terminate()
        code = await process.wait()
    left = [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    if code or left:
        raise SmokeError(f"the sandbox ended with exit code {code} and left {left}")
    say(f"stopped: exit code 0, none of {len(family)} processes left")


def main() -> int:
    """Run, and return the exit code."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="otonari-smoke-") as directory:
        try:
            asyncio.run(with_sandbox(Path(directory), use))
        except (SmokeError, TimeoutError) as error:
            print(f"  ✗ {error or 'timed out'}", file=sys.stderr)
            log = Path(directory) / "bot.log"
            print(log.read_text(encoding="utf-8") if log.exists() else "", file=sys.stderr)
            return 1
    print(f"  Everything works ({time.monotonic() - began:.0f} s).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
