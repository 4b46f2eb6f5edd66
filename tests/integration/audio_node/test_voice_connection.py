"""The voice connection against a server on loopback: handshake, packets, what the network does."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import aiohttp
import pytest

from audio_node.voice.connection import VoiceConnection
from audio_node.voice.gateway import VoiceOptions, VoiceServer
from audio_node.voice.pacer import Pacer
from tests.support.voice_server import GCM, SSRC, XCHACHA, voice_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.support.voice_server import VoiceServerDouble

SILENCE = b"\xf8\xff\xfe"


class Provider:
    """Has packets that are their numbers, as long as it plays."""

    def __init__(self) -> None:
        self.playing = True
        self.number = 0

    def next_packet(self) -> bytes | None:
        if not self.playing:
            return None
        self.number += 1
        return self.number.to_bytes(4, "big")


class Listener:
    def __init__(self) -> None:
        self.connected = 0
        self.closed: list[tuple[int, str, bool]] = []
        self.changed = asyncio.Event()

    def voice_connected(self) -> None:
        self.connected += 1
        self.changed.set()

    def voice_closed(self, code: int, reason: str, by_remote: bool) -> None:
        self.closed.append((code, reason, by_remote))
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self.changed.clear()
            await self.changed.wait()


class Bench:
    def __init__(self, server: VoiceServerDouble, connection: VoiceConnection, listener: Listener) -> None:
        self.server = server
        self.connection = connection
        self.listener = listener
        self.provider = Provider()

    def connect(self, **changes: str) -> None:
        fields = {
            "endpoint": self.server.endpoint, "token": "token", "session_id": "session",
            "guild_id": "11", "channel_id": "22", "user_id": "33", **changes,
        }  # fmt: skip
        self.connection.connect(VoiceServer(**fields))

    async def connected(self) -> None:
        self.connect()
        await self.listener.until(lambda: self.listener.connected == 1)

    async def heard(self, count: int) -> None:
        wanted = len(self.server.packets) + count
        await self.server.until(lambda: len(self.server.packets) >= wanted)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    pacer = Pacer()
    async with voice_server() as server, aiohttp.ClientSession() as http:
        listener = Listener()
        provider = Provider()
        options = VoiceOptions(scheme="ws")
        connection = VoiceConnection(http, pacer, provider, listener, options)
        bench = Bench(server, connection, listener)
        bench.provider = provider
        yield bench
        await connection.close()
        pacer.close()


@pytest.mark.parametrize(("modes", "mode"), [([XCHACHA, GCM], GCM), ([XCHACHA, "plain"], XCHACHA)])
async def test_packets_arrive_whole_in_order_and_in_rhythm(bench: Bench, modes: list[str], mode: str) -> None:
    bench.server.modes = modes
    await bench.connected()
    await bench.heard(20)
    (selected,) = bench.server.data_of(1)
    assert selected["protocol"] == "udp"
    assert selected["data"]["mode"] == mode
    assert selected["data"]["address"] == "203.0.113.7"
    packets = bench.server.packets
    assert [int.from_bytes(packet.payload, "big") for packet in packets] == list(range(1, len(packets) + 1))
    assert {packet.ssrc for packet in packets} == {SSRC}
    pairs = [*itertools.pairwise(packets)]
    assert {(b.sequence - a.sequence) % 2**16 for a, b in pairs} == {1}
    assert {(b.timestamp - a.timestamp) % 2**32 for a, b in pairs} == {960}


async def test_it_says_who_it_is_and_that_it_knows_dave(bench: Bench) -> None:
    await bench.connected()
    (identify,) = bench.server.data_of(0)
    assert identify == {
        "server_id": "11", "user_id": "33", "session_id": "session", "token": "token",
        "max_dave_protocol_version": 1,
    }  # fmt: skip
    await bench.server.until(lambda: bool(bench.server.data_of(5)))
    assert bench.server.data_of(5)[0] == {"speaking": 0, "delay": 0, "ssrc": SSRC}


async def test_speaking_begins_with_the_first_packet_and_ends_after_five_of_silence(bench: Bench) -> None:
    await bench.connected()
    await bench.heard(3)
    bench.provider.playing = False
    await bench.server.until(lambda: len(bench.server.data_of(5)) == 3)
    assert [data["speaking"] for data in bench.server.data_of(5)] == [0, 1, 0]
    await bench.server.until(lambda: [packet.payload for packet in bench.server.packets].count(SILENCE) == 5)
    payloads = [packet.payload for packet in bench.server.packets]
    assert payloads[-6] != SILENCE
    assert payloads[-5:] == [SILENCE] * 5


async def test_timestamps_count_the_pause_and_sequences_do_not(bench: Bench) -> None:
    await bench.connected()
    await bench.heard(2)
    bench.provider.playing = False
    await bench.server.until(lambda: len(bench.server.data_of(5)) == 3)
    count = len(bench.server.packets)
    bench.provider.playing = True
    await bench.heard(1)
    last, first = bench.server.packets[count - 1 : count + 1]
    assert (first.sequence - last.sequence) % 2**16 == 1
    pause = (first.timestamp - last.timestamp) % 2**32
    assert pause % 960 == 0
    assert pause >= 960


async def test_heartbeats_carry_the_last_sequence_and_measure_the_ping(bench: Bench) -> None:
    bench.server.heartbeat_interval = 30
    await bench.connected()
    await bench.server.send(5, {"user_id": "44", "speaking": 1, "ssrc": 9}, seq=7)
    await bench.server.until(lambda: any(beat["seq_ack"] == 7 for beat in bench.server.data_of(3)))
    await bench.server.send_binary(300, 25, b"")
    await bench.server.until(lambda: any(beat["seq_ack"] == 300 for beat in bench.server.data_of(3)))
    assert bench.connection.ping_ms >= 0


@pytest.mark.parametrize("code", [1000, 4004, 4006, 4011, 4014, 4016, 4017, 4021, 4022])
async def test_a_close_that_nothing_helps_against_is_told(bench: Bench, code: int) -> None:
    await bench.connected()
    await bench.server.close(code, "because")
    await bench.listener.until(lambda: bool(bench.listener.closed))
    assert bench.listener.closed == [(code, "because", True)]
    assert not bench.connection.connected
    assert bench.connection.ping_ms == -1
    assert bench.server.data_of(7) == []


@pytest.mark.parametrize("code", [1001, 4000, 4002, 4009, 4015])
async def test_after_other_closes_the_session_is_resumed_without_a_gap(bench: Bench, code: int) -> None:
    await bench.connected()
    await bench.heard(2)
    await bench.server.close(code)
    await bench.server.until(lambda: bool(bench.server.data_of(7)))
    assert bench.server.data_of(7) == [
        {"server_id": "11", "session_id": "session", "token": "token", "seq_ack": 2}
    ]
    await bench.heard(5)
    numbers = [int.from_bytes(packet.payload, "big") for packet in bench.server.packets]
    assert numbers == list(range(1, len(numbers) + 1))
    assert bench.listener.closed == []
    assert bench.connection.connected


async def test_a_lost_connection_is_resumed(bench: Bench) -> None:
    await bench.connected()
    bench.server.cut()
    await bench.server.until(lambda: bool(bench.server.data_of(7)))
    await bench.heard(3)
    assert bench.listener.closed == []


async def test_a_server_that_no_longer_answers_heartbeats_is_left(bench: Bench) -> None:
    bench.server.heartbeat_interval = 10
    bench.server.answers_heartbeats = False
    await bench.connected()
    await bench.server.until(lambda: bool(bench.server.data_of(7)))


async def test_a_forgotten_session_is_begun_again_with_the_same_token(bench: Bench) -> None:
    await bench.connected()
    bench.server.resumes = False
    await bench.server.close(4015)
    await bench.listener.until(lambda: bench.listener.connected == 2)
    assert len(bench.server.data_of(0)) == 2
    await bench.heard(2)


async def test_a_refused_token_is_told_at_once(bench: Bench) -> None:
    bench.server.refuse_with = 4004
    bench.connect()
    await bench.listener.until(lambda: bool(bench.listener.closed))
    assert bench.listener.closed == [(4004, "refused", True)]
    assert len(bench.server.data_of(0)) == 1


async def test_a_server_that_nobody_reaches_is_tried_again_then_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audio_node.voice.connection._FIRST_WAIT", 0)
    bench.connect(endpoint="127.0.0.1:1")
    await bench.listener.until(lambda: bool(bench.listener.closed))
    ((code, reason, by_remote),) = bench.listener.closed
    assert (code, by_remote) == (1006, False)
    assert "cannot be reached" in reason


@pytest.mark.parametrize("endpoint", ["", "not a host", "host:port", "[::", "a" * 300])
async def test_an_endpoint_that_is_none_is_told_like_that(
    bench: Bench, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audio_node.voice.connection._FIRST_WAIT", 0)
    bench.connect(endpoint=endpoint)
    await bench.listener.until(lambda: bool(bench.listener.closed))
    assert bench.listener.closed[0][0] == 1006


async def test_silence_over_udp_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio_node.voice.connection._FIRST_WAIT", 0)
    monkeypatch.setattr("audio_node.voice.session._DISCOVERY_WAIT", 0.01)
    bench.server.answers_discovery = False
    bench.connect()
    await bench.listener.until(lambda: bool(bench.listener.closed))
    assert "UDP" in bench.listener.closed[0][1]


@pytest.mark.parametrize(("modes", "mode"), [(["xsalsa20_poly1305"], None), ([GCM], "plain")])
async def test_a_server_without_known_encryption_is_told(
    bench: Bench, modes: list[str], mode: str | None
) -> None:
    bench.server.modes, bench.server.mode = modes, mode
    bench.connect()
    await bench.listener.until(lambda: bool(bench.listener.closed))
    assert bench.listener.closed[0][0] == 4016
    assert not bench.listener.closed[0][2]


NONSENSE = [
    "",
    "[]",
    "null",
    '{"d": {}}',
    '{"op": "x"}',
    '{"op": 2, "d": {}}',
    '{"op": 4, "d": {"mode": 1}}',
    '{"op": 8, "d": []}',
    '{"op": 11, "d": {"user_ids": 4}}',
    '{"op": 21, "d": {"transition_id": "1"}}',
]


@pytest.mark.parametrize("text", NONSENSE)
async def test_what_makes_no_sense_is_a_lost_connection_and_no_crash(bench: Bench, text: str) -> None:
    await bench.connected()
    await bench.server.send_text(text)
    await bench.server.until(lambda: bool(bench.server.data_of(7)))
    assert bench.listener.closed == []


async def test_messages_that_nobody_knows_are_let_be(bench: Bench) -> None:
    await bench.connected()
    await bench.server.send(18, {"user_id": "44", "flags": 2})
    await bench.server.send(99, None)
    await bench.server.send_binary(5, 99, b"what")
    await bench.heard(3)
    assert bench.server.data_of(7) == []


async def test_another_server_takes_over(bench: Bench) -> None:
    await bench.connected()
    async with voice_server() as other:
        bench.connect(endpoint=other.endpoint, session_id="next")
        await other.until(lambda: len(other.packets) >= 3)
        assert other.data_of(0)[0]["session_id"] == "next"
        count = len(bench.server.packets)
        await other.until(lambda: len(other.packets) >= 6)
        assert len(bench.server.packets) == count
        assert bench.listener.closed == []
        await bench.connection.close()


async def test_after_closing_nothing_is_sent_and_nothing_is_told(bench: Bench) -> None:
    await bench.connected()
    await bench.heard(1)
    await bench.connection.close()
    assert not bench.connection.connected
    number = bench.provider.number
    for _ in range(5):
        await asyncio.sleep(0)
    assert bench.provider.number == number
    assert bench.listener.closed == []
