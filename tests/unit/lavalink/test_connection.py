"""One connection to a node, against a server that says what it should not."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import discord
import pytest
import wavelink
from aiohttp import web

from bot.config import LavalinkNode, Secret
from bot.lavalink import NodeUnreachableError, Timings
from bot.lavalink.connection import Node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

READY = '{"op": "ready", "resumed": false, "sessionId": "s1"}'
STATE = '{"time": 0, "position": 5, "connected": true, "ping": 1}'
UPDATE = f'{{"op": "playerUpdate", "guildId": "900", "state": {STATE}}}'
TIMINGS = Timings(ready=0.2, request=2.0)


class Server:
    """Speaks the websocket's part of Lavalink: its messages are ``script``, then it waits."""

    def __init__(self, script: Sequence[str], status: int) -> None:
        self.script = script
        self.status = status
        self.headers: list[dict[str, str]] = []
        self.sessions: list[Any] = []
        self.socket: web.WebSocketResponse | None = None
        self.lavaplayer = "2.2.7"

    async def connect(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(dict(request.headers))
        if self.status != 101:
            return web.Response(status=self.status)
        self.socket = web.WebSocketResponse()
        await self.socket.prepare(request)
        for message in self.script:
            await self.socket.send_str(message)
        async for _message in self.socket:
            pass
        return self.socket

    async def info(self, _request: web.Request) -> web.Response:
        return web.json_response({"lavaplayer": self.lavaplayer})

    async def session(self, request: web.Request) -> web.Response:
        self.sessions.append(await request.json())
        return web.json_response({"resuming": True, "timeout": 60})


@asynccontextmanager
async def node_at(*script: str, status: int = 101) -> AsyncIterator[tuple[Node, Server, list[Any]]]:
    server, heard = Server(script, status), []
    app = web.Application()
    app.router.add_get("/v4/websocket", server.connect)
    app.router.add_patch("/v4/sessions/{id}", server.session)
    app.router.add_get("/v4/info", server.info)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = Mock(spec=discord.Client)
    client.user = Mock(spec=discord.ClientUser, id=1)
    node = Node(
        LavalinkNode(f"http://127.0.0.1:{runner.addresses[0][1]}", Secret("pass word")),
        client=client,
        timings=TIMINGS,
        on_message=lambda player, message: heard.append((player, message)),
    )
    try:
        yield node, server, heard
    finally:
        node.detach(900)
        await node.release()
        await runner.cleanup()


async def test_a_node_is_told_who_we_are_and_to_keep_the_session() -> None:
    async with node_at(READY) as (node, server, _heard):
        assert await node.open() is False
        assert node.up

    assert server.headers[0]["Authorization"] == "pass word"
    assert server.headers[0]["User-Id"] == "1"
    assert "Session-Id" not in server.headers[0]
    assert server.sessions == [{"resuming": True, "timeout": 60}]


async def test_a_second_connection_asks_for_the_first_ones_session() -> None:
    async with node_at(READY) as (node, server, _heard):
        await node.open()
        await node.drop()
        assert not node.up
        await node.open()

    assert server.headers[1]["Session-Id"] == "s1"


@pytest.mark.parametrize(
    "script",
    [
        ("nonsense",),
        ('{"op": "stats"}',),
        ('["ready"]',),
        (),
    ],
)
async def test_what_does_not_greet_as_lavalink_is_out_of_reach(script: tuple[str, ...]) -> None:
    async with node_at(*script) as (node, _server, _heard):
        with pytest.raises(NodeUnreachableError):
            await node.open()
        assert not node.up


@pytest.mark.parametrize("status", [401, 404, 502])
async def test_a_refused_handshake_is_out_of_reach(status: int) -> None:
    async with node_at(status=status) as (node, _server, _heard):
        with pytest.raises(NodeUnreachableError) as caught:
            await node.open()

    assert str(status) in str(caught.value.__cause__)
    assert caught.value.is_refusal is (status == 401)


@pytest.mark.parametrize(
    "nonsense",
    [
        "nonsense",
        '{"guildId": "x"}',
        '{"op": "event", "guildId": "900"}',
        '{"guildId": null}',
    ],
)
async def test_a_message_that_is_not_understood_does_not_end_the_connection(
    nonsense: str, caplog: pytest.LogCaptureFixture
) -> None:
    def take(player: wavelink.Player, message: dict[str, Any]) -> None:
        heard.append((player, message["op"], message["state"]["position"]))

    async with node_at(READY, nonsense, UPDATE) as (node, _server, heard):
        player = Mock(spec=wavelink.Player)
        node.attach(player, 900)
        node._on_message = take
        await node.open()
        async with asyncio.timeout(60):
            while not heard:
                await asyncio.sleep(0.01)

        assert heard == [(player, "playerUpdate", 5)]
        assert node.up
    assert "not understood" in caplog.text


async def test_messages_about_other_guilds_are_ignored() -> None:
    async with node_at(READY, UPDATE, '{"op": "stats", "players": 0}') as (node, server, heard):
        await node.open()
        assert server.socket is not None
        await server.socket.close(code=1000)
        assert await node.wait_closed() == "close code 1000"

        assert heard == []


async def test_a_player_cannot_be_told_anything_while_the_node_is_away() -> None:
    async with node_at() as (node, _server, _heard):
        with pytest.raises(NodeUnreachableError):
            await node.update_player(900, {"paused": True})


async def test_a_measurement_that_fails_is_no_ping() -> None:
    async with node_at(READY) as (node, _server, _heard):
        await node.open()
        node.ping_ms = 1.0
        await node.measure()

        assert node.ping_ms is None


@pytest.mark.parametrize(
    ("version", "from_zero"),
    [("2.2.6", True), ("2.2.4", True), ("2.2.7", False), ("3.0", False), ("2.2.x", False), ("", False)],
)
async def test_a_node_tells_by_its_version_how_it_counts(version: str, from_zero: bool) -> None:
    async with node_at(READY) as (node, server, _heard):
        server.lavaplayer = version
        await node.open()

        assert node.counts_from_zero is from_zero


async def test_a_node_that_refuses_answers_and_one_that_takes_too_long_does_not() -> None:
    async with node_at(READY) as (node, _server, _heard):
        await node.open()
        assert await node.measure(), "404 is an answer"
        node._timings = Timings(measure=0.0)

        assert not await node.measure()
