"""What a player's turns send, on a pair of sockets."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, cast
from unittest.mock import create_autospec

import pytest

from audio_node.voice.dave import Dave
from audio_node.voice.rtp import RtpStream
from audio_node.voice.sender import SILENCE, Sender

if TYPE_CHECKING:
    from collections.abc import Iterator


class Plain:
    """An encryption that leaves everything as it is."""

    def seal(self, header: bytes, payload: bytes) -> bytes:
        return header + payload


class Bench:
    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.theirs.setblocking(False)
        self.ours.setblocking(False)
        self.packets: list[bytes | None] = []
        self.speaking: list[bool] = []
        self.dave = create_autospec(Dave, instance=True, waiting=False)
        self.dave.encrypt.side_effect = lambda packet: packet
        rtp = RtpStream(1, sequence=0, timestamp=0)
        self.sender = Sender(self, self.ours, rtp, Plain(), cast("Dave", self.dave), self.speaking.append)

    def next_packet(self) -> bytes | None:
        return self.packets.pop(0)

    def turns(self, *packets: bytes | None) -> None:
        """Let it have these packets, with a turn more for each time it begins to speak."""
        self.packets = list(packets)
        while self.packets:
            self.sender.turn()
        if self.sender._announced:
            self.sender.turn()

    def sent(self) -> list[tuple[int, int, bytes]]:
        """Return sequence, timestamp in packets, and payload of all that was sent."""
        found: list[tuple[int, int, bytes]] = []
        while True:
            try:
                packet = self.theirs.recv(4096)
            except BlockingIOError:
                return found
            sequence, timestamp = struct.unpack(">HI", packet[2:8])
            found.append((sequence, timestamp // 960, packet[12:]))


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.ours.close()
    bench.theirs.close()


def test_nothing_to_say_is_nothing_sent(bench: Bench) -> None:
    bench.turns(None, None)
    assert bench.sent() == []
    assert bench.speaking == []


def test_a_pause_ends_with_five_packets_of_silence_and_the_next_word_begins_later(bench: Bench) -> None:
    bench.turns(b"a", b"b", *[None] * 8, b"c")
    assert bench.sent() == [
        (1, 1, b"a"),  # in the turn after the one that announced it
        (2, 2, b"b"),
        *[(3 + index, 3 + index, SILENCE) for index in range(5)],
        (8, 12, b"c"),
    ]
    assert bench.speaking == [True, False, True]


def test_a_short_hole_is_filled_with_silence_and_no_change_of_speaking(bench: Bench) -> None:
    bench.turns(b"a", None, None, b"b")
    assert [payload for _, _, payload in bench.sent()] == [b"a", SILENCE, SILENCE, b"b"]
    assert bench.speaking == [True]


def test_a_song_waits_a_second_at_most_for_those_who_will_hear_it(bench: Bench) -> None:
    bench.dave.waiting = True
    bench.packets = [b"a"] * 60
    for _ in range(55):
        bench.sender.turn()
    assert len(bench.packets) == 56  # the first one after 50 turns, announced in one of its own


def test_a_song_begins_as_soon_as_the_group_is_there(bench: Bench) -> None:
    bench.dave.waiting = True
    bench.packets = [b"a", b"b"]
    bench.sender.turn()
    assert bench.sent() == []
    bench.dave.waiting = False
    bench.sender.turn()
    assert bench.speaking == [True]
    bench.sender.turn()
    assert [payload for _, _, payload in bench.sent()] == [b"a"]


def test_what_the_system_does_not_take_is_counted_and_not_repeated(bench: Bench) -> None:
    bench.theirs.close()
    bench.turns(b"a", b"b")
    assert bench.sender.dropped == 2
