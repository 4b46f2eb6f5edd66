"""What is to be heard, and what the node is sent of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock, Mock

import pytest
import wavelink

from bot.background_tasks import BackgroundTasks
from bot.lavalink import Effect, PlayerEndedError, RequestRefusedError, payload_of
from bot.lavalink.connection import Node
from bot.lavalink.playback import Playback
from bot.lavalink.remote_player import RemotePlayer
from bot.lavalink.stall import StallWatch
from bot.lavalink.voice_connection import VoiceConnection
from tests.unit.lavalink.test_player import A

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

VOICE = {"token": "t", "endpoint": "e", "sessionId": "s", "channelId": "5"}
EVERYTHING = {"volume": 100, "filters": {}}


class Stage:
    """A playback on a node that notes what it is sent."""

    def __init__(self) -> None:
        self.node = Mock(spec=Node, uri="http://a", update_player=AsyncMock(), counts_from_zero=False)
        self.remote = RemotePlayer(Mock(spec=wavelink.Player), 900, self.node)
        self.voice = Mock(spec=VoiceConnection, request=VOICE)
        self.changes = 0
        self.tasks = BackgroundTasks("music")
        self.dispatch = Mock()
        self.playback = self.another()

    def another(self) -> Playback:
        return Playback(
            self.remote,
            stall=StallWatch(20.0),
            tasks=self.tasks,
            dispatch=self.dispatch,
            on_change=self._changed,
        )

    def _changed(self) -> None:
        self.changes += 1

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [call.args[1] for call in self.node.update_player.await_args_list]

    async def start(self) -> None:
        self.playback.queue.current = A
        await self.playback.start(A)

    async def settle(self) -> None:
        while tasks := self.tasks._tasks:
            await asyncio.wait(tasks)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    await stage.tasks.close()


async def test_what_lavalink_refuses_has_not_changed(stage: Stage) -> None:
    stage.node.update_player.side_effect = RequestRefusedError(400)
    for change in (
        stage.playback.set_volume(5),
        stage.playback.set_filters(payload_of({Effect.BASS})),
        stage.playback.pause(True),
    ):
        with pytest.raises(RequestRefusedError):
            await change

    assert (stage.playback.volume, stage.playback.filters, stage.playback.paused) == (100, {}, False)
    assert stage.changes == 0


async def test_people_and_reasons_pause_independently(stage: Stage) -> None:
    await stage.start()
    stage.playback.set_pause_reason("alone", active=True)
    stage.playback.set_pause_reason("silenced", active=True)
    await stage.settle()
    stage.playback.set_pause_reason("alone", active=False)
    await stage.settle()
    assert stage.playback.paused

    await stage.playback.pause(True)
    stage.playback.set_pause_reason("silenced", active=False)
    await stage.settle()
    assert stage.playback.paused
    await stage.playback.pause(False)
    assert not stage.playback.paused


async def test_a_track_that_begins_for_nobody_begins_paused(stage: Stage) -> None:
    stage.playback.set_pause_reason("alone", active=True)
    await stage.settle()
    await stage.start()

    assert stage.sent[-1]["paused"] is True
    assert not stage.playback.user_paused


async def test_a_report_counts_once_lavalink_has_begun_this_playing(stage: Stage) -> None:
    await stage.start()
    assert not stage.playback.report(50_000, connected=True)
    assert stage.playback.note_start()
    assert not stage.playback.note_start()
    assert stage.playback.report(50_000, connected=False)

    assert stage.playback.position_ms == 50_000


async def test_another_node_is_sent_everything(stage: Stage) -> None:
    other = Mock(spec=Node, update_player=AsyncMock(), counts_from_zero=False)
    await stage.start()
    await stage.playback.set_volume(40)
    stage.remote.on_node_lost()
    await stage.playback.restore(other, stage.voice)

    ((_guild_id, data), _) = other.update_player.await_args
    assert data["track"]["encoded"] == A.encoded
    assert data["track"]["userData"]["play_id"] == stage.playback.play_id
    assert (data["volume"], data["filters"], data["voice"]) == (40, {}, VOICE)
    assert not stage.remote.interrupted


async def test_a_player_without_a_track_is_restored_silent(stage: Stage) -> None:
    stage.voice.request = None
    await stage.playback.restore(stage.node, stage.voice)

    assert stage.sent == [{"track": {"encoded": None}, **EVERYTHING}]


async def test_a_change_waits_for_its_turn(stage: Stage) -> None:
    async with stage.playback.turn:
        pausing = asyncio.create_task(stage.playback.pause(True))
        await asyncio.sleep(0)
        assert stage.sent == []
    await pausing

    assert stage.sent == [{"paused": True}]


async def test_a_snapshot_is_recovered_in_another_process(stage: Stage) -> None:
    await stage.start()
    stage.playback.note_start()
    await stage.playback.pause(True)
    await stage.playback.set_volume(70)
    stage.playback.report(61_000, connected=True)
    snapshot = stage.playback.snapshot(channel_id=5, text_channel_id=None, stay=True)

    after = stage.another()
    await after.recover(snapshot, None)
    again = after.snapshot(channel_id=5, text_channel_id=None, stay=True)
    assert replace(again, anchor=snapshot.anchor).same_but_for_time(snapshot)
    assert again.anchor.position == 61_000
    assert stage.remote.interrupted, "it has to be restored, as Lavalink does not play it any more"


async def test_a_track_that_lavalink_plays_on_goes_on_where_it_is(stage: Stage) -> None:
    await stage.start()
    snapshot = stage.playback.snapshot(channel_id=5, text_channel_id=None, stay=False)
    after = stage.another()
    await after.recover(snapshot, 90_000)

    assert after.position_ms == pytest.approx(90_000, abs=5_000)
    assert not stage.remote.interrupted
    assert stage.sent[-1] == {"paused": False}


async def test_a_player_that_has_ended_is_not_recovered(stage: Stage) -> None:
    snapshot = stage.playback.snapshot(channel_id=5, text_channel_id=None, stay=False)
    stage.remote.ended = True

    with pytest.raises(PlayerEndedError):
        await stage.playback.recover(snapshot, None)


@pytest.mark.parametrize(("before", "target"), [(0, 195_000), (195_000, 10_000), (199_999, 199_999)])
async def test_a_song_is_sent_again_where_lavalink_may_have_decoded_its_end(
    stage: Stage, before: int, target: int
) -> None:
    await stage.start()
    first = stage.playback.play_id
    stage.playback.note_start()
    stage.playback.report(before, connected=True)
    await stage.playback.seek(target)

    sent = stage.node.update_player.await_args.args[1]
    assert sent["track"]["encoded"] == A.encoded
    assert sent["position"] == target
    assert sent["track"]["userData"]["play_id"] == stage.playback.play_id != first
    assert not stage.playback.note_start(), "it is still the same playing to people"


async def test_a_seek_elsewhere_sends_a_position_and_none_hides_a_start(stage: Stage) -> None:
    await stage.start()
    await stage.playback.seek(100_000)
    assert stage.node.update_player.await_args.args[1] == {"position": 100_000}

    await stage.playback.seek(199_000)
    assert stage.playback.note_start()
