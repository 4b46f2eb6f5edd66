"""Nodes that leave requests unanswered while their websocket lives: nobody waits, and nothing is lost."""

from __future__ import annotations

import pytest

from sandbox.lavalink.node import WORKERS
from tests.integration.music_bench import SECOND, Bench, music_bench, pair, patient

__all__ = ["pair"]
FOREVER = 3600.0
REST = r"^/(version$|v4/(?!websocket))"
UNREACHABLE = {"fault": "voice_unreachable", "times": 1}


async def change_region(bench: Bench, region: str = "japan") -> None:
    await bench.act("PATCH", f"/channels/{bench.ids['ラウンジ']}", rtc_region=region)


@pytest.mark.parametrize("struck", ["the voice server", "every request"])
async def test_commands_do_not_wait_for_a_node_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, struck: str
) -> None:
    timings = patient(voice=FOREVER, request=FOREVER, measure=FOREVER)
    async with music_bench(monkeypatch, timings=timings) as bench:
        await bench.listen()
        if struck == "the voice server":
            bench.nodes[0].node.track_faults.add(UNREACHABLE)
            await change_region(bench)
            await bench.until(lambda: bench.nodes[0].node.hanging)
        else:
            bench.nodes[0].http_faults.add({"action": "hang", "path": REST})

        said = [
            await bench.slash("volume", level=20),
            await bench.slash("pause"),
            await bench.slash("resume"),
            await bench.slash("skip"),
        ]
        assert all(said)
        assert (bench.player.volume, bench.player.paused) == (20, False)
        assert bench.player.track.title == "群青"
        bench.nodes[0].http_faults.clear()


async def test_a_voice_server_that_lavalink_does_not_reach_is_replaced_after_deleting_the_player(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with music_bench(monkeypatch) as bench:
        await bench.listen()
        node = bench.nodes[0].node
        node.track_faults.add(UNREACHABLE)
        await change_region(bench)
        await bench.until(lambda: node.hanging)
        hung = len(node.calls)
        await bench.say("!volume 70")
        await bench.until(lambda: any(call.method == "DELETE" for call in list(node.calls)[hung:]))
        await bench.goes_on()

        calls = [call for call in list(node.calls)[hung:] if "/players/" in call.path]
        voices = [call for call in calls if "voice" in str(call.body)]
        assert "DELETE" in [call.method for call in calls[: calls.index(voices[0])]]
        assert node.hanging == 1, "no second request hangs"


async def test_a_channel_whose_voice_server_is_never_reached_is_left_with_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with music_bench(monkeypatch) as bench:
        await bench.listen()
        bench.nodes[0].node.track_faults.add({**UNREACHABLE, "times": None})
        await change_region(bench)
        await bench.until(lambda: not bench.in_voice)

        assert await bench.hear(0, "繰り返し切れる")
        assert bench.nodes[0].node.hanging < WORKERS


async def test_a_join_that_does_not_reach_the_voice_server_leaves_no_player_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with music_bench(monkeypatch) as bench:
        bench.nodes[0].node.track_faults.add(UNREACHABLE)
        await bench.enter("you", "ラウンジ")
        assert "接続できませんでした" in await bench.say("!play Lemon")
        await bench.until(lambda: not bench.nodes[0].node.players)

        assert "Lemon" in await bench.say("!play Lemon")
        await bench.until(lambda: bench.title() == "Lemon")


@pytest.mark.parametrize("how", ["hang", "status"])
async def test_a_node_whose_requests_fail_while_its_websocket_lives_is_left(pair: Bench, how: str) -> None:
    pair.nodes[0].http_faults.add({"action": how, "status": 502, "path": REST})
    await pair.until(lambda: pair.title(1) == "Lemon")
    await pair.goes_on(node=1)
    assert not pair.bot.lavalink._nodes[0].up or not pair.bot.lavalink._nodes[1].up

    pair.nodes[0].http_faults.clear()
    await pair.until(lambda: all(node.up for node in pair.bot.lavalink._nodes))
    await pair.until(lambda: not pair.nodes[0].node.players)
    await pair.goes_on(node=1)


async def test_a_node_without_workers_is_left(pair: Bench) -> None:
    pair.nodes[0].node.hanging = WORKERS
    await pair.until(lambda: pair.title(1) == "Lemon")

    await pair.goes_on(node=1)


async def test_the_only_node_that_hangs_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch) as bench:
        await bench.listen()
        bench.nodes[0].http_faults.add({"action": "hang", "path": REST})
        assert await bench.hear(0, "つながりしだい")
        assert "音楽サーバー" in await bench.say("!play 群青")
        bench.nodes[0].http_faults.clear()
        await bench.until(lambda: not bench.player.interrupted)
        await bench.until(lambda: abs(bench.playing().position - bench.player.position_ms) <= SECOND)

        await bench.goes_on()


async def test_songs_are_found_on_another_node_where_one_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timings = patient(measure=FOREVER, request=0.5)
    async with music_bench(monkeypatch, nodes=2, timings=timings) as bench:
        await bench.until(lambda: all(node.up for node in bench.bot.lavalink._nodes))
        bench.nodes[0].http_faults.add({"action": "hang", "path": "loadtracks"})
        await bench.enter("you", "ラウンジ")

        assert "Lemon" in await bench.say("!play Lemon")
        bench.nodes[0].http_faults.clear()


async def fail_over(bench: Bench) -> None:
    old = next(number for number in (0, 1) if bench.title(number))
    await bench.strike("node/kill", old)
    await bench.until(lambda: bench.title(1 - old) == "Lemon" and not bench.player.interrupted)


async def test_the_position_moves_at_once_after_a_failover(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch, nodes=2, update_interval=FOREVER) as bench:
        await bench.until(lambda: all(node.up for node in bench.bot.lavalink._nodes))
        await bench.listen()
        await fail_over(bench)
        position = bench.player.position_ms

        await bench.until(lambda: bench.player.position_ms > position + SECOND // 10)


async def test_a_paused_song_stands_still_after_a_failover(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch, nodes=2, update_interval=FOREVER) as bench:
        await bench.until(lambda: all(node.up for node in bench.bot.lavalink._nodes))
        await bench.listen()
        await bench.say("!pause")
        position = bench.player.position_ms
        await fail_over(bench)

        assert bench.player.position_ms == position
        assert not bench.player._playback._clock._running
