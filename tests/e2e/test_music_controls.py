"""Controller, picker, collections and charts on the real process, each exchange as Discord describes it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Person
    from tests.support.running_sandbox import RunningSandbox

BACK = "the music is back"


@pytest.fixture
async def music(sandbox: RunningSandbox, me: Person) -> AsyncIterator[str]:
    """The channel #music; the person listens in a voice channel meanwhile."""
    music = await me.channel("music")
    await me.join_voice(await me.channel("ラウンジ"))
    yield music
    if players(sandbox):
        await me.run(music, "leave")
    await me.leave_voice()


def players(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    return sandbox.control("lavalink", "GET", "/players")["players"]


def custom_ids(message: dict[str, Any]) -> list[str]:
    return [item.get("custom_id", "") for row in message.get("components", []) for item in row["components"]]


def is_controller(message: dict[str, Any]) -> bool:
    return any(custom_id.startswith("music:") for custom_id in custom_ids(message))


def saved(sandbox: RunningSandbox) -> bool:
    """Tell whether what plays is on the bot's disk; what began just before a kill may not be."""
    path = Path(sandbox.info["data_dir"], "bot", "music.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("SELECT 1 FROM players WHERE songs LIKE '%Lemon%'").fetchall())


async def test_the_controllers_buttons_work_after_the_bot_was_killed(
    sandbox: RunningSandbox, me: Person, music: str
) -> None:
    assert (await me.run(music, "play", {"query": "Lemon"}))["state"] == "answered"
    shown = await me.message(music, is_controller)
    await eventually(lambda: saved(sandbox))
    before, revivals = me.api.sequence, sandbox.bot_log.count(BACK)
    sandbox.control("bot", "POST", "/kill")
    sandbox.control("bot", "POST", "/start")
    await eventually(lambda: sandbox.bot_log.count(BACK) > revivals)

    outcome = await me.outcome(await me.click(shown, "music:pause"))
    assert outcome["state"] == "answered"
    await eventually(lambda: players(sandbox)[0]["paused"])
    edited = await me.message(music, lambda message: "一時停止中" in str(message["embeds"]), after=before)
    assert edited["id"] == shown["id"], "the same message is used again"
    assert len([message for message in await me.read(music) if is_controller(message)]) == 1


async def test_songs_are_picked_kept_paged_and_ranked(
    sandbox: RunningSandbox, me: Person, music: str
) -> None:
    found = (await me.run(music, "search", {"query": "YOASOBI"}))["messages"][0]
    await me.click(found, custom_ids(found)[0], ["0", "1"])
    await me.message(music, lambda message: "2曲をキューに追加" in str(message["embeds"]))
    controller = await me.message(music, is_controller)
    kept = await me.outcome(await me.click(controller, "music:favourite"))
    assert "お気に入りに追加" in str(kept["messages"])
    for _ in range(6):
        await me.run(music, "favorites play")
        await me.run(music, "playlist save", {"name": "夜"})
        await me.run(music, "playlist play", {"name": "夜"})
    queue = (await me.run(music, "queue"))["messages"][0]
    turned = await me.outcome(await me.click(queue, custom_ids(queue)[2]))
    assert turned["state"] == "answered"
    await me.run(music, "playlist delete", {"name": "夜"})
    for command in ("nowplaying", "history", "lyrics", "favorites list", "playlist list", "dj"):
        assert (await me.run(music, command))["state"] == "answered", command
    await eventually(lambda: sandbox.rows("select 1 from music_logs where song_title = '夜に駆ける'"))

    top = (await me.run(music, "top", {"period": "today"}))["messages"][0]
    assert "夜に駆ける" in str(top["embeds"])
    assert "あなた" in str(top["embeds"])
