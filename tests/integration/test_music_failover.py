"""Music goes on whatever happens to Lavalink's nodes and to the voice connection."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from tests.integration.music_bench import SECOND, Bench, music_bench, pair, patient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

__all__ = ["pair"]


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch) as bench:
        await bench.listen()
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
    await bench.goes_on()
    plays = [call for call in bench.nodes[0].node.calls if "encoded" in str(call.body)]
    assert len(plays) == 1, "a resumed song is left alone"
    await bench.say("!skip")
    assert bench.title() == "群青"


async def test_a_song_that_ended_while_the_websocket_was_lost_is_followed_by_the_next(bench: Bench) -> None:
    bench.nodes[0].http_faults.add({"action": "status", "status": 503, "path": "websocket", "times": 3})
    await bench.strike("node/drop")
    await bench.until(lambda: bench.player.interrupted)
    bench.playing().seek(bench.player.track.length_ms)

    await bench.until(lambda: bench.plays.titles == ["Lemon", "群青"])


async def test_a_song_that_is_asked_for_while_lavalink_waits_for_the_bot_to_come_back_is_played(
    bench: Bench,
) -> None:
    session = next(iter(bench.nodes[0].node.sessions))
    session.detach(session.connection)
    await bench.say("!skip")
    assert bench.player.interrupted
    bench.nodes[0]._listener.reset_all()

    await bench.until(lambda: bench.plays.titles == ["Lemon", "群青"])
    assert bench.title() == "群青"
    assert not any("再生できませんでした" in words for words in await bench.words())


async def test_a_node_that_falls_silent_is_noticed_and_left(pair: Bench) -> None:
    await pair.strike("node/silence")
    await pair.until(lambda: pair.title(1) == "Lemon")

    await pair.goes_on(node=1)
    await pair.strike("node/speak")


async def test_a_node_that_was_only_silent_gives_up_the_players_that_moved(pair: Bench) -> None:
    await pair.strike("node/silence")
    await pair.until(lambda: pair.title(1) == "Lemon")
    await pair.strike("node/speak")
    await pair.until(lambda: not pair.nodes[0].node.players)

    await pair.goes_on(node=1)


@pytest.mark.parametrize(("path", "body"), [("node/kill", {}), ("node/close", {"stop": True})])
async def test_music_moves_to_another_node_when_its_own_dies(
    pair: Bench, path: str, body: dict[str, object]
) -> None:
    await pair.strike(path, **body)
    await pair.until(lambda: pair.title(1) == "Lemon")

    await pair.goes_on(node=1)
    assert not any("つながりしだい" in words for words in await pair.words())


@pytest.mark.parametrize(("path", "body"), [("node/kill", {}), ("node/close", {"stop": True})])
async def test_music_waits_for_the_only_node_with_a_word_and_goes_on_when_it_returns(
    bench: Bench, path: str, body: dict[str, object]
) -> None:
    await bench.strike(path, **body)
    assert await bench.hear(0, "つながりしだい")
    await bench.strike("node/start")
    await bench.goes_on()
    assert await bench.hear(0, "音楽サーバーにつながりました")


async def test_what_people_do_while_every_node_is_away_holds_when_one_returns(bench: Bench) -> None:
    await bench.strike("node/kill")
    await bench.until(lambda: bench.player.interrupted)
    await bench.say("!skip")
    await bench.say("!volume 20")
    await bench.say("!pause")
    await bench.strike("node/start")
    await bench.until(lambda: bench.title() == "群青")

    player = bench.playing()
    assert (player.volume, player.paused, player.position) == (20, True, 0)


async def test_music_comes_back_on_whichever_node_returns_first(pair: Bench) -> None:
    await pair.strike("node/kill", 1)
    await pair.strike("node/kill", 0)
    await pair.until(lambda: pair.player.interrupted)
    await pair.strike("node/start", 1)
    await pair.until(lambda: pair.title(1) == "Lemon")

    await pair.goes_on(node=1)


async def test_music_outlives_a_lost_network_that_takes_node_and_gateway_session_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with music_bench(monkeypatch, timings=patient(join=0.5)) as bench:
        await bench.listen()
        await bench.strike("node/kill")
        await bench.act("POST", "/discord/gateway/invalidate")
        await bench.until(lambda: bench.voice_state)
        await bench.until(lambda: bench.player.interrupted and not bench.player._voice.reconnecting)
        await bench.strike("node/start")

        await bench.goes_on()


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

    told = [text for text in caplog.messages if "out of reach" in text or "password" in text]
    assert len(told) == 3
    assert "out of reach" in told[0]
    assert "refuses the password" in told[1]
    assert "application.yml" in told[2]


@pytest.mark.parametrize("code", [1000, 4001, 4004, 4006, 4009, 4015, 4017, 4021, 4999])
async def test_a_broken_voice_session_is_replaced(bench: Bench, code: int) -> None:
    session = bench.playing().voice.session_id
    await bench.strike(f"players/{bench.ids['guild']}/voice_closed", code=code)
    await bench.goes_on()

    assert bench.playing().voice.session_id != session


@pytest.mark.parametrize(
    ("code", "by_remote"), [(4014, True), (4022, True), (1006, False)], ids=["moved", "ended", "by Lavalink"]
)
async def test_a_voice_connection_that_nobody_makes_again_is_made_again_after_a_while(
    bench: Bench, code: int, by_remote: bool
) -> None:
    session = bench.playing().voice.session_id
    await bench.strike(f"players/{bench.ids['guild']}/voice_closed", code=code, by_remote=by_remote)
    await bench.until(lambda: bench.playing().voice.session_id != session)

    await bench.goes_on()
    assert bench.bot.lavalink.available


async def test_a_song_outlives_losing_its_voice_connection_again_and_again(bench: Bench) -> None:
    for code in (1000, 4014):
        await bench.strike(f"players/{bench.ids['guild']}/voice_closed", code=code)
        await bench.until(lambda: bench.player.interrupted)
        await bench.goes_on()

    assert not any("再生できませんでした" in words for words in await bench.words())


async def test_nothing_of_a_song_is_lost_while_nobody_hears_it(bench: Bench) -> None:
    await bench.strike(f"players/{bench.ids['guild']}/voice_closed", code=4014)
    await bench.until(lambda: bench.player.interrupted)
    lost = bench.player.position_ms
    bench.playing().seek(bench.player.track.length_ms - 20 * SECOND)
    await bench.until(lambda: not bench.player.interrupted)

    assert lost <= bench.playing().position <= lost + 10 * SECOND


@pytest.mark.parametrize(
    ("code", "words"), [(4006, "繰り返し切れる"), (4004, "認証を受け付けない"), (4017, "DAVE")]
)
async def test_a_voice_connection_that_keeps_breaking_is_given_up_with_its_reason(
    bench: Bench, code: int, words: str
) -> None:
    async def break_voice() -> bool:
        if bench.in_voice and bench.nodes[0].node.players:
            await bench.strike(f"players/{bench.ids['guild']}/voice_closed", code=code)
        return not bench.in_voice

    await bench.until(break_voice)
    assert await bench.hear(0, words)
    await bench.until(lambda: not bench.nodes[0].node.players)


async def test_being_moved_takes_the_music_along(bench: Bench) -> None:
    await bench.enter("haru", "作業部屋")
    await bench.enter("Otonari", "作業部屋")
    there = bench.ids["作業部屋"]
    await bench.until(lambda: bench.playing().voice.channel_id == there)

    await bench.goes_on()
    assert bench.player.channel.id == int(there)


async def test_another_region_is_passed_on_to_lavalink_without_a_break(bench: Bench) -> None:
    token = bench.playing().voice.token
    await bench.act("PATCH", f"/channels/{bench.ids['ラウンジ']}", rtc_region="japan")
    await bench.until(lambda: bench.playing().voice.token != token)

    await bench.goes_on()


async def test_a_deleted_channel_ends_the_music_and_another_can_be_joined(bench: Bench) -> None:
    await bench.act("DELETE", f"/channels/{bench.ids['ラウンジ']}")
    await bench.until(lambda: not bench.in_voice)
    await bench.until(lambda: not bench.nodes[0].node.players)

    await bench.enter("you", "作業部屋")
    assert "を再生します" in await bench.say("!play 群青")


async def test_a_guild_that_the_bot_is_removed_from_leaves_no_player_behind(bench: Bench) -> None:
    await bench.act("DELETE", f"/guilds/{bench.ids['guild']}/members/{bench.discord.world.bot_id}")
    await bench.until(lambda: not bench.bot.guilds)

    await bench.until(lambda: not bench.nodes[0].node.players)
    assert bench.bot.voice_clients == []


@pytest.mark.parametrize("fault", ["drop", "reconnect"])
async def test_a_resumed_gateway_session_does_not_touch_the_music(bench: Bench, fault: str) -> None:
    resumed = asyncio.Event()
    bench.bot.add_listener(_setter(resumed), "on_resumed")
    await bench.act("POST", f"/discord/gateway/{fault}")
    await asyncio.wait_for(resumed.wait(), 60)

    assert "50%" in await bench.say("!volume 50")
    assert bench.title() == "Lemon"


def _setter(event: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def on_resumed() -> None:
        event.set()

    return on_resumed


@pytest.mark.parametrize("fault", ["exception", "stuck"])
async def test_a_song_that_breaks_off_or_hangs_goes_on_from_another_source_once_and_then_is_left(
    bench: Bench, fault: str
) -> None:
    await bench.strike(f"players/{bench.ids['guild']}/{fault}")
    await bench.until(lambda: bench.title() and bench.playing().track.source_name == "soundcloud")
    await bench.goes_on()
    assert await bench.hear(0, "別の音源")

    await bench.until(lambda: bench.player.snapshot().started)
    await bench.strike(f"players/{bench.ids['guild']}/{fault}")
    await bench.until(lambda: bench.plays.titles == ["Lemon", "群青"])
    await bench.goes_on(title="群青", position=0, queue=())
    assert len(await bench.hear(0, "再生できませんでした")) == 1


async def test_a_song_whose_source_does_not_load_is_left_with_a_word(bench: Bench) -> None:
    fault = {"fault": "track_exception", "match": "群青", "message": "This video is private"}
    bench.nodes[0].node.track_faults.add(fault)
    await bench.say("!skip")

    assert "This video is private" in (await bench.hear(0, "再生できませんでした"))[0]
    # A queue in a loop begins again, without the one that failed.
    await bench.until(lambda: bench.title() == "Lemon")
    assert not bench.player.music_queue


RADIO = "radio.m3u8"


async def play_radio(bench: Bench) -> None:
    await bench.enter("you", "ラウンジ")
    await bench.say(f"!play {bench.nodes[0].base_url}/{RADIO}")
    await bench.until(lambda: bench.plays.titles == [RADIO])


async def test_a_stream_that_ends_gets_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch) as bench:
        await play_radio(bench)
        bench.playing()._finish()

        assert RADIO in (await bench.hear(0, "配信が終わりました"))[0]


async def test_a_stream_that_falls_silent_is_sent_again_and_then_left_with_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with music_bench(monkeypatch, timings=patient(stall=1.0)) as bench:
        bench.nodes[0].node.track_faults.add({"fault": "track_silent", "match": "radio", "after_ms": 500})
        await play_radio(bench)

        assert await bench.hear(0, "音声が届かなくなりました")
        plays = [call for call in bench.nodes[0].node.calls if "'encoded': 'Q" in str(call.body)]
        assert len(plays) == 2


async def test_a_reset_of_one_request_costs_a_moment_of_music_only(bench: Bench) -> None:
    bench.nodes[0].http_faults.add({"action": "reset", "method": "PATCH", "times": 1})
    await bench.say("!skip")
    await bench.until(lambda: bench.plays.titles == ["Lemon", "群青"])

    assert bench.playing().position < 5 * SECOND


async def test_closing_the_bot_leaves_no_player_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch) as bench:
        await bench.listen()
        await asyncio.wait_for(bench.bot.close(), 60)

        await bench.until(lambda: not bench.nodes[0].node.players)
