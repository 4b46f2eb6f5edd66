"""Which track plays next, on a playback whose node notes what it is sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock, Mock

import pytest
import wavelink

from bot.background_tasks import BackgroundTasks
from bot.lavalink import NodeUnreachableError, RequestRefusedError, Track
from bot.lavalink.connection import Node
from bot.lavalink.playback import Playback
from bot.lavalink.remote_player import RemotePlayer
from bot.lavalink.stall import StallWatch
from bot.lavalink.track_scheduler import TrackScheduler
from tests.unit.lavalink.test_player import A, B, song

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

COPY = song("a from elsewhere")


class Stage:
    """A scheduler, and what it had sent, dispatched and looked for."""

    def __init__(self) -> None:
        self.node = Mock(spec=Node, update_player=AsyncMock(), counts_from_zero=False)
        self.events: list[tuple[object, ...]] = []
        self.settled = 0
        self.tasks = BackgroundTasks("music")
        self.find_fallback = AsyncMock(return_value=None)
        self.playback = Playback(
            RemotePlayer(Mock(spec=wavelink.Player), 900, self.node),
            stall=StallWatch(20.0),
            tasks=self.tasks,
            dispatch=lambda *event: self.events.append(event),
            on_change=lambda: None,
        )
        self.scheduler = TrackScheduler(
            self.playback,
            guild_id=900,
            tasks=self.tasks,
            dispatch=lambda *event: self.events.append(event),
            find_fallback=self.find_fallback,
            fallback_timeout=0.01,
            on_change=lambda: None,
            on_settled=self._settle,
        )

    def _settle(self) -> None:
        self.settled += 1

    async def play(self, *tracks: Track) -> None:
        await self.scheduler.change(lambda queue: queue.add(tracks))

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [call.args[1] for call in self.node.update_player.await_args_list]

    async def report(self, type_: str, **more: Any) -> None:
        """Give Lavalink's event about the present playing, and wait for what follows."""
        track = {"encoded": "", "userData": {"play_id": self.playback.play_id}}
        message: Any = {"op": "event", "guildId": "900", "type": type_, "track": track, **more}
        self.scheduler.on_track_event(message)
        while tasks := self.tasks._tasks:
            await asyncio.wait(tasks)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    await stage.tasks.close()


async def test_a_failed_song_goes_on_from_another_source_where_it_broke_off(stage: Stage) -> None:
    stage.find_fallback.return_value = COPY
    await stage.play(A, B)
    await stage.report("TrackStartEvent")
    stage.scheduler.on_report(61_000, connected=True)
    await stage.report("TrackEndEvent", reason="loadFailed")

    assert stage.playback.track is COPY
    assert stage.sent[-1]["position"] == pytest.approx(61_000, abs=5_000)
    await stage.report("TrackStartEvent")
    assert stage.events == [("music_track_start", A), ("music_track_replaced", A, COPY)]


async def test_a_song_that_never_began_is_reported_when_its_copy_does(stage: Stage) -> None:
    stage.find_fallback.return_value = COPY
    await stage.play(A)
    await stage.report("TrackEndEvent", reason="loadFailed")
    await stage.report("TrackStartEvent")

    assert stage.sent[-1]["position"] == 0
    assert stage.events == [("music_track_replaced", A, COPY), ("music_track_start", COPY)]


async def test_a_fallback_track_that_fails_too_is_left_for_the_next_song(stage: Stage) -> None:
    stage.find_fallback.return_value = COPY
    await stage.play(A, B)
    await stage.report("TrackEndEvent", reason="loadFailed")
    await stage.report("TrackStuckEvent", thresholdMs=10_000)

    assert stage.find_fallback.await_count == 1
    assert stage.playback.track is B
    assert stage.events[-1] == ("music_track_stuck", COPY)
    assert not stage.playback.fallback


async def test_a_fallback_track_that_lavalink_refuses_is_left_for_the_next_song(stage: Stage) -> None:
    stage.find_fallback.return_value = COPY
    await stage.play(A, B)
    stage.node.update_player.side_effect = [RequestRefusedError(400), None]
    await stage.report("TrackEndEvent", reason="loadFailed")

    assert stage.playback.track is B


async def test_sources_that_do_not_answer_are_not_waited_for(stage: Stage) -> None:
    async def find(_track: Track) -> Track:
        await asyncio.Event().wait()
        raise AssertionError

    stage.find_fallback.side_effect = find
    await stage.play(A, B)
    await stage.report("TrackEndEvent", reason="loadFailed")

    assert stage.playback.track is B
    assert stage.events == [("music_track_failed", A, None)]


async def test_a_song_that_is_skipped_while_another_source_is_sought_stays_skipped(stage: Stage) -> None:
    searching = asyncio.Event()

    async def find(_track: Track) -> Track:
        await searching.wait()
        return COPY

    stage.find_fallback.side_effect = find
    await stage.play(A, B)
    failing = asyncio.create_task(stage.report("TrackEndEvent", reason="loadFailed"))
    while not stage.find_fallback.called:
        await asyncio.sleep(0)
    await stage.scheduler.skip()
    searching.set()
    await failing

    assert stage.playback.track is B
    assert stage.events == []


async def test_everything_that_is_played_or_silent_is_reported_as_settled(stage: Stage) -> None:
    await stage.play(A)
    assert stage.settled == 1
    await stage.scheduler.stop()
    assert stage.settled == 2


async def test_a_track_for_a_node_out_of_reach_is_current_all_the_same(stage: Stage) -> None:
    stage.node.update_player.side_effect = NodeUnreachableError
    await stage.play(A, B)

    assert stage.playback.track is A
    assert stage.events == []
