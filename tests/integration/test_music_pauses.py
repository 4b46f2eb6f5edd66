"""Music waits while it cannot be heard, and goes on by itself; its place in the song is right throughout."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.integration.music_bench import SECOND, Bench, music_bench, patient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def play(bench: Bench, song: str = "Lemon") -> None:
    await bench.enter("you", "ラウンジ")
    await bench.say(f"!play {song}")
    await bench.until(lambda: bench.plays.titles == [song])
    await bench.until(lambda: bench.playing() and bench.playing().told_position > 0)


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch) as bench:
        await bench.listen()
        yield bench


async def everybody_leaves(bench: Bench) -> None:
    for who in ("you", "haru"):
        await bench.enter(who, None)


async def test_music_pauses_when_everybody_left_and_goes_on_when_somebody_comes(bench: Bench) -> None:
    await everybody_leaves(bench)
    await bench.until(lambda: bench.playing().paused)
    assert bench.player.pause_reasons == {"alone"}

    await bench.enter("haru", "ラウンジ")
    await bench.until(lambda: not bench.playing().paused)
    await bench.goes_on()


async def test_what_people_paused_stays_paused_when_somebody_comes_back(bench: Bench) -> None:
    await bench.say("!pause")
    await everybody_leaves(bench)
    await bench.until(lambda: bench.player.pause_reasons)
    await bench.enter("you", "ラウンジ")
    await bench.until(lambda: not bench.player.pause_reasons)
    await bench.say("!volume 50")

    assert bench.playing().paused


async def test_the_bot_leaves_a_channel_that_stays_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch, timings=patient(alone=0.2)) as bench:
        await play(bench)
        await bench.enter("you", None)
        await bench.until(lambda: not bench.in_voice)

        assert await bench.hear(0, "だれもいなくなった")


async def test_a_bot_that_is_to_stay_plays_on_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch, timings=patient(alone=0.05)) as bench:
        await play(bench)
        bench.player.stay = True
        await bench.enter("you", None)
        at = bench.playing().position
        await bench.until(lambda: bench.playing().position > at + 300)

        assert bench.in_voice
        assert not bench.player.pause_reasons
        bench.player.stay = False
        await bench.until(lambda: not bench.in_voice)


async def test_a_server_mute_pauses_the_music_with_a_word_until_it_is_lifted(bench: Bench) -> None:
    me = f"/guilds/{bench.ids['guild']}/members/{bench.discord.world.bot_id}"
    await bench.act("PATCH", me, mute=True)
    await bench.until(lambda: bench.playing().paused)
    assert await bench.hear(0, "ミュート")

    await bench.act("PATCH", me, mute=False)
    await bench.until(lambda: not bench.playing().paused)
    await bench.goes_on()
    assert await bench.hear(0, "🔊")


async def test_a_server_deafening_changes_nothing(bench: Bench) -> None:
    me = f"/guilds/{bench.ids['guild']}/members/{bench.discord.world.bot_id}"
    await bench.act("PATCH", me, deaf=True)
    await bench.say("!volume 50")

    assert not bench.playing().paused


async def test_an_invalidated_gateway_session_is_followed_by_a_new_voice_session(bench: Bench) -> None:
    session = bench.playing().voice.session_id
    await bench.act("POST", "/discord/gateway/invalidate")
    await bench.until(lambda: bench.playing() and bench.playing().voice.session_id != session)
    await bench.goes_on()

    assert "50%" in await bench.say("!volume 50")


async def test_a_player_that_lavalink_lost_without_a_report_is_restored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with music_bench(monkeypatch, timings=patient(stall=0.6)) as bench:
        await bench.listen()
        session = next(iter(bench.nodes[0].node.sessions))
        session.players.pop(bench.ids["guild"])._cancel()
        await bench.goes_on()


async def test_a_song_that_never_moves_is_sent_again_then_replaced_then_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with music_bench(monkeypatch, timings=patient(stall=0.4)) as bench:
        await play(bench)
        await bench.say("!play 群青")
        deaf = asyncio.create_task(_hold_still(bench))
        await bench.until(lambda: bench.plays.titles == ["Lemon", "群青"])
        deaf.cancel()
        sent = [call.body for call in bench.nodes[0].node.calls if "encoded" in str(call.body)]

        assert len(sent) >= 4, "the song, the song again, its fallback track, that again, then the next one"
        assert await bench.hear(0, "再生できませんでした")


async def _hold_still(bench: Bench) -> None:
    """Keep every song but the next one at its beginning, without any message about it."""
    while True:
        player = bench.playing()
        if player and player.track and player.track.title == "Lemon":
            player._stuck = True
            player._reschedule()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("speed", [0.5, 2.0])
async def test_the_place_in_the_song_is_right_under_another_speed_and_after_a_failover(
    monkeypatch: pytest.MonkeyPatch, speed: float
) -> None:
    # The bot's clock knows nothing of the bench's: places are compared while both stand still.
    async with music_bench(monkeypatch, nodes=2, time_scale=20.0) as bench:
        await bench.until(lambda: all(node.up for node in bench.bot.lavalink._nodes))
        await play(bench)
        first = 0 if bench.title(0) else 1
        await bench.player.pause(True)
        await bench.player.seek(60 * SECOND)
        await bench.player.apply_filters({"timescale": {"speed": speed}})
        at = await heard_on(bench, first)
        told = bench.playing(first).told_position - 60 * SECOND
        assert at - 60 * SECOND == pytest.approx(told * speed, rel=0.01)

        await bench.strike("node/kill", first)
        await bench.until(lambda: bench.title(1 - first) == "Lemon" and not bench.player.interrupted)
        after = bench.playing(1 - first)
        assert after.filters == {"timescale": {"speed": speed}}
        assert after.position == pytest.approx(at, abs=SECOND / 2)
        await heard_on(bench, 1 - first)


async def heard_on(bench: Bench, node: int) -> int:
    """Play ten seconds and pause; return the place, on which the bot agrees with Lavalink."""
    player = bench.playing(node)
    told = player.told_position + 10 * SECOND
    await bench.player.pause(False)
    await bench.until(lambda: player.told_position > told)
    await bench.player.pause(True)
    await bench.until(lambda: abs(bench.player.position_ms - player.position) < SECOND / 2)
    return player.position


async def on_stage(bench: Bench) -> None:
    """Have the person on a stage, among the audience, ask for music."""
    await bench.act("POST", f"/guilds/{bench.ids['guild']}/channels", name="ステージ", type=13)
    await bench.learn_ids()
    await bench.until(lambda: bench.bot.get_channel(int(bench.ids["ステージ"])))
    await bench.enter("you", "ステージ")
    await bench.say("!play Lemon")


async def test_on_a_stage_the_bot_asks_to_speak_and_plays_once_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with music_bench(monkeypatch) as bench:
        await on_stage(bench)
        await bench.until(lambda: bench.voice_state["request_to_speak_timestamp"])
        await bench.until(lambda: bench.playing().paused)
        assert await bench.hear(0, "ステージで発言できない")
        assert bench.playing().position < SECOND

        bot_id, guild = bench.discord.world.bot_id, bench.ids["guild"]
        await bench.act("POST", "/stage", user=bot_id, guild=guild, speaks=True)
        await bench.until(lambda: not bench.playing().paused and bench.playing().position > 0)
        assert await bench.hear(0, "🔊 続きから")


async def test_on_a_stage_that_it_moderates_the_bot_speaks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch) as bench:
        guild = bench.ids["guild"]
        role = await bench.bot_role()
        allowed = str(int(role["permissions"]) | 1 << 22)
        await bench.act("PATCH", f"/guilds/{guild}/roles/{role['id']}", permissions=allowed)
        me = bench.bot.get_guild(int(guild)).me
        await bench.until(lambda: me.guild_permissions.mute_members)
        await on_stage(bench)

        await bench.until(lambda: bench.playing().position > 0)
        await bench.until(lambda: not bench.playing().paused)
        assert not bench.voice_state["suppress"]
