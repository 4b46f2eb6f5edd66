"""Music comes back after a restart, whatever happens while it does."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import wavelink

from bot.lavalink import Effect, MusicStore, Requester, Snapshot, Track, payload_of
from bot.lavalink.music_queue import Loop
from bot.lavalink.music_store import Changes
from bot.lavalink.position import Anchor
from bot.lavalink.snapshot import Songs
from bot.lavalink.tracks import track_from
from tests.integration.music_bench import SECOND, Bench, Heard, music_bench, patient

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

PLAY_ID = "p1"
FILTERS = payload_of({Effect.ROTATION})


def song(bench: Bench, title: str, who: str) -> Track:
    found = bench.nodes[0].node.catalogue.search(title)[0]
    return track_from(wavelink.Playable(found.as_json()), Requester(int(bench.ids[who]), who))


def path_of(bench: Bench) -> Path:
    return bench.bot.settings.music_file


async def killed(bench: Bench, *, alive: bool = False, **changes: Any) -> None:
    """Leave behind what a killed bot leaves: Lemon a minute in; with ``alive`` Lavalink plays it still."""
    people = {"user": bench.ids["you"], "guild": bench.ids["guild"], "channel": bench.ids["ラウンジ"]}
    await bench.act("POST", "/voice", **people)
    songs = Songs(song(bench, "Lemon", "you"), (song(bench, "群青", "haru"),), (song(bench, "怪物", "you"),))
    snapshot = Snapshot(
        songs=songs,
        saved_at=time.time(),
        channel_id=int(bench.ids["ラウンジ"]),
        text_channel_id=int(bench.ids["music"]),
        node=bench.nodes[0].base_url,
        play_id=PLAY_ID,
        started=True,
        position_ms=60 * SECOND,
        anchor=Anchor(0, 0),
        paused=False,
        volume=70,
        loop=Loop.QUEUE,
        stay=False,
        filters=FILTERS,
    )
    saved = Changes(whole={int(bench.ids["guild"]): replace(snapshot, **changes)})
    if alive:
        saved.sessions[bench.nodes[0].base_url] = _session_that_waits(bench)
    store = MusicStore(path_of(bench))
    store.load()
    store.write(saved)
    store.close()
    (following,) = songs.upcoming
    queue = ((following.title, following.requester.id),)
    bench.before = Heard(time.monotonic(), 60 * SECOND, "Lemon", False, 70, dict(FILTERS), Loop.QUEUE, queue)


def _session_that_waits(bench: Bench) -> str:
    node = bench.nodes[0].node
    session = node.sessions.open(bench.discord.world.bot_id)
    session.resuming = True
    session.detach(session.connection)
    player = session.player(bench.ids["guild"])
    player.volume, player.connected = 70, True
    player.set_filters(FILTERS)
    player.play(
        node.catalogue.search("Lemon")[0], position=60 * SECOND, end_time=None, user_data={"play_id": PLAY_ID}
    )
    return session.id


class Restart:
    """A bot that starts after one that was killed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def bench(
        self,
        setting: Callable[[Bench], None] | None = None,
        *,
        nodes: int = 1,
        join: float = 3.0,
        **left: Any,
    ) -> AbstractAsyncContextManager[Bench]:
        async def prepare(bench: Bench) -> None:
            await killed(bench, **left)
            if setting is not None:
                setting(bench)

        return music_bench(self._monkeypatch, nodes=nodes, timings=patient(join=join), before=prepare)


@pytest.fixture
def restart(monkeypatch: pytest.MonkeyPatch) -> Restart:
    return Restart(monkeypatch)


def slow(bench: Bench, seconds: float = 0.5) -> None:
    """Have Lavalink take its time for the first word about a voice connection."""
    fault = {"action": "delay", "seconds": seconds, "method": "PATCH", "path": "players", "times": 1}
    bench.nodes[0].http_faults.add(fault)


async def joining(bench: Bench) -> None:
    """Wait until Discord has let the bot in, before Lavalink has been told."""
    await bench.until(lambda: bench.voice_state)


async def recovered(bench: Bench) -> None:
    await bench.until(lambda: not bench.bot.restart_recovery.pending)


async def test_all_of_it_is_recovered(restart: Restart) -> None:
    async with restart.bench() as bench:
        await recovered(bench)
        await bench.goes_on()
        assert bench.plays.titles == [], "the process before has logged it"
        assert [track.title for track in bench.player.music_queue.history] == ["怪物"]


async def test_what_lavalink_plays_on_is_left_alone_and_its_place_is_known_at_once(restart: Restart) -> None:
    async with restart.bench(alive=True) as bench:
        await recovered(bench)
        assert abs(bench.player.position_ms - bench.playing().position) < SECOND
        await bench.goes_on()
        assert not any("encoded" in str(call.body) for call in bench.nodes[0].node.calls)


async def test_a_song_that_began_just_before_the_kill_is_logged(restart: Restart) -> None:
    async with restart.bench(alive=True, started=False) as bench:
        await bench.until(lambda: bench.plays.titles == ["Lemon"])
        await bench.goes_on()


async def test_a_command_waits_for_restart_recovery(restart: Restart) -> None:
    async with restart.bench(slow) as bench:
        assert "（2番目）" in await bench.say("!play 怪物")
        assert bench.title() == "Lemon"


async def test_a_bot_that_is_disconnected_while_it_recovers_stays_out(restart: Restart) -> None:
    async with restart.bench(slow) as bench:
        await joining(bench)
        await bench.enter("Otonari", None)
        await recovered(bench)
        assert not bench.in_voice
        await bench.until(lambda: not bench.nodes[0].node.players)
        assert bench.voice_state is None

        assert "を再生します" in await bench.say("!play 群青")


async def test_a_channel_that_goes_during_the_recovery_costs_the_music_only(restart: Restart) -> None:
    async with restart.bench(slow) as bench:
        await joining(bench)
        await bench.act("DELETE", f"/channels/{bench.ids['ラウンジ']}")
        await recovered(bench)
        assert not bench.in_voice
        await bench.until(lambda: not bench.nodes[0].node.players)
        await bench.enter("you", "作業部屋")

        assert "を再生します" in await bench.say("!play 群青")


async def test_another_gateway_session_in_the_middle_of_it_changes_nothing(restart: Restart) -> None:
    async with restart.bench(slow, join=1.0) as bench:
        await joining(bench)
        await bench.act("POST", "/discord/gateway/invalidate")
        await recovered(bench)
        await bench.goes_on()


async def test_a_node_that_dies_in_the_middle_of_it_is_left_for_another(restart: Restart) -> None:
    async with restart.bench(partial(slow, seconds=1.0), nodes=2, alive=True) as bench:
        await joining(bench)
        await bench.strike("node/kill")
        await recovered(bench)
        await bench.goes_on(node=1)


async def test_a_bot_that_is_closed_in_the_middle_of_it_closes_at_once_and_loses_nothing(
    restart: Restart,
) -> None:
    async with restart.bench(partial(slow, seconds=1.0), join=60.0) as bench:
        await joining(bench)
        await asyncio.wait_for(bench.bot.close(), 60)
        assert bench.voice_state is None
        store = MusicStore(path_of(bench))
        (snapshot,) = store.load().players.values()
        store.close()

    assert (snapshot.songs.current.title, snapshot.position_ms) == ("Lemon", 60 * SECOND)


async def test_a_channel_that_is_closed_to_the_bot_is_named_and_music_can_be_had_elsewhere(
    restart: Restart,
) -> None:
    def close_lounge(bench: Bench) -> None:
        connect = str(1 << 20)
        overwrite = {"id": bench.ids["guild"], "type": 0, "allow": "0", "deny": connect}
        bench.discord.world.channels[bench.ids["ラウンジ"]]["permission_overwrites"] = [overwrite]

    async with restart.bench(close_lounge) as bench:
        await recovered(bench)
        assert await bench.hear(0, "元のボイスチャンネルに入れなかった")
        await bench.enter("you", "作業部屋")

        assert "を再生します" in await bench.say("!play 群青")


async def test_what_remains_in_a_channel_of_a_killed_bot_is_cleared_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def haunt(bench: Bench) -> None:
        world = bench.discord.world
        guild, lounge = world.guilds[bench.ids["guild"]], world.channels[bench.ids["ラウンジ"]]
        bench.discord.voice.place(guild, lounge, world.bot_id, {})

    async with music_bench(monkeypatch, before=haunt) as bench:
        await bench.enter("you", "ラウンジ")

        assert "入りました" in await bench.say("!join")
