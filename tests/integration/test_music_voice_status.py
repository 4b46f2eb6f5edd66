"""The song as the status of its voice channel, set and taken away through Discord's REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.discord.permissions import BOT, SET_VOICE_CHANNEL_STATUS
from tests.integration import music_bench as benches
from tests.integration.music_bench import Bench, music_bench
from tests.support.discord_oracle import Watcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setitem(benches.SETTINGS, "VOICE_STATUS", "on")
    async with music_bench(monkeypatch) as bench:
        await bench.enter("you", "ラウンジ")
        yield bench


async def shows(bench: Bench, status: str | None, channel: str = "ラウンジ") -> None:
    await bench.until(lambda: bench.discord.world.voice_statuses.get(bench.ids[channel]) == status)


async def test_the_song_is_shown_until_the_bot_leaves(bench: Bench) -> None:
    watcher = Watcher()
    bench.discord.observers.append(watcher)
    await bench.enter("haru", "ラウンジ")
    await bench.say("!play Lemon")
    await shows(bench, "🎵 Lemon · 米津玄師")
    channels = (await bench.act("GET", "/state"))["guilds"][0]["channels"]
    assert next(one for one in channels if one["name"] == "ラウンジ")["status"] == "🎵 Lemon · 米津玄師"
    await bench.say("!leave")
    await shows(bench, None)
    assert not bench.in_voice

    asked = [(one.method, one.status, one.request) for one in watcher.exchanges if "voice-status" in one.path]
    assert asked == [("PUT", 204, {"status": "🎵 Lemon · 米津玄師"}), ("PUT", 204, {"status": None})]
    watcher.verify()


async def test_a_shutdown_takes_it_away(bench: Bench) -> None:
    await bench.say("!play Lemon")
    await shows(bench, "🎵 Lemon · 米津玄師")
    await bench.bot.close()
    await shows(bench, None)


async def test_it_is_gone_after_the_last_song(bench: Bench) -> None:
    await bench.say("!play Lemon")
    await shows(bench, "🎵 Lemon · 米津玄師")
    await bench.say("!stop")
    await shows(bench, None)
    assert bench.in_voice


async def test_without_the_permission_the_music_plays_and_nobody_is_bothered(bench: Bench) -> None:
    role = await bench.bot_role()
    path = f"/guilds/{bench.ids['guild']}/roles/{role['id']}"
    await bench.act("PATCH", path, permissions=str(BOT & ~SET_VOICE_CHANNEL_STATUS))
    watcher = Watcher()
    bench.discord.observers.append(watcher)
    words = await bench.say("!play Lemon")
    await bench.until(lambda: bench.title() == "Lemon")
    await bench.say("!leave")

    assert "権限" not in words
    assert not [one for one in watcher.exchanges if "voice-status" in one.path]
