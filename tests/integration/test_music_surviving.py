"""Music goes on whatever happens to Lavalink's nodes and to the voice connection."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from tests.integration.music_bench import Bench, music_bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

SECOND = 1000


async def play(bench: Bench, song: str = "Lemon") -> None:
    """Have a song heard, thirty seconds in, at a volume of its own."""
    await bench.enter("you", "ラウンジ")
    await bench.say(f"!play {song}")
    await bench.say("!volume 70")
    await bench.until(lambda: bench.plays.titles == [song])
    node = next(number for number in range(len(bench.nodes)) if bench.title(number))
    bench.playing(node).seek(30 * SECOND)
    await bench.until(lambda: bench.player.position_ms >= 30 * SECOND)


def still_heard(bench: Bench, node: int = 0) -> None:
    """Assert that the song of `play` is where and as it was."""
    player = bench.playing(node)
    assert player is not None
    assert player.track is not None
    assert player.track.title == "Lemon"
    assert player.volume == 70
    assert player.connected
    assert 30 * SECOND <= player.position <= 33 * SECOND
    assert abs(player.position - bench.player.position_ms) <= SECOND
    assert bench.plays.titles == ["Lemon"], "a restored song is not played twice"


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch) as bench:
        await play(bench)
        yield bench


@pytest.fixture
async def pair(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch, nodes=2) as bench:
        await bench.until(lambda: all(node.up for node in bench.bot.lavalink._nodes))
        await play(bench)
        if bench.title(1):
            bench.nodes = bench.nodes[::-1]
        yield bench


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("node/close", {"code": 1000}),
        ("node/close", {"code": 1001}),
        ("node/close", {"code": 4000}),
        ("node/drop", {}),
    ],
)
async def test_a_lost_websocket_is_opened_again_and_the_session_resumed(
    bench: Bench, path: str, body: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    await bench.strike(path, **body)
    await bench.until(lambda: "(session resumed)" in caplog.text)
    await bench.until(lambda: not bench.player.interrupted)

    still_heard(bench)
    plays = [call for call in bench.nodes[0].node.calls if "encoded" in str(call.body)]
    assert len(plays) == 1, "a resumed song is left alone"
    await bench.say("!skip")
    assert bench.title() is None


async def test_a_song_that_ended_while_the_websocket_was_lost_is_followed_by_the_next(bench: Bench) -> None:
    await bench.player.enqueue([bench.player.track])
    bench.nodes[0].http_faults.add({"action": "status", "status": 503, "path": "websocket", "times": 3})
    await bench.strike("node/drop")
    await bench.until(lambda: bench.player.interrupted)
    bench.playing().seek(bench.player.track.length_ms)

    await bench.until(lambda: bench.plays.titles == ["Lemon", "Lemon"])


async def test_a_node_that_falls_silent_is_noticed_and_left(pair: Bench) -> None:
    await pair.strike("node/silence")
    await pair.until(lambda: pair.title(1) == "Lemon")

    await pair.until(lambda: not pair.player.interrupted)
    still_heard(pair, 1)
    await pair.strike("node/speak")


async def test_a_node_that_was_only_silent_gives_up_the_players_that_moved(pair: Bench) -> None:
    await pair.strike("node/silence")
    await pair.until(lambda: pair.title(1) == "Lemon")
    await pair.strike("node/speak")
    await pair.until(lambda: not pair.nodes[0].node.players)

    await pair.until(lambda: not pair.player.interrupted)
    still_heard(pair, 1)


@pytest.mark.parametrize(("path", "body"), [("node/kill", {}), ("node/close", {"stop": True})])
async def test_music_moves_to_another_node_when_its_own_dies(
    pair: Bench, path: str, body: dict[str, object]
) -> None:
    await pair.strike(path, **body)
    await pair.until(lambda: pair.title(1) == "Lemon")

    await pair.until(lambda: not pair.player.interrupted)
    still_heard(pair, 1)
    assert not any("つながりしだい" in words for words in await pair.words())


async def test_music_waits_for_the_only_node_with_a_word_and_goes_on_when_it_returns(bench: Bench) -> None:
    await bench.strike("node/kill")
    assert await bench.hear(0, "つながりしだい")
    position = bench.player.position_ms
    await bench.strike("node/start")
    await bench.until(lambda: bench.title() == "Lemon")

    await bench.until(lambda: not bench.player.interrupted)
    assert await bench.hear(0, "音楽サーバーにつながりました")
    assert abs(bench.playing().position - position) <= SECOND
    still_heard(bench)


async def test_what_people_do_while_every_node_is_away_holds_when_one_returns(bench: Bench) -> None:
    await bench.player.enqueue([bench.player.track])
    await bench.strike("node/kill")
    await bench.until(lambda: bench.player.interrupted)
    await bench.say("!skip")
    await bench.say("!volume 20")
    await bench.say("!pause")
    await bench.strike("node/start")
    await bench.until(lambda: bench.title() == "Lemon")

    player = bench.playing()
    assert (player.volume, player.paused, player.position) == (20, True, 0)


async def test_music_comes_back_on_whichever_node_returns_first(pair: Bench) -> None:
    await pair.strike("node/kill", 1)
    await pair.strike("node/kill", 0)
    await pair.until(lambda: pair.player.interrupted)
    await pair.strike("node/start", 1)
    await pair.until(lambda: pair.title(1) == "Lemon")

    await pair.until(lambda: not pair.player.interrupted)
    still_heard(pair, 1)


async def test_a_dead_node_does_not_keep_the_bot_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch, nodes=3, dead=[0, 1]) as bench:
        await bench.enter("you", "ラウンジ")
        await bench.say("!play Lemon")

        assert bench.title(2) == "Lemon"


async def test_a_wrong_password_is_reported_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with music_bench(monkeypatch, nodes=2, dead=[1]) as bench:
        bench.nodes[1].http_faults.add({"action": "status", "status": 401, "path": "websocket"})
        await bench.strike("node/start", 1)
        await bench.until(lambda: bench.nodes[1].http_faults.struck >= 5)

    warnings = [record for record in caplog.records if "out of reach" in record.message]
    assert len(warnings) == 1


@pytest.mark.parametrize("code", [4006, 4009, 4015])
async def test_a_broken_voice_session_is_made_anew(bench: Bench, code: int) -> None:
    session = bench.playing().voice.session_id
    await bench.strike(f"players/{bench.ids['guild']}/voice_closed", code=code)
    await bench.until(lambda: bench.playing().connected)

    assert bench.playing().voice.session_id != session
    still_heard(bench)


@pytest.mark.parametrize("code", [1000, 1006, 4014, 4022, 4999])
async def test_other_voice_close_codes_do_not_end_the_music_by_themselves(bench: Bench, code: int) -> None:
    await bench.strike(f"players/{bench.ids['guild']}/voice_closed", code=code)
    await bench.say("!volume 70")

    assert bench.in_voice
    assert bench.title() == "Lemon"
    assert bench.bot.lavalink.available


async def test_a_deleted_channel_ends_the_music_and_another_can_be_joined(bench: Bench) -> None:
    await bench.act("DELETE", f"/channels/{bench.ids['ラウンジ']}")
    await bench.until(lambda: not bench.in_voice)
    await bench.until(lambda: not bench.nodes[0].node.players)

    await bench.enter("you", "作業部屋")
    assert "を再生します" in await bench.say("!play 群青")


async def test_a_guild_that_the_bot_is_thrown_out_of_leaves_no_player_behind(bench: Bench) -> None:
    await bench.act("DELETE", f"/guilds/{bench.ids['guild']}/members/{bench.discord.world.bot_id}")
    await bench.until(lambda: not bench.bot.guilds)

    await bench.until(lambda: not bench.nodes[0].node.players)
    assert bench.bot.voice_clients == []


@pytest.mark.parametrize("fault", ["drop", "reconnect"])
async def test_a_resumed_gateway_session_does_not_touch_the_music(bench: Bench, fault: str) -> None:
    resumed = asyncio.Event()
    bench.bot.add_listener(_setter(resumed), "on_resumed")
    await bench.act("POST", f"/discord/gateway/{fault}")
    await asyncio.wait_for(resumed.wait(), 15)

    assert "50%" in await bench.say("!volume 50")
    assert bench.title() == "Lemon"


def _setter(event: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def on_resumed() -> None:
        event.set()

    return on_resumed


async def test_a_voice_session_that_keeps_breaking_is_given_up(bench: Bench) -> None:
    async def break_voice() -> bool:
        if bench.in_voice and bench.nodes[0].node.players:
            await bench.strike(f"players/{bench.ids['guild']}/voice_closed", code=4006)
        return not bench.in_voice

    await bench.until(break_voice)
    await bench.until(lambda: not bench.nodes[0].node.players)


async def test_a_reset_of_one_request_costs_a_moment_of_music_only(bench: Bench) -> None:
    await bench.player.enqueue([bench.player.track])
    bench.nodes[0].http_faults.add({"action": "reset", "method": "PATCH", "times": 1})
    await bench.say("!skip")
    await bench.until(lambda: bench.plays.titles == ["Lemon", "Lemon"])

    assert bench.playing().position < 5 * SECOND


async def test_closing_the_bot_leaves_no_player_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch) as bench:
        await play(bench)
        await asyncio.wait_for(bench.bot.close(), 10)

        await bench.until(lambda: not bench.nodes[0].node.players)
