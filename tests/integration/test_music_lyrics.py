"""Words of songs: from LRCLIB where a node has no plugin, and line by line in the controller."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest

from bot.lavalink import Effect, payload_of
from bot.lyrics.lrclib import Lrclib
from sandbox.lrclib import LrclibStandIn
from tests.integration.music_bench import SECOND, Bench, music_bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SONGS = [("Lemon", "米津玄師", 255), ("群青", "YOASOBI", 248)]


@pytest.fixture
async def lrclib() -> AsyncIterator[LrclibStandIn]:
    stand_in = LrclibStandIn(SONGS)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch, lrclib: LrclibStandIn) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch, nodes=2) as bench:
        bench.bot.lyrics = Lrclib(lrclib.url)  # which the bot closes
        for node in bench.nodes:
            node.http_faults.add(
                {"action": "status", "status": 404, "path": "/v4/lyrics", "headers": {}, "body": ""}
            )
        for module, name, seconds in (
            ("controller", "EDIT_INTERVAL", 0.02),
            ("controller", "SEND_DELAY", 0.05),
            ("lyrics_follower", "LINE_INTERVAL", 0.02),
            ("lyrics_follower", "GLANCE", 0.02),
        ):
            # By its name: loading the extension imports the modules again.
            monkeypatch.setattr(importlib.import_module(f"bot.music.{module}"), name, seconds)
        await bench.enter("you", "ラウンジ")
        yield bench


async def controller(bench: Bench, words: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    async def shown() -> bool:
        found[:] = await bench.controllers()
        return len(found) == 1 and words in str(found[0]["embeds"])

    await bench.until(shown)
    return found[0]


async def test_a_node_without_the_plugin_leaves_the_words_to_lrclib(bench: Bench) -> None:
    await bench.say("!play Lemon")
    words = await bench.say("!lyrics")

    assert "サンドボックスの歌なら歌えるよ" in words
    assert "そんな" not in words


async def test_the_line_that_is_sung_is_shown_wherever_the_song_is(
    bench: Bench, lrclib: LrclibStandIn
) -> None:
    await bench.say("!play Lemon")
    await bench.press(await controller(bench, "Lemon"), "music:lyrics")
    await controller(bench, "**♪**")
    await bench.player.seek(40 * SECOND)  # The line of 40 s is the tenth, which is the first again.
    await controller(bench, "**「Lemon」の言葉は")
    await bench.player.pause(True)
    await bench.player.seek(13 * SECOND)
    await controller(bench, "**となりの音が聞こえたら**")
    await bench.player.pause(False)
    await bench.player.apply_filters(payload_of({Effect.NIGHTCORE}))
    await controller(bench, "**いっしょに口ずさもう**")
    assert len(lrclib.requests) == 1

    await bench.press(await controller(bench, "Lemon"), "music:lyrics")

    async def gone() -> bool:
        return all("🎤" not in str(one["embeds"]) for one in await bench.controllers())

    await bench.until(gone)


async def test_the_words_go_on_with_another_node_and_with_the_next_song(bench: Bench) -> None:
    await bench.say("!play Lemon")
    await bench.say("!play 群青")
    await bench.press(await controller(bench, "Lemon"), "music:lyrics")
    await bench.until(lambda: any(bench.title(node) for node in (0, 1)))
    playing = 0 if bench.title(0) else 1
    await bench.strike("node/kill", playing)
    await bench.until(lambda: bench.title(1 - playing) == "Lemon")
    await bench.player.seek(13 * SECOND)
    await controller(bench, "**となりの音が聞こえたら**")
    await bench.say("!skip")
    await controller(bench, "曲に合わせて表示できません")
    await bench.say("!stop")
    await controller(bench, "再生していません")


async def test_who_is_not_in_the_channel_does_not_switch_the_words_on(bench: Bench) -> None:
    await bench.say("!play Lemon")
    words = await bench.press(await controller(bench, "Lemon"), "music:lyrics", "haru")

    assert "同じチャンネルに入ってから" in words
