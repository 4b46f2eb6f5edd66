"""The player against a node that notes what it is told; Lavalink's messages are given by hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unittest.mock import Mock

import discord
import pytest
from discord.state import ConnectionState

from bot.config import LavalinkNode, Secret
from bot.lavalink import (
    Effect,
    NodeUnreachableError,
    Player,
    PlayerEndedError,
    Requester,
    RequestRefusedError,
    Timings,
    Track,
    payload_of,
)
from bot.lavalink.connection import Node
from bot.lavalink.music_queue import Loop
from bot.lavalink.track_failures import HEALTHY_MS, MAX_FAILURES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from wavelink.types.request import Request

GUILD_ID = 900_000_000_000_000_001
TIMINGS = Timings(alone=0.01, idle=0.02, patience=0.01)


def song(name: str) -> Track:
    return Track(
        encoded=f"encoded {name}",
        identifier=name,
        title=name,
        author="somebody",
        length_ms=200_000,
        is_stream=False,
        is_seekable=True,
        source="http",
        requester=Requester(7, "はる"),
    )


class NotingNode(Node):
    """A node whose REST API is this list; ``failures`` are raised first, one a request."""

    def __init__(self) -> None:
        super().__init__(
            LavalinkNode("http://127.0.0.1:9", Secret("x")),
            client=Mock(spec=discord.Client),
            timings=TIMINGS,
            on_message=lambda player, message: None,
        )
        self.requests: list[Request] = []
        self.failures: list[Exception] = []

    async def update_player(self, guild_id: int, data: Request) -> None:
        assert guild_id == GUILD_ID
        if self.failures:
            raise self.failures.pop(0)
        self.requests.append(data)

    @property
    def played(self) -> list[str]:
        return [data["track"]["encoded"].removeprefix("encoded ") for data in self.requests if _plays(data)]


def _plays(data: Request) -> bool:
    return bool(data.get("track", {}).get("encoded"))


@dataclass
class Stage:
    """A player in a channel with one listener, and what it dispatched."""

    node: NotingNode
    player: Player
    heard: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)
    changes: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def dispatch(self, event: str, player: Player, *args: object) -> None:
        assert player is self.player
        if event == "music_changed":
            self.changes += 1
            return
        self.heard.append((event, args))
        self.news.set()

    async def wait_for(self, event: str) -> tuple[object, ...]:
        async with asyncio.timeout(60):
            while True:
                for name, args in self.heard:
                    if name == event:
                        return args
                self.news.clear()
                await self.news.wait()

    def event(self, type_: str, track: Track, play_id: str | None = None, **more: object) -> None:
        """Give the player a message of Lavalink about ``track``, by default about the present playing."""
        present = self.node.requests[-1]["track"]["userData"]["play_id"] if play_id is None else play_id
        payload = {"encoded": track.encoded, "info": {}, "pluginInfo": {}, "userData": {"play_id": present}}
        self.player.on_message(
            {"op": "event", "guildId": str(GUILD_ID), "type": type_, "track": payload, **more}
        )

    def report(self, position_ms: int, *, connected: bool = True) -> None:
        state = {"time": 0, "position": position_ms, "connected": connected, "ping": 1}
        self.player.on_message({"op": "playerUpdate", "guildId": str(GUILD_ID), "state": state})

    async def end(self, track: Track, reason: str) -> None:
        self.event("TrackEndEvent", track, reason=reason)
        await self.settle()

    async def settle(self) -> None:
        while tasks := self.player._tasks._tasks:
            await asyncio.wait(tasks)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    node = NotingNode()
    client = Mock(spec=discord.Client)
    guild = Mock(spec=discord.Guild)
    guild.id, guild.me.id = GUILD_ID, 1
    guild.get_member.return_value = None
    channel = Mock(spec=discord.VoiceChannel)
    channel.guild, channel.voice_states = guild, {1: None, 2: None}
    channel._get_voice_client_key.return_value = (GUILD_ID, "guild_id")
    client._connection = Mock(spec=ConnectionState)
    player = Player(client, channel, node=node, timings=TIMINGS)
    stage = Stage(node, player)
    client.dispatch.side_effect = stage.dispatch
    yield stage
    player.cleanup()
    await node.release()


A, B, C = song("a"), song("b"), song("c")


async def test_the_first_song_starts_at_once_and_the_next_one_waits(stage: Stage) -> None:
    await stage.player.enqueue([A, B])

    assert stage.node.played == ["a"]
    assert stage.player.music_queue.upcoming == (B,)


async def test_a_song_carries_its_requester_to_lavalink(stage: Stage) -> None:
    await stage.player.enqueue([A])
    user_data = stage.node.requests[0]["track"]["userData"]

    assert (user_data["requester_id"], user_data["requester_name"]) == ("7", "はる")


async def test_a_start_is_reported_once_per_playing(stage: Stage) -> None:
    await stage.player.enqueue([A])
    stage.event("TrackStartEvent", A)
    stage.event("TrackStartEvent", A)

    assert stage.heard == [("music_track_start", (A,))]


async def test_the_same_song_played_again_is_reported_again(stage: Stage) -> None:
    stage.player.music_queue.loop = Loop.TRACK
    await stage.player.enqueue([A])
    stage.event("TrackStartEvent", A)
    await stage.end(A, "finished")
    stage.event("TrackStartEvent", A)

    assert stage.heard == [("music_track_start", (A,))] * 2


async def test_a_restored_song_is_not_reported_again(stage: Stage) -> None:
    await stage.player.enqueue([A])
    stage.event("TrackStartEvent", A)
    stage.report(60_000)
    stage.player.on_node_lost()
    await stage.player.restore(stage.node)
    stage.event("TrackStartEvent", A)

    assert stage.heard == [("music_track_start", (A,))]
    assert stage.node.requests[-1]["position"] == pytest.approx(60_000, abs=1000)
    assert not stage.player.interrupted


async def test_a_finished_song_is_followed_by_the_next(stage: Stage) -> None:
    await stage.player.enqueue([A, B])
    await stage.end(A, "finished")

    assert stage.node.played == ["a", "b"]


@pytest.mark.parametrize("reason", ["stopped", "replaced", "cleanup"])
async def test_an_end_that_we_caused_does_not_move_the_queue(stage: Stage, reason: str) -> None:
    await stage.player.enqueue([A, B])
    await stage.end(A, reason)

    assert stage.node.played == ["a"]


async def test_the_late_end_of_a_skipped_song_does_not_skip_the_next_one_too(stage: Stage) -> None:
    await stage.player.enqueue([A, B, C])
    late = stage.node.requests[-1]["track"]["userData"]["play_id"]
    await stage.player.skip_current()
    stage.event("TrackEndEvent", A, late, reason="finished")
    await stage.settle()

    assert stage.node.played == ["a", "b"]


async def test_a_skip_while_a_song_ends_moves_the_queue_once(stage: Stage) -> None:
    await stage.player.enqueue([A, B, C])
    stage.event("TrackEndEvent", A, reason="finished")
    await asyncio.gather(stage.player.skip_current(), stage.settle())

    assert stage.node.played in (["a", "b"], ["a", "b", "c"])
    assert stage.node.played[-1] == stage.player.track.title


async def test_the_end_of_the_queue_is_reported(stage: Stage) -> None:
    await stage.player.enqueue([A])
    await stage.end(A, "finished")

    assert ("music_queue_end", ()) in stage.heard
    assert stage.player.track is None
    assert stage.node.requests[-1]["track"] == {"encoded": None}


async def test_stopping_silences_lavalink_and_forgets_the_queue(stage: Stage) -> None:
    await stage.player.enqueue([A, B])
    await stage.player.stop_playing()

    assert stage.node.requests[-1]["track"] == {"encoded": None}
    assert len(stage.player.music_queue) == 0


async def test_skipping_the_last_song_leaves_silence(stage: Stage) -> None:
    await stage.player.enqueue([A])

    assert await stage.player.skip_current() == A
    assert await stage.player.skip_current() is None
    assert stage.node.requests[-1]["track"] == {"encoded": None}


async def test_skipping_the_last_song_ends_the_queue(stage: Stage) -> None:
    await stage.player.enqueue([A])
    await stage.player.skip_current()

    assert ("music_queue_end", ()) in stage.heard


async def test_every_change_by_people_is_reported(stage: Stage) -> None:
    await stage.player.enqueue([A, B])
    for change in (
        stage.player.pause(True),
        stage.player.set_volume(5),
        stage.player.seek(1),
        stage.player.apply_filters(payload_of({Effect.BASS})),
        stage.player.skip_current(),
        stage.player.stop_playing(),
    ):
        before = stage.changes
        await change
        assert stage.changes > before


async def test_the_next_song_begins_without_votes(stage: Stage) -> None:
    await stage.player.enqueue([A, B])
    stage.player.skip_votes.add(7)
    await stage.player.skip_current()

    assert stage.player.skip_votes == set()


async def test_a_new_song_after_a_paused_one_is_not_paused(stage: Stage) -> None:
    await stage.player.enqueue([A, B])
    await stage.player.pause(True)
    await stage.player.skip_current()

    assert not stage.player.paused
    assert stage.node.requests[-1]["paused"] is False


async def test_a_volume_of_zero_reaches_lavalink(stage: Stage) -> None:
    await stage.player.set_volume(0)

    assert stage.node.requests == [{"volume": 0}]
    assert stage.player.volume == 0


async def test_a_failed_song_is_reported_once_and_left_for_the_next(stage: Stage) -> None:
    await stage.player.enqueue([A, B])
    stage.event("TrackExceptionEvent", A, exception={"message": "gone", "severity": "common", "cause": "x"})
    await stage.end(A, "loadFailed")

    assert stage.heard == [("music_track_failed", (A, "gone"))]
    assert stage.node.played == ["a", "b"]


async def test_a_stuck_song_is_left_although_lavalink_does_not_end_it(stage: Stage) -> None:
    await stage.player.enqueue([A, B])
    stage.event("TrackStuckEvent", A, thresholdMs=10_000)
    await stage.settle()

    assert stage.heard == [("music_track_stuck", (A,))]
    assert stage.node.played == ["a", "b"]


async def test_a_looped_song_that_fails_is_not_tried_for_ever(stage: Stage) -> None:
    stage.player.music_queue.loop = Loop.TRACK
    await stage.player.enqueue([A])
    await stage.end(A, "loadFailed")

    assert stage.node.played == ["a"]
    assert stage.player.track is None


async def test_a_looped_song_that_breaks_off_in_the_middle_is_not_tried_for_ever(stage: Stage) -> None:
    stage.player.music_queue.loop = Loop.TRACK
    await stage.player.enqueue([A])
    stage.event("TrackStartEvent", A)
    stage.event("TrackExceptionEvent", A, exception={"message": "gone", "severity": "common", "cause": "x"})
    await stage.end(A, "finished")

    assert stage.node.played == ["a"]
    assert stage.player.track is None


async def test_too_many_failures_in_a_row_stop_the_player(stage: Stage) -> None:
    songs = [song(str(number)) for number in range(20)]
    await stage.player.enqueue(songs)
    for failed in songs[:MAX_FAILURES]:
        await stage.end(failed, "loadFailed")

    assert ("music_too_many_failures", (MAX_FAILURES,)) in stage.heard
    assert len(stage.node.played) == MAX_FAILURES
    assert stage.player.track is None


async def test_songs_that_were_heard_for_a_while_do_not_count_as_failures_in_a_row(stage: Stage) -> None:
    songs = [song(str(number)) for number in range(10)]
    await stage.player.enqueue(songs)
    for failed in songs[:8]:
        stage.event("TrackStartEvent", failed)
        stage.report(HEALTHY_MS)
        await stage.end(failed, "loadFailed")

    assert len(stage.node.played) == 9


async def test_a_song_that_lavalink_refuses_is_followed_by_the_next(stage: Stage) -> None:
    stage.node.failures.append(RequestRefusedError(400))
    await stage.player.enqueue([A, B])

    assert stage.heard == [("music_track_failed", (A, None))]
    assert stage.node.played == ["b"]


async def test_a_node_out_of_reach_gets_the_song_once_it_is_back(stage: Stage) -> None:
    stage.node.failures.append(NodeUnreachableError())
    await stage.player.enqueue([A])
    assert stage.player.interrupted
    await stage.wait_for("music_interrupted")

    await stage.player.restore(stage.node)
    assert stage.node.played == ["a"]
    assert stage.heard[-1] == ("music_restored", ())


async def test_what_people_change_while_the_node_is_away_is_restored(stage: Stage) -> None:
    await stage.player.enqueue([A, B])
    stage.player.on_node_lost()
    await stage.player.set_volume(40)
    await stage.player.skip_current()
    await stage.player.pause(True)
    await stage.player.restore(stage.node)

    restored = stage.node.requests[-1]
    assert (restored["track"]["encoded"], restored["volume"], restored["paused"]) == ("encoded b", 40, True)


async def test_a_report_of_the_empty_player_before_a_restore_does_not_move_the_position(stage: Stage) -> None:
    await stage.player.enqueue([A])
    stage.event("TrackStartEvent", A)
    stage.report(61_000)
    stage.player.on_node_lost()
    stage.report(0, connected=False)
    await stage.player.restore(stage.node)

    assert stage.node.requests[-1]["position"] >= 61_000


async def test_a_restore_moves_the_player_to_another_node(stage: Stage) -> None:
    other = NotingNode()
    stage.node.attach(stage.player, GUILD_ID)
    await stage.player.enqueue([A])
    await stage.player.restore(other)

    assert (other.players, stage.node.players) == ({GUILD_ID: stage.player}, {})
    assert other.played == ["a"]
    other.detach(GUILD_ID)
    await other.release()


async def test_a_player_that_has_ended_touches_lavalink_no_more(stage: Stage) -> None:
    other = NotingNode()
    await stage.player.enqueue([A])
    requests = list(stage.node.requests)
    stage.player.cleanup()
    attempts = (
        lambda: stage.player.restore(other),
        lambda: stage.player.enqueue([B]),
        lambda: stage.player.set_volume(50),
        stage.player.skip_current,
    )
    for attempt in attempts:
        with pytest.raises(PlayerEndedError):
            await attempt()
    stage.player.watch_listeners()

    assert (other.requests, other.players, stage.node.requests) == ([], {}, requests)
    assert stage.player._presence._countdown._timer is None
    await other.release()


async def test_the_position_follows_lavalinks_reports_and_stands_while_paused(stage: Stage) -> None:
    await stage.player.enqueue([A])
    stage.report(99_000)
    assert stage.player.position_ms == 0, "a report from before the start is the last song's"

    stage.event("TrackStartEvent", A)
    stage.report(30_000)
    await stage.player.pause(True)
    stage.report(31_000)
    assert stage.player.position_ms == 31_000


async def test_the_position_never_passes_the_end(stage: Stage) -> None:
    await stage.player.enqueue([A])
    stage.event("TrackStartEvent", A)
    stage.report(10**9)

    assert stage.player.position_ms == A.length_ms


async def test_nobody_listening_is_reported_after_a_while(stage: Stage) -> None:
    await stage.player.enqueue([A])
    stage.player.channel.voice_states = {1: None}
    stage.player.watch_listeners()

    assert await stage.wait_for("music_idle") == ("alone",)


async def test_silence_is_reported_after_a_while(stage: Stage) -> None:
    await stage.player.enqueue([A])
    await stage.player.stop_playing()

    assert await stage.wait_for("music_idle") == ("silent",)


async def test_other_bots_do_not_count_as_listeners(stage: Stage) -> None:
    other_bot = Mock(spec=discord.Member)
    other_bot.bot = True
    stage.player.channel.guild.get_member.return_value = other_bot

    assert stage.player.listeners == 0


async def test_a_silenced_bot_pauses_until_it_can_be_heard(stage: Stage) -> None:
    await stage.player.enqueue([A])
    for silenced in (True, False):
        state = {"channel_id": "5", "session_id": "s", "mute": silenced, "suppress": False}
        await stage.player.on_voice_state_update(state)
        await stage.settle()
        assert stage.player.paused is silenced
        assert stage.player.pause_reasons == ({"silenced"} if silenced else set())

    assert stage.heard == [
        ("music_auto_pause", ("silenced", True)),
        ("music_auto_pause", ("silenced", False)),
    ]


async def test_a_bot_that_discord_disconnects_ends_its_player(stage: Stage) -> None:
    stage.node.attach(stage.player, GUILD_ID)
    for channel_id in ("5", None):
        state = {"channel_id": channel_id, "session_id": "s", "mute": False, "suppress": False}
        await stage.player.on_voice_state_update(state)

    assert stage.heard == [("music_player_end", ())]
    assert stage.node.players == {}
    with pytest.raises(PlayerEndedError):
        await stage.player.enqueue([A])
