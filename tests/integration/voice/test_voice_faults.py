"""The voice server's fault switches, over the routes that tests and people use."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from tests.integration.voice.conftest import CHANNEL, client_of, hears, member
from tests.support.tones import SILENCE, tone_frames

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.voice import VoiceStandIn


@pytest.fixture
async def control(server: VoiceStandIn) -> AsyncIterator[aiohttp.ClientSession]:
    """The switches, as a launcher mounts them."""
    app = web.Application()
    app.add_routes(server.control_routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as http:
        yield http
    await runner.cleanup()


async def throw(control: aiohttp.ClientSession, **fault: Any) -> None:
    async with control.post("/faults", json=fault) as answer:
        assert answer.status == 201


async def test_a_refused_connection_ends_before_the_websocket_opens(
    server: VoiceStandIn, control: aiohttp.ClientSession
) -> None:
    await throw(control, fault="refuse")
    client = client_of(server, member("1"))
    with pytest.raises(aiohttp.ClientError):
        await client.open()
    await control.delete("/faults")
    async with client:
        await client.beat()


async def test_a_server_that_hangs_opens_no_websocket_until_it_is_let(
    server: VoiceStandIn, control: aiohttp.ClientSession
) -> None:
    await throw(control, fault="hang", times=1)
    client = client_of(server, member("1"))
    waiting = asyncio.create_task(client.open())
    async with asyncio.timeout(60):
        while server.faults.struck == 0:
            await asyncio.sleep(0.01)
    async with client_of(server, member("2")):
        assert not waiting.done()
    waiting.cancel()
    await asyncio.wait([waiting])
    await client.close()


async def test_identify_is_ignored_or_answered_by_a_close_code(
    server: VoiceStandIn, control: aiohttp.ClientSession
) -> None:
    await throw(control, fault="ignore", user="1", times=1)
    await throw(control, fault="close", user="1", code=4021, times=1)
    client = client_of(server, member("1"))
    async with client_of(server, member("2")):  # the faults are not theirs
        pass
    await client.open()
    await client.identify()
    await client.beat()
    assert [one["op"] for one in client.messages] == [8, 6]
    await client.identify()  # it was not taken, so this is the first
    assert await client.closed() == 4021
    async with client:
        await client.beat()


@pytest.mark.parametrize("code", [1000, 4004, 4014, 4015, 4017, 4021, 4022])
async def test_an_open_connection_is_closed_with_any_code(
    server: VoiceStandIn, control: aiohttp.ClientSession, code: int
) -> None:
    async with client_of(server, member("1")) as struck, client_of(server, member("2")) as spared:
        await control.post("/close", json={"code": code, "user": "1"})
        assert await struck.closed() == code
        await spared.beat()
        await struck.resume()
        if code == 4015:
            await struck.message(9)
        else:
            assert await struck.closed() == 4006


async def test_no_other_number_is_a_close_code(control: aiohttp.ClientSession) -> None:
    for code in (999, 5000, "4006", None, True):
        async with control.post("/close", json={"code": code}) as answer:
            assert answer.status == 400


async def test_a_cut_connection_has_no_close_frame(
    server: VoiceStandIn, control: aiohttp.ClientSession
) -> None:
    async with client_of(server, member("1")) as client:
        await control.post("/cut")
        assert await client.closed() == 1006
        await client.resume()
        await client.message(9)


async def test_lost_packets_are_those_that_the_figures_miss(
    server: VoiceStandIn, control: aiohttp.ClientSession
) -> None:
    count = 1000
    async with client_of(server, member("1")) as client:
        await client.speak()
        client.send_frame(SILENCE)  # the first and the last come, so that every gap has two ends
        await hears(server, 1)
        await throw(control, fault="drop", percent=10)
        session = server.gateway.sessions[member("1").guild_id, "1"]
        for number, frame in enumerate(tone_frames(440, count), 1):
            client.send_frame(frame)
            if number % 100 == 0:  # no more than the socket's buffer holds
                await client.until(lambda number=number: arrived(server) + len(session.dropped) == number + 1)
        await control.delete("/faults")
        client.send_frame(SILENCE)
        dropped = len(session.dropped)
        figures = await hears(server, count + 2 - dropped)
    assert 0.05 * count < dropped < 0.15 * count
    assert figures["missing"] == figures["total"]["missing"] == dropped
    assert figures["packets"] == count + 2 - dropped
    assert figures["timestamp_jumps"] == 0
    runs = sum(later - earlier != 1 for earlier, later in pairs(session.dropped))
    assert figures["gaps"] == runs + 1


def arrived(server: VoiceStandIn) -> int:
    return server.gateway.room(CHANNEL).recordings["1"].totals()["packets"]  # type: ignore[return-value]


def pairs(sequences: list[int]) -> list[tuple[int, int]]:
    counted = [(number - sequences[0]) % 2**16 for number in sequences]
    return list(pairwise(counted))


async def test_end_to_end_encryption_is_required_by_a_switch(
    server: VoiceStandIn, control: aiohttp.ClientSession
) -> None:
    await control.post("/e2ee", json={"required": True})
    client = client_of(server, member("1"))
    await client.open()
    await client.identify()
    assert await client.closed() == 4017
    await control.post("/e2ee", json={"required": False})
    async with client:
        await client.beat()


async def test_another_region_is_another_address(
    server: VoiceStandIn, control: aiohttp.ClientSession
) -> None:
    told: list[str] = []
    server.on_move(lambda: told.append(server.endpoint))
    before = server.endpoint
    async with client_of(server, member("1")) as client:
        await control.post("/region")
        assert await client.closed() == 4022
    assert told == [server.endpoint]
    assert server.endpoint != before
    async with client_of(server, member("1")) as client:
        await client.speak()


async def test_what_is_spoken_is_streamed_to_who_listens(
    server: VoiceStandIn, control: aiohttp.ClientSession
) -> None:
    async with client_of(server, member("1")) as client, control.ws_connect(f"/{CHANNEL}/listen") as stream:
        assert await stream.receive_json() == {"codec": "opus", "sample_rate": 48_000, "channels": 2}
        await client.speak()
        frames = tone_frames(440, 3)
        timestamps: list[int] = []
        for frame in frames:
            timestamps.append(client.timestamp)
            client.send_frame(frame)
        got = [await stream.receive_bytes() for _ in frames]
    assert [int.from_bytes(one[:8], "big") for one in got] == [1, 1, 1]
    assert [int.from_bytes(one[8:12], "big") for one in got] == timestamps
    assert [one[12:] for one in got] == frames


async def test_the_channels_and_what_is_heard_are_served(
    server: VoiceStandIn, control: aiohttp.ClientSession
) -> None:
    async with client_of(server, member("1")) as client:
        await client.speak()
        client.send_frame(SILENCE)
        await hears(server, 1)
        async with control.get("/channels") as answer:
            (channel,) = (await answer.json())["channels"]
        assert (channel["channel_id"], channel["clients"][0]["user_id"]) == (CHANNEL, "1")
        async with control.get(f"/{CHANNEL}/heard?seconds=5") as answer:
            figures = await answer.json()
        assert (figures["seconds"], figures["speakers"][0]["packets"]) == (5, 1)
        async with control.get("/999/heard") as answer:
            assert (await answer.json())["speakers"] == []
        for seconds in ("x", "nan", "-1", "0"):
            async with control.get(f"/{CHANNEL}/heard?seconds={seconds}") as answer:
                assert answer.status == 400


async def test_a_stream_ends_with_the_server(server: VoiceStandIn, control: aiohttp.ClientSession) -> None:
    async with control.ws_connect(f"/{CHANNEL}/listen") as stream:
        await stream.receive_json()
        closing = asyncio.create_task(server.close())
        assert (await stream.receive()).data == 1001
        await closing
    assert not server.gateway.room(CHANNEL).followers


async def test_discovery_and_heartbeats_go_unanswered(
    server: VoiceStandIn, control: aiohttp.ClientSession
) -> None:
    await throw(control, fault="no_discovery", times=1)
    client = client_of(server, member("1"))
    await client.open()
    await client.identify()
    selecting = asyncio.create_task(client.select())
    await client.until(lambda: server.faults.struck == 1)
    await client.beat()
    assert client.datagrams == []
    client.discover()  # as a client that waits does again
    await selecting
    await throw(control, fault="no_heartbeat_ack", times=1)
    await client.send(3, {"t": 1, "seq_ack": -1})
    await client.beat()
    assert [one["d"]["t"] for one in client.messages if one["op"] == 6][-1] == 1234
    assert not any(one["op"] == 6 and one["d"]["t"] == 1 for one in client.messages)
    await client.close()
