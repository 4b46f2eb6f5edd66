from __future__ import annotations

import asyncio
import copy
import json
import logging
import math
import time
from typing import TYPE_CHECKING
from unittest.mock import create_autospec

import aiohttp
import discord
import pytest
from discord.ext import commands

from bot.background_tasks import cancel_and_wait
from bot.client import Bot
from bot.discord_gateway import GatewaySocket, MeasuredHeartbeat, UnreadableFrameError
from tests.support.gateway_events import EVENTS, READY, damaged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

INTERVAL = 41.25
LOGGER = "bot.discord_gateway"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "perf_counter", clock)
    return clock


class Gateway:
    """A shard's socket, and how its gateway answers heartbeats."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.answer: Callable[[], None] = lambda: None
        """Called while a heartbeat is being written."""
        http = create_autospec(aiohttp.ClientWebSocketResponse, instance=True, closed=False)
        http.send_str.side_effect = self._take
        self.socket = GatewaySocket(http, loop=asyncio.get_running_loop())
        self.socket._max_heartbeat_timeout = 60.0
        self.heartbeat = MeasuredHeartbeat(ws=self.socket, interval=INTERVAL, shard_id=0)
        self.socket._keep_alive = self.heartbeat

    async def _take(self, _text: str) -> None:
        self.answer()

    def ack(self, after: float) -> None:
        self.clock.now += after
        self.heartbeat.ack()

    async def beat(self) -> None:
        """Send a heartbeat, an interval after the one before, as discord.py's thread does."""
        self.clock.now += INTERVAL
        await self.socket.send_heartbeat(self.heartbeat.get_payload())


@pytest.fixture
async def gateway(clock: Clock) -> Gateway:
    return Gateway(clock)


async def test_an_answer_that_comes_while_the_heartbeat_is_sent_is_measured(
    gateway: Gateway,
) -> None:
    gateway.answer = lambda: gateway.ack(0.03)
    await gateway.beat()
    await gateway.beat()
    assert gateway.socket.latency == pytest.approx(0.03)


async def test_the_first_heartbeat_and_one_that_is_asked_for_are_measured(gateway: Gateway) -> None:
    await gateway.socket.send_as_json(gateway.heartbeat.get_payload())
    gateway.ack(0.02)
    assert gateway.socket.latency == pytest.approx(0.02)
    await gateway.socket.send_as_json(gateway.heartbeat.beat())
    gateway.ack(0.05)
    assert gateway.socket.latency == pytest.approx(0.05)


async def test_a_heartbeat_without_an_answer_leaves_the_latency_unknown_until_one_is_answered_again(
    gateway: Gateway,
) -> None:
    await gateway.beat()
    gateway.ack(0.03)
    await gateway.beat()
    await gateway.beat()
    assert math.isinf(gateway.socket.latency)
    gateway.ack(0.03)
    assert math.isinf(gateway.socket.latency), "nobody knows which of the two was answered"
    gateway.ack(0.01)
    await gateway.beat()
    gateway.ack(0.04)
    assert gateway.socket.latency == pytest.approx(0.04)


async def test_a_slow_answer_is_told_in_the_log(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    await gateway.beat()
    gateway.ack(12.0)
    assert gateway.socket.latency == pytest.approx(12.0)
    assert "shard ID 0 websocket is 12.0s behind" in caplog.text


@pytest.mark.parametrize(
    ("shards", "mean"),
    [([], None), ([math.inf], None), ([0.1, math.inf], 0.1), ([math.nan, 0.2, 0.4], 0.3), ([0.1], 0.1)],
)
def test_the_bots_latency_is_the_mean_of_the_shards_that_know_theirs(
    monkeypatch: pytest.MonkeyPatch, shards: list[float], mean: float | None
) -> None:
    monkeypatch.setattr(Bot, "latencies", list(enumerate(shards)))
    latency = Bot.latency.fget(Bot.__new__(Bot))  # type: ignore[attr-defined] - a property
    assert math.isnan(latency) if mean is None else latency == pytest.approx(mean)


class Shard:
    """A shard of a real client, fed with frames instead of a network."""

    def __init__(self) -> None:
        self.client = commands.AutoShardedBot(
            "!", help_command=None, intents=discord.Intents.all(), guild_ready_timeout=0.01
        )
        state = self.client._connection
        state.shard_count, state.shard_ids = 1, [0]
        state.application_id = None
        self.heard: list[str] = []
        http = create_autospec(aiohttp.ClientWebSocketResponse, instance=True, closed=False)
        self.socket = GatewaySocket(http, loop=asyncio.get_running_loop())
        self.socket._connection = state
        self.socket._discord_parsers = state.parsers
        self.socket._dispatch = lambda event, *_: self.heard.append(event)
        state.dispatch = self.socket._dispatch
        self.socket.shard_id = 0

    async def begin(self) -> None:
        await self.feed("READY", READY)
        await self.feed("GUILD_CREATE", *EVENTS["GUILD_CREATE"])

    async def feed(self, event: object, *payloads: object) -> None:
        for payload in payloads:
            await self.frame({"op": 0, "t": event, "s": 1, "d": payload})

    async def frame(self, frame: object) -> None:
        await self.socket.received_message(json.dumps(frame))

    async def close(self) -> None:
        await asyncio.sleep(0)  # Let the tasks of what was read begin, so that they can end.
        await cancel_and_wait(*(asyncio.all_tasks() - {asyncio.current_task()}))


@pytest.fixture
async def shard(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Shard]:
    caplog.set_level(logging.WARNING)
    shard = Shard()
    await shard.client._async_setup_hook()
    yield shard
    await shard.close()


async def test_every_event_that_discord_py_reads_has_an_example_that_it_can_read(
    shard: Shard, caplog: pytest.LogCaptureFixture
) -> None:
    assert EVENTS.keys() == shard.client._connection.parsers.keys() - {"READY"}
    await shard.begin()
    for event, payloads in EVENTS.items():
        await shard.feed(event, *copy.deepcopy(payloads))
        await shard.begin()
    assert "cannot be read" not in caplog.text


@pytest.mark.parametrize("event", EVENTS)
async def test_no_event_is_fatal_whatever_a_field_of_it_is(
    shard: Shard, caplog: pytest.LogCaptureFixture, event: str
) -> None:
    await shard.begin()
    tried = 0
    for payload in EVENTS[event]:
        for where, broken in damaged(payload):
            tried += 1
            caplog.clear()
            await shard.feed(event, broken)
            dropped = [record.getMessage() for record in caplog.records if record.name == LOGGER]
            assert all(f"a {event} event" in told for told in dropped), where
    assert tried > 10
    await shard.begin()
    shard.heard.clear()
    await shard.feed("MESSAGE_CREATE", EVENTS["MESSAGE_CREATE"][1])
    assert "message" in shard.heard, "the shard goes on"


async def test_an_event_that_cannot_be_read_is_logged_with_its_type_and_dropped(
    shard: Shard, caplog: pytest.LogCaptureFixture
) -> None:
    await shard.begin()
    command = copy.deepcopy(EVENTS["INTERACTION_CREATE"][0])
    command["channel"]["id"] = command["channel_id"] = "99"  # Archived, so that it is not among the guild's.
    del command["channel"]["owner_id"]
    await shard.feed("INTERACTION_CREATE", command)
    expected = "Shard 0: a INTERACTION_CREATE event cannot be read and is dropped (KeyError: 'owner_id')"
    assert caplog.messages == [expected]


@pytest.mark.parametrize(
    "frame",
    [
        [],
        "x",
        None,
        7,
        {"op": 0, "t": 5},
        {"op": 0, "t": ["X"]},
        {"op": 0},
        {"op": 99},
        {"op": 0, "t": "NEW"},
        {},
    ],
)
async def test_no_frame_is_fatal(shard: Shard, frame: object) -> None:
    await shard.begin()
    await shard.frame(frame)
    await shard.socket.received_message("not JSON at all")
    await shard.socket.received_message('{"op": 0, "t": "X", "d": ' + "[" * 100_000 + "]" * 100_000 + "}")


async def test_without_a_readable_ready_or_hello_the_shard_connects_again(shard: Shard) -> None:
    for hello in ({"op": 10}, {"op": 10, "d": {}}, {"op": 10, "d": {"heartbeat_interval": "soon"}}):
        with pytest.raises(UnreadableFrameError):
            await shard.frame(hello)
    unreadable = 0
    for _where, broken in damaged(READY):
        try:
            await shard.feed("READY", broken)
        except UnreadableFrameError:
            unreadable += 1
    assert unreadable > 10
    assert issubclass(UnreadableFrameError, OSError), "for which discord.py connects again after a pause"


async def test_after_a_broken_compression_the_shard_connects_again(shard: Shard) -> None:
    with pytest.raises(UnreadableFrameError):
        await shard.socket.received_message(b"no zlib\x00\x00\xff\xff")
