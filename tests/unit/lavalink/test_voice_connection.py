"""A player on a stage, where a moderator decides who is heard."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock, Mock

import discord
import pytest
from discord.state import ConnectionState

from bot.config import LavalinkNode, Secret
from bot.lavalink import Player, Timings
from bot.lavalink.connection import Node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GUILD_ID = 900
TIMINGS = Timings()


class Stage:
    """A stage channel with one listener, and the player in it."""

    def __init__(self) -> None:
        self.client = Mock(spec=discord.Client)
        self.client._connection = Mock(spec=ConnectionState)
        self.me = Mock(spec=discord.Member)
        self.me.id = 1
        self.me.edit, self.me.request_to_speak = AsyncMock(), AsyncMock()
        guild = Mock(spec=discord.Guild)
        guild.id, guild.me, guild.get_member.return_value = GUILD_ID, self.me, None
        self.channel = Mock(spec=discord.StageChannel)
        self.channel.guild, self.channel.voice_states = guild, {1: None, 2: None}
        self.channel._get_voice_client_key.return_value = (GUILD_ID, "guild_id")
        self.client.get_channel.return_value = self.channel
        self.node = Node(
            LavalinkNode("http://127.0.0.1:9", Secret("x")),
            client=self.client,
            timings=TIMINGS,
            on_message=lambda player, message: None,
        )
        self.player = Player(self.client, self.channel, node=self.node, timings=TIMINGS)

    def may_moderate(self, *, allowed: bool) -> None:
        self.channel.permissions_for.return_value = discord.Permissions(mute_members=allowed)

    async def hear(self, *, suppress: bool, mute: bool = False) -> None:
        """Have Discord tell the bot's voice state."""
        state = {"channel_id": "5", "session_id": "s", "mute": mute, "suppress": suppress}
        await self.player.on_voice_state_update(state)  # type: ignore[arg-type]
        while tasks := self.player._tasks._tasks:
            await asyncio.wait(tasks)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    stage.player.cleanup()
    await stage.node.release()


async def test_a_stage_moderator_leaves_the_audience_by_itself(stage: Stage) -> None:
    stage.may_moderate(allowed=True)
    await stage.hear(suppress=True)

    stage.me.edit.assert_awaited_once_with(suppress=False)
    assert stage.player.pause_reasons == {"silenced"}
    assert stage.player.paused


async def test_anybody_else_raises_a_hand_and_plays_on_when_invited(stage: Stage) -> None:
    stage.may_moderate(allowed=False)
    await stage.hear(suppress=True)
    stage.me.request_to_speak.assert_awaited_once_with()

    await stage.hear(suppress=False)
    assert not stage.player.pause_reasons
    assert not stage.player.paused


async def test_a_stage_that_allows_neither_leaves_the_music_paused(stage: Stage) -> None:
    stage.may_moderate(allowed=False)
    stage.me.request_to_speak.side_effect = discord.Forbidden(Mock(status=403, reason="no"), "no")
    await stage.hear(suppress=True)

    assert stage.player.paused


async def test_a_muted_bot_on_a_stage_is_silenced_once(stage: Stage) -> None:
    stage.may_moderate(allowed=True)
    await stage.hear(suppress=True)
    await stage.hear(suppress=True, mute=True)

    assert stage.me.edit.await_count == 1
    events = [call.args[0] for call in stage.client.dispatch.call_args_list]
    assert events.count("music_auto_pause") == 1
