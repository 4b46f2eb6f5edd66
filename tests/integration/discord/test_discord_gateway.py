"""The gateway: faults and resumes with the real client, and every close code by hand."""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest
from discord.ext import commands

from bot.discord_gateway import GatewaySocket, MeasuredHeartbeat
from sandbox.discord import DiscordStandIn, intents
from sandbox.discord.gateway import ACK_SECONDS
from sandbox.people import PeopleApi
from tests.integration.discord.conftest import TestBot, running, standing_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from sandbox.people import Person
    from tests.support.discord_oracle import Watcher

    Run = Callable[[TestBot], AbstractAsyncContextManager[None]]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("close", {"code": 4000}),
        ("close", {"code": 1001}),
        ("drop", None),
        ("reconnect", None),
        ("invalidate", {"resumable": True}),
    ],
)
async def test_after_a_fault_the_session_resumes_and_nothing_is_missed(
    run: Run, people: PeopleApi, me: Person, general: str, path: str, body: object
) -> None:
    bot = TestBot()
    heard: list[str] = []
    everything = asyncio.Event()

    @bot.listen()
    async def on_message(message: discord.Message) -> None:
        heard.append(message.content)
        if len(heard) == 3:
            everything.set()

    async with run(bot):
        resumed = bot.wait_for("resumed", timeout=60)
        await me.say(general, "前")
        await people.call("POST", f"/discord/gateway/{path}", body)
        await me.say(general, "間")
        await resumed
        await me.say(general, "後")
        async with asyncio.timeout(60):
            await everything.wait()
    assert heard == ["前", "間", "後"]
    assert bot.seen.count("READY") == 1


@pytest.mark.parametrize(
    ("path", "body"), [("close", {"code": 4009, "resumable": False}), ("invalidate", {"resumable": False})]
)
async def test_a_session_that_is_lost_is_identified_again(
    run: Run, people: PeopleApi, me: Person, general: str, path: str, body: object
) -> None:
    bot = TestBot()
    async with run(bot):
        # Nothing tells of a second READY; the status of the people API does.
        mark = people.sequence
        await people.call("POST", f"/discord/gateway/{path}", body)
        await people.wait_for(lambda event: event.data.get("online") is True, after=mark)
        waiting = bot.wait_for("message", timeout=60)
        await me.say(general, "また")
        assert (await waiting).content == "また"
    assert bot.seen.count("READY") == 2
    assert "RESUMED" not in bot.seen


async def test_a_wrong_token_is_refused(run: Run, stand_in: DiscordStandIn) -> None:
    async with run(TestBot()), TestBot() as stranger:
        with pytest.raises(discord.LoginFailure):
            await stranger.login("wrong.token.given")


async def test_privileged_intents_must_be_allowed(watcher: Watcher) -> None:
    stand_in = DiscordStandIn(None, allowed_intents=0)
    async with standing_in(stand_in, watcher):
        client = running(TestBot(), stand_in)
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await client.__aenter__()


async def test_without_the_content_intent_only_what_concerns_the_bot_has_content(
    run: Run, me: Person, general: str
) -> None:
    bot = TestBot(intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True))
    heard: list[str] = []
    async with run(bot):
        for channel, content in (
            (general, "秘密"),
            (general, "@Otonari 公開"),
            (await me.direct_channel(), "直接"),
        ):
            waiting = bot.wait_for("message", timeout=60)
            await me.say(channel, content)
            heard.append((await waiting).content)
        waiting = bot.wait_for("message", timeout=60)
        await bot.get_channel(int(general)).send("自分")
        heard.append((await waiting).content)
    assert heard == ["", f"<@{bot.user.id}> 公開", "直接", "自分"]


async def test_members_are_chunked_on_request(stand_in: DiscordStandIn, people: PeopleApi) -> None:
    options = discord.Intents.default() | discord.Intents(members=True)
    bot = TestBot(intents=options, chunk_guilds_at_startup=True)
    async with running(bot, stand_in):
        guild = bot.guilds[0]
        assert {member.display_name for member in guild.members} == {"あなた", "はる", "ユキ", "Otonari"}
        (found,) = await guild.query_members("you")
        assert found.display_name == "あなた"
        joined = bot.wait_for("member_join", timeout=60)
        new = {"username": "sora", "global_name": "そら", "guild": str(guild.id)}
        user = await people.call("POST", "/users", new)
        assert (await joined).id == int(user["id"])


async def test_a_shard_gets_its_own_guilds_and_shard_zero_the_direct_messages(
    stand_in: DiscordStandIn, people: PeopleApi
) -> None:
    for number in range(3):
        await people.call("POST", "/guilds", {"name": f"guild {number}"})
    ids = [int(guild["id"]) for guild in (await people.state())["guilds"]]
    me = await people.person()
    channel = await me.direct_channel()
    shards = [TestBot(shard_id=shard, shard_count=2) for shard in range(2)]
    async with running(shards[0], stand_in), running(shards[1], stand_in):
        for shard, bot in enumerate(shards):
            assert {guild.id for guild in bot.guilds} == {key for key in ids if (key >> 22) % 2 == shard}
        waiting = shards[0].wait_for("message", timeout=60)
        await me.say(channel, "直接")
        await waiting
    assert "MESSAGE_CREATE" not in shards[1].seen


@pytest.fixture
async def gateway(stand_in: DiscordStandIn) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A bare connection that has read HELLO."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{stand_in.url}/gateway?v=10") as socket,
    ):
        assert (await socket.receive_json())["op"] == 10
        yield socket


def identify(stand_in: DiscordStandIn, **changes: object) -> dict[str, Any]:
    return {"op": 2, "d": {"token": stand_in.token, "intents": intents.GUILDS, "properties": {}, **changes}}


async def closed(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    async with asyncio.timeout(60):
        async for _ in socket:
            pass
    return socket.close_code


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", 4002),
        ("[]", 4002),
        (json.dumps({"op": 1, "d": "x" * 5000}), 4002),
        (json.dumps({"op": 99}), 4001),
        (json.dumps({"op": 4, "d": {}}), 4003),
        (json.dumps({"op": 2, "d": {"token": "wrong", "intents": 0}}), 4004),
        (json.dumps({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}), 4004),
    ],
)
async def test_each_fault_of_a_client_has_its_close_code(
    gateway: aiohttp.ClientWebSocketResponse, frame: str, code: int
) -> None:
    await gateway.send_str(frame)
    assert await closed(gateway) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"shard": [2, 2]}, 4010),
        ({"shard": "x"}, 4010),
        ({"intents": 1 << 40}, 4013),
        ({"intents": None}, 4013),
    ],
)
async def test_a_wrong_identify_has_its_close_code(
    gateway: aiohttp.ClientWebSocketResponse, stand_in: DiscordStandIn, changes: dict[str, object], code: int
) -> None:
    await gateway.send_json(identify(stand_in, **changes))
    assert await closed(gateway) == code


async def test_identifying_twice_is_a_fault(
    gateway: aiohttp.ClientWebSocketResponse, stand_in: DiscordStandIn
) -> None:
    for _ in range(2):
        await gateway.send_json(identify(stand_in))
    assert await closed(gateway) == 4005


async def test_a_flood_is_ended(gateway: aiohttp.ClientWebSocketResponse) -> None:
    for _ in range(121):
        await gateway.send_json({"op": 1, "d": None})
    assert await closed(gateway) == 4008


async def test_an_unknown_session_is_invalid_and_a_future_sequence_a_fault(
    gateway: aiohttp.ClientWebSocketResponse, stand_in: DiscordStandIn
) -> None:
    await gateway.send_json({"op": 6, "d": {"token": stand_in.token, "session_id": "x", "seq": 1}})
    assert await gateway.receive_json() == {"op": 9, "d": False, "s": None, "t": None}
    await gateway.send_json(identify(stand_in))
    session = (await gateway.receive_json())["d"]["session_id"]
    async with aiohttp.ClientSession() as other, other.ws_connect(f"{stand_in.url}/gateway?v=10") as second:
        await second.receive_json()
        await second.send_json({"op": 6, "d": {"token": stand_in.token, "session_id": session, "seq": 999}})
        assert await closed(second) == 4007


async def test_heartbeats_are_acknowledged_unless_the_gateway_is_silent(
    gateway: aiohttp.ClientWebSocketResponse, people: PeopleApi
) -> None:
    await gateway.send_json({"op": 1, "d": None})
    assert (await gateway.receive_json())["op"] == 11
    await people.call("POST", "/discord/gateway/silence", {"seconds": 60})
    await gateway.send_json({"op": 1, "d": None})
    await people.call("POST", "/discord/gateway/reconnect")
    assert (await gateway.receive_json())["op"] == 7


async def test_a_session_that_says_goodbye_cannot_be_resumed(
    gateway: aiohttp.ClientWebSocketResponse, stand_in: DiscordStandIn, people: PeopleApi
) -> None:
    await gateway.send_json(identify(stand_in))
    session = (await gateway.receive_json())["d"]["session_id"]
    assert (await people.state())["bot"]["online"]
    await gateway.close(code=1000)
    await people.wait_for(lambda event: event.data.get("online") is False)
    assert stand_in.core.sessions.get(session) is None


@pytest.mark.parametrize(
    ("query", "code"), [("v=9", 4012), ("v=10&encoding=etf", 4002), ("compress=x", 4002)]
)
async def test_an_unknown_way_of_talking_is_refused(stand_in: DiscordStandIn, query: str, code: int) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{stand_in.url}/gateway?{query}") as socket,
    ):
        assert await closed(socket) == code


async def test_a_client_without_heartbeats_is_closed(watcher: Watcher) -> None:
    stand_in = DiscordStandIn(None, heartbeat_seconds=0.01)
    async with (
        standing_in(stand_in, watcher),
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{stand_in.url}/gateway") as socket,
    ):
        assert await closed(socket) == 4009


async def test_a_client_whose_heartbeats_find_no_answer_resumes(watcher: Watcher) -> None:
    stand_in = DiscordStandIn(None, heartbeat_seconds=0.2)
    bot = TestBot(heartbeat_timeout=0.5)
    async with standing_in(stand_in, watcher), running(bot, stand_in), PeopleApi(stand_in.url) as people:
        resumed = bot.wait_for("resumed", timeout=60)
        await people.call("POST", "/discord/gateway/silence", {"seconds": 60})
        await resumed
    assert bot.seen.count("READY") == 1


class ShardedBot(commands.AutoShardedBot):
    """The kind of client that Otonari is."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        return


async def test_the_shard_outlives_an_event_that_discord_py_cannot_read(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(discord.gateway, "KeepAliveHandler", MeasuredHeartbeat)
    monkeypatch.setattr(discord.shard, "DiscordWebSocket", GatewaySocket)
    bot = ShardedBot("!", help_command=None, intents=discord.Intents.default())
    stand_in = DiscordStandIn(None)
    archived = {"id": "5", "type": 11, "parent_id": "6", "name": "old", "thread_metadata": {}}
    command = {"id": "7", "type": 2, "token": "t", "application_id": "8", "channel": archived}
    async with standing_in(stand_in, watcher), running(bot, stand_in), PeopleApi(stand_in.url) as people:
        me = await people.person()
        heard = bot.wait_for("message", timeout=60)
        (session,) = stand_in.core.sessions
        session.dispatch("INTERACTION_CREATE", command | {"guild_id": str(bot.guilds[0].id)})
        await me.say(await me.channel("general"), "また")
        await heard
        assert [*stand_in.core.sessions] == [session], "it is still connected, and with the same session"
    assert "a INTERACTION_CREATE event cannot be read and is dropped" in caplog.text


async def test_no_ping_is_a_whole_heartbeat_interval(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    pings: list[float] = []
    enough = asyncio.Event()

    class Noted(MeasuredHeartbeat):
        def ack(self) -> None:
            super().ack()
            pings.append(self.latency)
            if len([ping for ping in pings if math.isfinite(ping)]) == 10:
                enough.set()

    monkeypatch.setattr(discord.gateway, "KeepAliveHandler", Noted)
    monkeypatch.setattr(discord.shard, "DiscordWebSocket", GatewaySocket)
    bot = ShardedBot("!", help_command=None, intents=discord.Intents.default())
    stand_in = DiscordStandIn(None, heartbeat_seconds=0.5)
    async with standing_in(stand_in, watcher), running(bot, stand_in), asyncio.timeout(60):
        await enough.wait()
    assert all(ping >= ACK_SECONDS for ping in pings), "the stand-in answers as soon as nobody could"
    assert not [ping for ping in pings if 0.5 <= ping < math.inf]
