"""The controller: one message that shows and steers the music."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest

from bot.music.controller import OUT_OF_SIGHT
from tests.integration.music_bench import Bench, music_bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch) as bench:
        # By its name: loading the extension imports the module again, in place of the one imported above.
        controller_module = importlib.import_module("bot.music.controller")
        monkeypatch.setattr(controller_module, "EDIT_INTERVAL", 0.02)
        monkeypatch.setattr(controller_module, "SEND_DELAY", 0.05)
        await bench.enter("you", "ラウンジ")
        yield bench


async def controller(bench: Bench, words: str = "") -> dict[str, Any]:
    """Wait until there is one controller, and it shows ``words``; return it."""
    found: list[dict[str, Any]] = []

    async def shown() -> bool:
        found[:] = await bench.controllers()
        return len(found) == 1 and words in str(found[0]["embeds"])

    await bench.until(shown)
    return found[0]


async def button(bench: Bench, name: str) -> dict[str, Any]:
    message = await controller(bench)
    return next(
        item
        for row in message["components"]
        for item in row["components"]
        if item["custom_id"] == f"music:{name}"
    )


async def press(bench: Bench, name: str, who: str = "you") -> str:
    return await bench.press(await controller(bench), f"music:{name}", who)


async def test_one_message_follows_the_music_and_shows_every_change(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("bot.music.controller"), "OUT_OF_SIGHT", 99)
    await bench.say("!play Lemon")
    first = await controller(bench, "Lemon")
    await bench.say("!play 群青")
    await controller(bench, "`1.` 群青")
    await bench.say("!volume 50")
    await controller(bench, "50%")
    await bench.say("!loop queue")
    await controller(bench, "キュー全体")
    await bench.say("!filter nightcore")
    await controller(bench, "ナイトコア")
    await bench.say("!pause")
    await controller(bench, "一時停止中")
    await bench.say("!skip")
    last = await controller(bench, "'title': '群青'")

    assert first["id"] == last["id"]


async def test_a_controller_that_scrolled_away_comes_back_with_the_next_song(bench: Bench) -> None:
    await bench.say("!play Lemon")
    await bench.say("!play 群青")
    first = await controller(bench, "Lemon")
    for number in range(OUT_OF_SIGHT):
        await bench.write(f"雑談 {number}", "haru")
    await bench.say("!skip")

    async def is_below() -> bool:
        return [int(one["id"]) > int(first["id"]) for one in await bench.controllers()] == [True]

    await bench.until(is_below)
    await controller(bench, "'title': '群青'")


async def test_a_deleted_controller_is_sent_again(bench: Bench) -> None:
    await bench.say("!play Lemon")
    first = await controller(bench)
    channel, you = bench.ids["music"], bench.ids["you"]
    await bench.act("DELETE", f"/channels/{channel}/messages/{first['id']}?user={you}")
    await bench.say("!pause")

    assert (await controller(bench, "一時停止中"))["id"] != first["id"]


async def test_a_controller_without_music_says_so_and_one_without_a_player_has_no_buttons(
    bench: Bench,
) -> None:
    await bench.say("!play Lemon")
    shown = await controller(bench)
    await bench.say("!stop")
    await controller(bench, "再生していません")
    assert (await button(bench, "skip"))["disabled"]
    await bench.say("!leave")

    async def bare() -> bool:
        return not await bench.controllers()

    await bench.until(bare)
    remaining = next(message for message in await bench.messages() if message["id"] == shown["id"])
    assert "再生していません" in str(remaining["embeds"])


async def test_the_buttons_steer_the_music(bench: Bench) -> None:
    for song in ("Lemon", "群青", "怪物"):
        await bench.say(f"!play {song}")
    await press(bench, "pause")
    await bench.until(lambda: bench.playing().paused)
    await controller(bench, "一時停止中")
    await press(bench, "pause")
    await bench.until(lambda: not bench.playing().paused)
    await press(bench, "quieter")
    await bench.until(lambda: bench.playing().volume == 90)
    await press(bench, "louder")
    await bench.until(lambda: bench.playing().volume == 100)
    await press(bench, "loop")
    await controller(bench, "1曲")
    await press(bench, "skip")
    await bench.until(lambda: bench.title() == "群青")
    await controller(bench, "'title': '群青'")
    await press(bench, "previous")
    await bench.until(lambda: bench.title() == "Lemon")
    await controller(bench, "'title': 'Lemon'")
    await press(bench, "shuffle")
    assert "`1.`" in await press(bench, "queue")
    await press(bench, "stop")
    await bench.until(lambda: bench.title() is None)


async def test_the_heart_keeps_the_song_for_whoever_pressed_it_and_lets_it_go_again(bench: Bench) -> None:
    await bench.say("!play Lemon")

    assert "お気に入りに追加" in await press(bench, "favourite", "haru")
    assert "Lemon" in await bench.say("!favorites", "haru")
    assert "お気に入りはまだありません" in await bench.say("!favorites")
    assert "お気に入りから外しました" in await press(bench, "favourite", "haru")


async def test_the_buttons_work_after_a_restart_and_the_message_is_used_again(bench: Bench) -> None:
    await bench.say("!play Lemon")
    first = await controller(bench)
    assert not bench.bot._connection._view_store._views.get(int(first["id"])), "one view serves every message"
    # All that remembers the message is gone but the state on disk, as after a restart.
    before = dict(bench.bot.cogs)
    await bench.bot.reload_extension("bot.music")
    assert bench.bot.cogs.keys() == before.keys()
    assert all(bench.bot.cogs[name] is not before[name] for name in before if name != "ErrorHandler")
    await press(bench, "pause")
    await bench.until(lambda: bench.playing().paused)

    assert (await controller(bench, "一時停止中"))["id"] == first["id"]


async def test_who_may_not_steer_is_told_privately(bench: Bench) -> None:
    await bench.say("!play Lemon")
    words = await press(bench, "stop", "haru")

    assert "同じチャンネルに入ってから" in words
    assert bench.title() == "Lemon"
    assert words not in await bench.words(reader="yuki")


async def test_a_skip_takes_the_votes_of_most_listeners(bench: Bench) -> None:
    for who in ("haru", "yuki"):
        await bench.enter(who, "ラウンジ")
    await bench.say("!play Lemon")
    await bench.say("!play 群青")
    await press(bench, "skip", "haru")
    await controller(bench, "スキップ 1/2")
    assert bench.title() == "Lemon"
    assert "（1/2）" in await bench.say("!skip", "haru")

    await press(bench, "skip", "yuki")
    await bench.until(lambda: bench.title() == "群青")
    await press(bench, "skip", "haru")
    assert "をスキップしました" in await bench.say("!skip"), "whoever asked for a song may skip it"
