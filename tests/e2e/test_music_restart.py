"""``kill -9`` of the bot in mid-song: after the restart it plays on, as if nothing had been."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Person
    from tests.support.running_sandbox import RunningSandbox

SECOND = 1000
VOICE = 2.0
"""Seconds in which the node connects to voice for the new bot; a song that nobody hears waits for that."""
ROUNDING = 0.1
"""Seconds by which a position of whole milliseconds, on another process's clock, may be off."""
BACK = "the music is back"
SONGS = ("夜に駆ける", "Lemon", "群青")


def held(sandbox: RunningSandbox) -> dict[str, Any] | None:
    """Return the only player, as Lavalink holds it."""
    players = sandbox.control("lavalink", "GET", "/players")["players"]
    return players[0] if players else None


def title_of(player: dict[str, Any] | None) -> str | None:
    return player["track"]["info"]["title"] if player and player["track"] else None


def plays(sandbox: RunningSandbox) -> dict[str, int]:
    return dict(
        sandbox.rows(
            "select song_title, count(*) from music_logs where requested_by = 'あなた' group by song_title"
        )
    )


def saved(sandbox: RunningSandbox) -> dict[str, Any]:
    """Return the status of the only player, as the bot has it on disk; empty if there is none."""
    path = Path(sandbox.info["data_dir"]) / "bot" / "music.sqlite3"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as connection:
        rows = connection.execute("SELECT status FROM players").fetchall()
    return json.loads(rows[0][0]) if rows else {}


def restart(sandbox: RunningSandbox) -> None:
    sandbox.control("bot", "POST", "/kill")
    sandbox.control("bot", "POST", "/start")


async def playing(sandbox: RunningSandbox, channel: str) -> dict[str, Any]:
    """Wait until a song is heard in ``channel``; return Lavalink's player."""

    def heard() -> dict[str, Any] | None:
        player = held(sandbox)
        there = player and player["track"] and player["voice"]["channelId"] == channel
        return player if there and player["state"]["connected"] else None

    return await eventually(heard)


@pytest.fixture
async def lounge(sandbox: RunningSandbox, me: Person) -> AsyncIterator[str]:
    """A voice channel in which three songs were asked for; the second is a minute in."""
    lounge = await me.channel("ラウンジ")
    music = await me.channel("music")
    await me.join_voice(lounge)
    counted = plays(sandbox).get("Lemon", 0)
    for song in SONGS:
        assert (await me.run(music, "play", {"query": song}))["state"] == "answered"
    await me.run(music, "skip")
    await me.run(music, "volume", {"level": 60})
    await me.run(music, "loop", {"mode": "queue"})
    await me.run(music, "filter", {"effect": "8d"})
    await me.run(music, "seek", {"position": "1:00"})
    await eventually(lambda: plays(sandbox).get("Lemon", 0) == counted + 1)
    await eventually(lambda: saved(sandbox).get("position_ms", 0) >= 60 * SECOND)
    # For a while after a seek Lavalink tells the position of before.
    await eventually(lambda: held(sandbox)["state"]["position"] >= 60 * SECOND)
    yield lounge
    await me.join_voice(lounge)
    if held(sandbox):
        await me.run(music, "leave")
    await me.leave_voice()


async def test_a_killed_bot_goes_on_where_lavalink_kept_playing(
    sandbox: RunningSandbox, me: Person, lounge: str
) -> None:
    earliest = time.monotonic()
    before = held(sandbox)
    latest = time.monotonic()
    assert before is not None
    revivals = sandbox.bot_log.count(BACK)
    restart(sandbox)
    await eventually(lambda: sandbox.bot_log.count(BACK) > revivals)
    await playing(sandbox, lounge)
    asked = time.monotonic()
    after = held(sandbox)
    told = time.monotonic()
    assert after is not None

    assert after["track"]["userData"] == before["track"]["userData"], "it is the same playing"
    moved = (after["state"]["position"] - before["state"]["position"]) / SECOND
    assert asked - latest - VOICE <= moved <= told - earliest + ROUNDING
    assert (after["volume"], after["paused"]) == (60, False)
    shown = (await me.run(await me.channel("music"), "nowplaying"))["messages"][0]["embeds"][0]
    minutes, seconds = map(int, re.search(r"`(\d+):(\d+) /", shown["description"]).groups())
    heard = held(sandbox)["state"]["position"]
    since, until = (position // SECOND for position in (after["state"]["position"], heard))
    assert since - 1 <= minutes * 60 + seconds <= until + 1
    assert after["filters"] == before["filters"] != {}
    await the_queue_is_as_it_was(sandbox, me)


async def test_a_killed_bot_goes_on_where_it_was_although_lavalink_was_killed_too(
    sandbox: RunningSandbox, me: Person, lounge: str
) -> None:
    music = await me.channel("music")
    await me.run(music, "pause")
    before = held(sandbox)
    assert before is not None
    await eventually(lambda: saved(sandbox)["paused"])
    sandbox.control("bot", "POST", "/kill")
    sandbox.control("lavalink", "POST", "/node/kill")
    sandbox.control("lavalink", "POST", "/node/start")
    sandbox.control("bot", "POST", "/start")
    after = await playing(sandbox, lounge)

    assert after["track"]["info"]["title"] == "Lemon"
    assert after["track"]["userData"] == before["track"]["userData"]
    assert after["state"]["position"] == pytest.approx(before["state"]["position"], abs=SECOND)
    assert (after["volume"], after["paused"]) == (60, True)
    assert after["filters"] == before["filters"] != {}
    await me.run(music, "resume")
    await the_queue_is_as_it_was(sandbox, me)


async def test_a_bot_that_is_stopped_and_started_goes_on_too(
    sandbox: RunningSandbox, me: Person, lounge: str
) -> None:
    before = held(sandbox)
    assert before is not None
    sandbox.control("bot", "POST", "/stop")
    assert held(sandbox) is None
    sandbox.control("bot", "POST", "/start")
    after = await playing(sandbox, lounge)

    assert after["track"]["userData"] == before["track"]["userData"]
    assert after["state"]["position"] >= before["state"]["position"]
    await the_queue_is_as_it_was(sandbox, me)


async def the_queue_is_as_it_was(sandbox: RunningSandbox, me: Person) -> None:
    """Assert that the songs come in their order, in a loop, asked for by the same person, and count once."""
    music = await me.channel("music")
    counted = plays(sandbox)["Lemon"]
    for title in ("群青", "Lemon"):
        answer = await me.run(music, "skip")
        # A bot that is just connecting to its node again tells it a moment later.
        await eventually(lambda title=title: title_of(held(sandbox)) == title, doing=f"skip: {answer}")
        player = held(sandbox)
        assert player is not None
        assert player["track"]["userData"]["requester_id"] == me.id
    # Plays arrive in the order in which they were recorded: nothing was between these two.
    await eventually(lambda: plays(sandbox)["Lemon"] > counted)
    assert plays(sandbox)["Lemon"] == counted + 1


async def test_a_killed_bot_stays_away_from_a_channel_that_everybody_left(
    sandbox: RunningSandbox, me: Person, lounge: str
) -> None:
    music = await me.channel("music")
    sandbox.control("bot", "POST", "/kill")
    await me.leave_voice()
    sandbox.control("bot", "POST", "/start")

    await me.message(music, lambda message: "だれもいなくなった" in str(message["embeds"]))
    await eventually(lambda: held(sandbox) is None)
