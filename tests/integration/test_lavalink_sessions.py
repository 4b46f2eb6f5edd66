"""Sessions that wait to be resumed: to requests they are unknown, and their players play on."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING
from unittest.mock import Mock

import discord
import pytest

from bot.config import LavalinkNode, Secret
from bot.lavalink import NodeUnreachableError, Timings
from bot.lavalink.connection import Node
from sandbox.lavalink import LavalinkStandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from audio_node.server.session import Session
    from sandbox.lavalink.player import Player

GUILD_ID = 900


class Stage:
    """A stand-in, and clients of it."""

    def __init__(self, stand_in: LavalinkStandIn, stack: AsyncExitStack) -> None:
        self.stand_in = stand_in
        self._stack = stack

    def client(self) -> Node:
        client = Mock(spec=discord.Client)
        client.user = Mock(spec=discord.ClientUser, id=1)
        node = Node(
            LavalinkNode(self.stand_in.base_url, Secret("youshallnotpass")),
            client=client,
            timings=Timings(),
            on_message=lambda _player, _message: None,
        )
        self._stack.push_async_callback(node.release)
        return node

    async def play(self, node: Node, guild_id: int = GUILD_ID) -> None:
        encoded = self.stand_in.node.catalogue.tracks[0].encode()
        await node.update_player(guild_id, {"track": {"encoded": encoded}})

    def session(self, node: Node) -> Session[Player]:
        session = self.stand_in.node.sessions.get(node.session_id or "")
        assert session is not None
        return session

    async def waits(self, session: Session[Player]) -> None:
        async with asyncio.timeout(60):
            while not session.is_waiting:
                await asyncio.sleep(0.01)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stand_in = LavalinkStandIn()
    await stand_in.start()
    async with AsyncExitStack() as stack:
        yield Stage(stand_in, stack)
    await stand_in.close()


@pytest.mark.parametrize("noticed", [True, False], ids=["once the loss is noticed", "before"])
async def test_no_player_of_a_session_that_was_not_resumed_plays_on(stage: Stage, noticed: bool) -> None:
    old, new = stage.client(), stage.client()
    await old.open()
    await stage.play(old)
    session = stage.session(old)
    new.take_over(session.id)
    assert not await new.open(), "Lavalink takes the old connection for alive"
    if noticed:
        await old.drop()
        await stage.waits(session)
    await new.destroy_orphaned_players()

    assert not session.players
    assert not session.resuming


async def test_no_player_of_several_sessions_plays_on(stage: Stage) -> None:
    clients = [stage.client() for _ in range(3)]
    sessions: list[Session[Player]] = []
    newest = stage.client()
    for number, client in enumerate(clients):
        await client.open()
        await stage.play(client, GUILD_ID + number)
        sessions.append(stage.session(client))
        newest.take_over(sessions[-1].id)
        assert not await newest.open()
        await newest.drop()
    await newest.open()
    await newest.destroy_orphaned_players(expected={GUILD_ID, GUILD_ID + 1, GUILD_ID + 2})

    assert not any(session.players for session in sessions)


async def test_a_session_that_is_gone_for_good_is_forgotten(stage: Stage) -> None:
    client = stage.client()
    client.take_over("nobody")
    await client.open()
    await client.destroy_orphaned_players()
    await client.destroy_orphaned_players()

    assert len([session for session in stage.stand_in.node.sessions if session.connection]) == 1


async def test_what_a_waiting_session_holds_is_unknown_not_gone(stage: Stage) -> None:
    client = stage.client()
    await client.open()
    await stage.play(client)
    session = stage.session(client)
    assert session.connection is not None
    session.detach(session.connection)
    with pytest.raises(NodeUnreachableError):
        await client.fetch_state(GUILD_ID)
    with pytest.raises(NodeUnreachableError):
        await stage.play(client)

    await client.drop()
    with pytest.raises(NodeUnreachableError):
        await client.fetch_state(GUILD_ID)
    assert await client.open(), "resumed"
    assert await client.fetch_state(GUILD_ID) is not None
    assert await client.fetch_state(GUILD_ID + 1) is None
