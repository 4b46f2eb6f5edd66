"""The voice connection against a Discord that reports by hand what it would."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock, Mock

import aiohttp
import discord
import pytest

from bot.background_tasks import BackgroundTasks
from bot.lavalink import PlayerEndedError, Timings
from bot.lavalink.voice_connection import (
    MAX_RECONNECTS,
    VoiceConnection,
    change_voice_state,
    listeners_in,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GUILD_ID = 900


class Stage:
    """A stage channel with one listener, and the bot's connection to it."""

    def __init__(self) -> None:
        self.client = Mock(spec=discord.Client)
        self.me = Mock(spec=discord.Member)
        self.me.id = 1
        self.me.edit, self.me.request_to_speak = AsyncMock(), AsyncMock()
        self.guild = Mock(spec=discord.Guild)
        self.guild.id, self.guild.me, self.guild.get_member.return_value = GUILD_ID, self.me, None
        self.guild.change_voice_state = AsyncMock(side_effect=self._enter_or_leave)
        self.channel = Mock(spec=discord.StageChannel)
        self.channel.guild, self.channel.voice_states = self.guild, {1: None, 2: None}
        self.client.get_channel.return_value = self.channel
        self.send = AsyncMock(return_value=True)
        self.silenced: list[bool] = []
        self.on_broken, self.on_lost = Mock(), AsyncMock()
        self.tasks = BackgroundTasks("voice")
        self.answers = True
        """Whether Discord lets the bot in."""
        self.lefts: list[bool] = []
        """What was made of each voice state that says that the bot left."""
        self.voice = VoiceConnection(
            self.client,
            self.channel,
            timings=Timings(join=0.01, voice_lost=0.0, retry_first=0.001),
            tasks=self.tasks,
            send=self.send,
            on_silenced=self.silenced.append,
            on_broken=self.on_broken,
            on_lost=self.on_lost,
        )

    async def _enter_or_leave(self, *, channel: object, **_options: object) -> None:
        if channel is None:
            self.leave()
        elif self.answers:
            self.hear()
            await self.voice.on_voice_server("token", "endpoint")

    def may_moderate(self, *, allowed: bool) -> None:
        self.channel.permissions_for.return_value = discord.Permissions(mute_members=allowed)

    def hear(self, *, suppress: bool = False, mute: bool = False) -> bool:
        """Have Discord report that the bot is in the channel."""
        state: Any = {"channel_id": "5", "session_id": "s", "mute": mute, "suppress": suppress}
        return self.voice.on_voice_state(state)

    def leave(self) -> bool:
        """Have Discord report that the bot is in no channel."""
        state: Any = {"channel_id": None, "session_id": "s", "mute": False, "suppress": False}
        self.lefts.append(not self.voice.on_voice_state(state))
        return self.lefts[-1]

    async def settle(self) -> None:
        while tasks := self.tasks._tasks:
            await asyncio.wait(tasks)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    await stage.tasks.close()


async def test_the_bot_has_joined_once_lavalink_knows_the_voice_server(stage: Stage) -> None:
    await stage.voice.join(stage.channel, 60)

    request = {"token": "token", "endpoint": "endpoint", "sessionId": "s", "channelId": "5"}
    stage.send.assert_awaited_once_with(request)
    assert stage.voice.request == request


async def test_nothing_is_sent_before_discord_has_reported_everything(stage: Stage) -> None:
    await stage.voice.on_voice_server("token", "endpoint")
    assert stage.voice.request is None
    stage.hear()
    await stage.voice.on_voice_server("token", None)

    assert not stage.send.called


async def test_a_node_that_refuses_the_voice_server_has_not_joined(stage: Stage) -> None:
    stage.send.return_value = False

    with pytest.raises(TimeoutError):
        await stage.voice.join(stage.channel, 0.01)


async def test_a_bot_that_is_disconnected_while_it_joins_does_not_wait(stage: Stage) -> None:
    stage.answers = False
    joining = asyncio.create_task(stage.voice.join(stage.channel, 60))
    await asyncio.sleep(0)
    stage.voice.end()

    with pytest.raises(PlayerEndedError):
        await joining


async def test_a_leaving_of_before_the_bot_arrived_is_an_older_players(stage: Stage) -> None:
    assert not stage.leave()
    stage.hear()
    assert stage.leave()


async def test_the_bot_follows_where_it_is_moved(stage: Stage) -> None:
    other = Mock(spec=discord.VoiceChannel)
    stage.client.get_channel.return_value = other
    stage.hear()

    assert stage.voice.channel is other


@pytest.mark.parametrize("code", [1000, 4004, 4006, 4009, 4015, 4017, 4021])
async def test_a_lost_voice_session_is_replaced_by_a_new_one(stage: Stage, code: int) -> None:
    stage.hear()
    stage.voice.on_closed(code, by_remote=True)
    stage.voice.on_closed(code, by_remote=True)
    assert stage.voice.reconnecting
    assert stage.voice.broken
    stage.on_broken.assert_called_once_with()
    await stage.settle()

    assert [call.kwargs["channel"] for call in stage.guild.change_voice_state.call_args_list] == [
        None,
        stage.channel,
    ]
    assert stage.lefts == [False], "a leaving that makes way for a new session is no leaving"
    assert not stage.voice.reconnecting
    assert not stage.on_lost.called


@pytest.mark.parametrize(("code", "by_remote"), [(4014, True), (4022, True), (1006, False)])
async def test_a_close_of_which_discord_or_lavalink_say_more_is_waited_for(
    stage: Stage, code: int, by_remote: bool
) -> None:
    stage.hear()
    stage.voice.on_closed(code, by_remote=by_remote)

    assert not stage.voice.reconnecting
    assert stage.voice.broken is by_remote


async def test_music_without_a_voice_connection_gets_a_new_one_and_silence_does_not(stage: Stage) -> None:
    stage.hear()
    stage.voice.on_report(connected=False)
    await asyncio.sleep(0.001)
    stage.voice.check(playing=False)
    assert not stage.voice.reconnecting

    stage.voice.check(playing=True)
    assert stage.voice.broken
    await stage.settle()
    assert not stage.voice.broken
    stage.voice.check(playing=True)
    assert not stage.voice.reconnecting


async def test_a_voice_connection_that_lavalink_found_again_is_not_replaced(stage: Stage) -> None:
    stage.hear()
    stage.voice.on_closed(4014, by_remote=True)
    stage.voice.on_report(connected=True)
    stage.voice.check(playing=True)

    assert not stage.voice.broken
    assert not stage.voice.reconnecting


async def test_a_connection_that_keeps_breaking_is_given_up(stage: Stage) -> None:
    stage.hear()
    for _ in range(MAX_RECONNECTS):
        stage.voice.reconnect()
        await stage.settle()
    assert not stage.on_lost.called
    stage.voice.reconnect()
    await stage.settle()

    stage.on_lost.assert_awaited_once_with(None)


async def test_a_channel_that_cannot_be_entered_again_is_given_up(stage: Stage) -> None:
    stage.hear()
    stage.answers = False
    stage.voice.reconnect()
    await stage.settle()

    assert stage.guild.change_voice_state.await_count == 2 * MAX_RECONNECTS
    stage.on_lost.assert_awaited_once_with(None)


CLOSING = [
    aiohttp.ClientConnectionResetError("Cannot write to closing transport"),
    discord.ConnectionClosed(Mock(close_code=1006), shard_id=0),
    ConnectionResetError(),
]


@pytest.mark.parametrize("error", CLOSING, ids=lambda error: type(error).__name__)
async def test_a_gateway_that_connects_again_is_waited_for(stage: Stage, error: Exception) -> None:
    timings = Timings(join=5.0, retry_first=0.001)
    stage.guild.change_voice_state.side_effect = [error, error, None]

    await change_voice_state(stage.guild, stage.channel, timings=timings)

    assert stage.guild.change_voice_state.await_count == 3


async def test_a_gateway_that_stays_away_is_a_timeout(stage: Stage) -> None:
    stage.guild.change_voice_state.side_effect = CLOSING[0]

    with pytest.raises(TimeoutError):
        await stage.voice.join(stage.channel, 0.01)


async def test_a_gateway_that_is_away_ends_no_reconnect_before_its_tries(stage: Stage) -> None:
    stage.hear()
    stage.guild.change_voice_state.side_effect = CLOSING[0]
    stage.voice.reconnect()
    await stage.settle()

    assert stage.guild.change_voice_state.await_count >= MAX_RECONNECTS
    stage.on_lost.assert_awaited_once_with(None)


async def test_a_stage_moderator_leaves_the_audience_by_itself(stage: Stage) -> None:
    stage.may_moderate(allowed=True)
    stage.hear(suppress=True)
    await stage.settle()

    stage.me.edit.assert_awaited_once_with(suppress=False)
    assert stage.silenced == [True]


async def test_anybody_else_raises_a_hand_and_is_heard_when_invited(stage: Stage) -> None:
    stage.may_moderate(allowed=False)
    stage.hear(suppress=True)
    await stage.settle()
    stage.me.request_to_speak.assert_awaited_once_with()

    stage.hear(suppress=False)
    assert stage.silenced == [True, False]


async def test_a_stage_that_allows_neither_leaves_the_bot_silenced(stage: Stage) -> None:
    stage.may_moderate(allowed=False)
    stage.me.request_to_speak.side_effect = discord.Forbidden(Mock(status=403, reason="no"), "no")
    stage.hear(suppress=True)
    await stage.settle()

    assert stage.silenced == [True]


async def test_a_muted_bot_on_a_stage_is_silenced_once(stage: Stage) -> None:
    stage.may_moderate(allowed=True)
    stage.hear(suppress=True)
    stage.hear(suppress=True, mute=True)
    await stage.settle()

    assert stage.me.edit.await_count == 1
    assert stage.silenced == [True]


async def test_other_bots_do_not_listen_and_unknown_people_do(stage: Stage) -> None:
    assert listeners_in(stage.channel) == 1
    other_bot = Mock(spec=discord.Member, bot=True)
    stage.guild.get_member.return_value = other_bot

    assert stage.voice.listeners == 0
