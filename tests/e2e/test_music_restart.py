"""``kill -9`` of the bot in mid-song: after the restart it plays on, as if nothing had been."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Person
    from tests.support.running_sandbox import RunningSandbox

SECOND = 1000
SAVED_EVERY = 1.5
"""Seconds after which what people did, and where the song is, is certainly on disk."""
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
    await asyncio.sleep(SAVED_EVERY)
    yield lounge
    await me.join_voice(lounge)
    if held(sandbox):
        await me.run(music, "leave")
    await me.leave_voice()


async def test_a_killed_bot_goes_on_where_lavalink_kept_playing(
    sandbox: RunningSandbox, me: Person, lounge: str
) -> None:
    before = held(sandbox)
    assert before is not None
    at = time.monotonic()
    revivals = sandbox.bot_log.count(BACK)
    restart(sandbox)
    await eventually(lambda: sandbox.bot_log.count(BACK) > revivals)
    after = await playing(sandbox, lounge)

    assert after["track"]["userData"] == before["track"]["userData"], "it is the same playing"
    elapsed = (time.monotonic() - at) * SECOND
    assert after["state"]["position"] - before["state"]["position"] == pytest.approx(elapsed, abs=SECOND)
    assert (after["volume"], after["paused"]) == (60, False)
    shown = (await me.run(await me.channel("music"), "nowplaying"))["messages"][0]["embeds"][0]
    minutes, seconds = re.search(r"`(\d+):(\d+) /", shown["description"]).groups()
    heard = held(sandbox)["state"]["position"]
    assert (int(minutes) * 60 + int(seconds)) * SECOND == pytest.approx(heard, abs=2 * SECOND)
    assert after["filters"] == before["filters"] != {}
    await the_queue_is_as_it_was(sandbox, me)


async def test_a_killed_bot_goes_on_where_it_was_although_lavalink_was_killed_too(
    sandbox: RunningSandbox, me: Person, lounge: str
) -> None:
    music = await me.channel("music")
    await me.run(music, "pause")
    before = held(sandbox)
    assert before is not None
    await asyncio.sleep(SAVED_EVERY)
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

    await me.message(music, lambda message: "だれもいなくなった" in str(message["embeds"]), timeout=30)
    await eventually(lambda: held(sandbox) is None)
