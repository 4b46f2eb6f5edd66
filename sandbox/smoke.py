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
HERTZ = 440
ENOUGH_PACKETS = 100
"""Two seconds of sound."""
SOUND_PATIENCE = 20.0
"""Seconds until they have to be there."""
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


async def play_tone(me: Person, node_url: str) -> None:
    """Play a tone instead."""
    music = await me.channel("music")
    await me.run(music, "play", {"query": f"{node_url}/{HERTZ}hz.mp3"})
    await me.run(music, "skip")


async def listen(me: Person, bot_id: str, asked_for: str, hertz: float | None = None) -> None:
    """Hear in the lounge what was asked for. Raises SmokeError for silence, and for another tone."""
    path = f"/voice/{await me.channel(LOUNGE)}/heard?seconds={ENOUGH_PACKETS / 50}"
    heard: Json = {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SOUND_PATIENCE):
            while not _is_it(heard := await me.api.call("GET", path), bot_id, hertz):
                await asyncio.sleep(POLL_SECONDS)
    say(sound_of(asked_for, heard, bot_id, hertz))


def _of(heard: Json, user_id: str) -> Json:
    """Return the figures of what ``user_id`` sent."""
    nothing: Json = {"packets": 0}
    return next((one for one in heard["speakers"] if one["user_id"] == user_id), nothing)


def _is_it(heard: Json, user_id: str, hertz: float | None) -> bool:
    sound = _of(heard, user_id)
    return sound["packets"] >= ENOUGH_PACKETS - 1 and (hertz is None or _is_near(sound, hertz))


def _is_near(sound: Json, hertz: float) -> bool:
    return abs((sound["frequency_hz"] or 0) - hertz) < 1


def sound_of(asked_for: str, heard: Json, user_id: str, hertz: float | None = None) -> str:
    """Say what came of a song that was asked for, by the figures of ``/sandbox/voice/{channel}/heard``.

    ``hertz``: the tone that it is. Raises SmokeError where nothing is heard, or something else.
    """
    sound = _of(heard, user_id)
    packets = sound["packets"]
    if not packets:
        connected = any(client["user_id"] == user_id for client in heard["clients"])
        fault = "sends nothing" if connected else "has not connected to the voice server"
        raise SmokeError(f"nothing is heard of “{asked_for}”: its node {fault}")
    if not sound["audible"]:
        counts = ", ".join(f"{sound[name]} {name}" for name in ("packets", "decoded", "unreadable"))
        raise SmokeError(f"“{asked_for}” is silent: {counts}")
    if hertz is not None and not _is_near(sound, hertz):
        raise SmokeError(f"“{asked_for}” is heard as {sound['frequency_hz']} Hz, not as {hertz:.0f} Hz")
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
        await listen(me, info["discord"]["bot_id"], SONG)
        await play_tone(me, info["lavalink"]["url"])
        await listen(me, info["discord"]["bot_id"], f"a tone of {HERTZ} Hz", HERTZ)
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
