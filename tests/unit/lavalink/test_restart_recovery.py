"""Whether, where and how music is recovered."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock, Mock

import discord
import pytest

from bot.lavalink import (
    JoinTimeoutError,
    NodePool,
    NodeUnreachableError,
    Player,
    PlayerEndedError,
    RestartRecovery,
    SnapshotSaver,
    Timings,
)
from bot.lavalink.connection import Node
from bot.lavalink.music_store import Saved
from bot.lavalink.restart_recovery import MAX_REFUSALS
from bot.lavalink.snapshot import Songs
from tests.unit.lavalink.test_fallback_track import LEMON
from tests.unit.lavalink.test_snapshot import ONE

if TYPE_CHECKING:
    from collections.abc import Callable

GUILD_ID = 7
STATE = {"time": 0, "position": 61_000, "connected": True, "ping": 1}
PLAYING = replace(ONE, songs=Songs(LEMON, (), ()), play_id="p1", started=True, position_ms=60_000)


class Stage:
    """A guild with one listener in a voice channel, and what a process before saved of its music."""

    def __init__(self, timings: Timings = Timings(retry_first=0.0), **changes: Any) -> None:  # noqa: B008 - frozen
        self.snapshot = replace(PLAYING, **{"saved_at": time.time(), **changes})
        self.bot = Mock(spec=discord.Client)
        self.pool = Mock(spec=NodePool)
        self.node = Mock(spec=Node)
        self.player = Mock(spec=Player)
        self.player.guild_id = GUILD_ID
        self.guild = Mock(spec=discord.Guild)
        self.guild.id, self.guild.me.id, self.guild.me.voice = GUILD_ID, 1, None
        self.guild.get_member.return_value = None
        self.guild.get_channel_or_thread.return_value = None
        self.channel = Mock(spec=discord.VoiceChannel)
        self.channel.guild, self.channel.voice_states = self.guild, {2: None}
        self.guild.get_channel.return_value = self.channel
        self.channel.permissions_for.return_value = discord.Permissions(view_channel=True, connect=True)
        self.bot.get_guild.return_value = self.guild
        self.pool.wait_for_node = AsyncMock(return_value=self.node)
        self.pool.join = AsyncMock(return_value=self.player)
        self.pool.destroy_orphaned_players = AsyncMock()
        self.node.fetch_state = AsyncMock(return_value=None)
        self.pool.expected = set()
        self.saver = Mock(spec=SnapshotSaver)
        self.saver.load = AsyncMock(side_effect=lambda: Saved({GUILD_ID: self.snapshot}, {"http://a": "s1"}))
        self.restart_recovery = RestartRecovery(self.bot, self.pool, self.saver, timings)

    def lavalink_holds(self, play_id: str | None) -> None:
        """Have Lavalink hold a player, with the playing ``play_id`` or without a track."""
        track = {"userData": {"play_id": play_id}} if play_id else None
        self.node.fetch_state.return_value = {"track": track, "state": STATE}

    async def recover(self) -> None:
        self.restart_recovery.begin(GUILD_ID)
        self.restart_recovery.start()
        await self.done()

    async def done(self) -> None:
        """Wait until everything that was begun has ended."""
        while tasks := self.restart_recovery._tasks._tasks:
            await asyncio.wait(tasks)

    @property
    def events(self) -> list[str]:
        return [call.args[0] for call in self.bot.dispatch.call_args_list]

    @property
    def reason(self) -> str:
        """Why the music is not recovered."""
        ((_event, _snapshot, reason),) = [call.args for call in self.bot.dispatch.call_args_list]
        return reason


async def test_music_whose_session_is_gone_is_restored_where_it_was() -> None:
    stage = Stage()
    await stage.recover()

    stage.pool.wait_for_node.assert_awaited_once_with(stage.snapshot.node)
    stage.pool.join.assert_awaited_once_with(stage.channel, stage.node)
    stage.player.recover.assert_awaited_once_with(stage.snapshot, None)
    assert stage.events == ["music_recovered"]
    assert not stage.restart_recovery.pending
    stage.pool.destroy_orphaned_players.assert_awaited_once_with()


async def test_music_that_lavalink_plays_on_is_taken_over_at_its_place() -> None:
    stage = Stage()
    stage.lavalink_holds("p1")
    await stage.recover()

    stage.player.recover.assert_awaited_once_with(stage.snapshot, STATE["position"])


async def test_a_track_that_ends_while_the_channel_is_joined_is_followed_by_the_next() -> None:
    stage = Stage()
    stage.lavalink_holds("p1")
    before = stage.node.fetch_state.return_value
    stage.node.fetch_state.side_effect = [before, {**before, "track": None}]
    await stage.recover()

    stage.player.recover.assert_awaited_once_with(stage.snapshot, None)
    stage.player.advance_after_end.assert_awaited_once_with()


async def test_a_track_that_ended_while_nobody_heard_is_followed_by_the_next() -> None:
    stage = Stage()
    stage.lavalink_holds(None)
    await stage.recover()

    stage.player.advance_after_end.assert_awaited_once_with()


async def test_another_track_than_the_saved_one_is_replaced() -> None:
    stage = Stage()
    stage.lavalink_holds("p2")
    await stage.recover()

    stage.player.recover.assert_awaited_once_with(stage.snapshot, None)
    stage.player.advance_after_end.assert_not_awaited()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda stage: stage.channel.voice_states.clear(), "empty"),
        (lambda stage: stage.guild.get_channel.configure_mock(return_value=None), "closed"),
        (
            lambda stage: stage.channel.permissions_for.configure_mock(return_value=discord.Permissions()),
            "closed",
        ),
        (lambda stage: setattr(stage, "snapshot", replace(stage.snapshot, saved_at=0.0)), "late"),
        (
            lambda stage: setattr(stage, "snapshot", replace(stage.snapshot, songs=Songs(None, (), ()))),
            "late",
        ),
        (lambda stage: stage.bot.get_guild.configure_mock(return_value=None), "disconnected"),
    ],
    ids=["nobody there", "no channel", "may not enter", "too long ago", "nothing played", "guild left"],
)
async def test_music_that_nobody_waits_for_is_forgotten(
    spoil: Callable[[Stage], object], reason: str
) -> None:
    stage = Stage()
    spoil(stage)
    await stage.recover()

    stage.pool.join.assert_not_awaited()
    assert stage.reason == reason
    assert not stage.restart_recovery.pending


async def test_a_bot_that_is_to_stay_returns_to_an_empty_channel() -> None:
    stage = Stage(stay=True)
    stage.channel.voice_states.clear()
    await stage.recover()

    assert stage.events == ["music_recovered"]


async def test_what_an_attempt_before_left_behind_is_ended_before_lavalink_is_asked() -> None:
    stage = Stage()
    order = Mock()
    order.attach_mock(stage.pool.leave, "leave")
    order.attach_mock(stage.node.fetch_state, "fetch_state")
    await stage.recover()

    assert [call[0] for call in order.mock_calls] == ["leave", "fetch_state"]


async def test_music_is_recovered_although_joining_fails_at_first(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage()
    stage.pool.join.side_effect = [JoinTimeoutError(1), JoinTimeoutError(1), stage.player]
    await stage.recover()

    assert caplog.text.count("not back yet") == 1
    assert stage.events == ["music_recovered"]
    assert not stage.restart_recovery.pending


async def test_a_channel_that_cannot_be_joined_is_given_up_so_that_commands_work_again() -> None:
    stage = Stage()
    stage.pool.join.side_effect = JoinTimeoutError(1)
    await stage.recover()

    assert stage.pool.join.await_count == MAX_REFUSALS
    assert stage.reason == "closed"
    assert not stage.restart_recovery.pending


async def test_a_node_that_is_out_of_reach_is_waited_for_however_often_it_fails() -> None:
    stage = Stage()
    failures = [NodeUnreachableError() for _ in range(2 * MAX_REFUSALS)]
    stage.pool.wait_for_node.side_effect = [*failures, stage.node]
    await stage.recover()

    assert stage.events == ["music_recovered"]


async def test_a_bot_that_was_disconnected_meanwhile_stays_away() -> None:
    stage = Stage()
    stage.player.recover.side_effect = PlayerEndedError
    await stage.recover()

    assert stage.pool.join.await_count == 1
    assert stage.reason == "disconnected"


async def test_each_attempt_uses_the_objects_of_the_present_gateway_session() -> None:
    stage, fresh = Stage(), Stage()
    stage.bot.get_guild.side_effect = [stage.guild, fresh.guild]
    stage.pool.join.side_effect = [JoinTimeoutError(1), stage.player]
    await stage.recover()

    assert [call.args[0] for call in stage.pool.join.await_args_list] == [stage.channel, fresh.channel]


async def test_a_command_waits_until_the_music_is_recovered() -> None:
    stage = Stage()
    joining = asyncio.Event()

    async def join(*_: object) -> Player:
        await joining.wait()
        return stage.player

    stage.pool.join.side_effect = join
    command = asyncio.create_task(stage.restart_recovery.wait(GUILD_ID))
    recovering = asyncio.create_task(stage.recover())
    while not stage.pool.join.called:
        await asyncio.sleep(0)
    assert not command.done()

    joining.set()
    await asyncio.gather(command, recovering)
    stage.player.recover.assert_awaited_once()


async def test_a_command_waits_for_no_other_guild() -> None:
    stage = Stage()
    stage.restart_recovery.start()

    await stage.restart_recovery.wait(GUILD_ID + 1)
    assert set(stage.restart_recovery.pending) == {GUILD_ID}


async def test_guilds_that_were_left_are_forgotten() -> None:
    stage = Stage()
    stage.bot.get_guild.return_value = None
    stage.restart_recovery.forget_absent()
    stage.restart_recovery.start()
    await stage.done()

    assert not stage.restart_recovery.pending


async def test_what_is_not_recovered_at_the_end_stays_pending() -> None:
    stage = Stage()
    stage.pool.wait_for_node.side_effect = asyncio.Event().wait
    stage.restart_recovery.begin(GUILD_ID)
    stage.restart_recovery.start()
    while not stage.pool.wait_for_node.called:
        await asyncio.sleep(0)
    await stage.restart_recovery.close()

    assert set(stage.restart_recovery.pending) == {GUILD_ID}
    stage.saver.close.assert_awaited_once_with()


async def test_the_nodes_resume_the_sessions_of_the_process_before_and_keep_its_players() -> None:
    stage = Stage()
    expected: list[set[int]] = []
    stage.pool.start.side_effect = lambda _sessions: expected.append(set(stage.pool.expected))
    await stage.recover()

    stage.pool.start.assert_called_once_with({"http://a": "s1"})
    assert (expected, stage.pool.expected) == ([{GUILD_ID}], set())


async def test_of_guilds_that_come_and_go_nothing_stays() -> None:
    stage = Stage()
    stage.restart_recovery.start()
    for guild_id in range(100, 120):
        stage.restart_recovery.begin(guild_id)
    await stage.done()

    assert not stage.restart_recovery._begun
