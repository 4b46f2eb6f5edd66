from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING
from unittest.mock import create_autospec

import aiohttp
import pytest

from bot.client import Bot
from bot.discord_gateway import GatewaySocket, MeasuredHeartbeat

if TYPE_CHECKING:
    from collections.abc import Callable

INTERVAL = 41.25


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
