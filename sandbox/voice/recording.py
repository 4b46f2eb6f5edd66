"""What one member sent in the last minute, packet by packet, and what is wrong with it."""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.voice.opcodes import Json

KEPT_SECONDS = 60.0
FRAME_SAMPLES = 960
"""Of 20 ms at 48 kHz, by which the timestamp grows from packet to packet."""
_NUMBERS = 1 << 16
_REMEMBERED = 1024
"""Sequence numbers by which a packet that comes twice is known."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A voice packet that the transport key opened."""

    at: float
    """When it came, in seconds of a clock that never jumps."""
    ssrc: int
    number: int
    """Its sequence number, counted on beyond 16 bits."""
    timestamp: int
    opus: bytes | None
    """The Opus frame; None where end-to-end encryption could not be undone."""
    encrypted: bool
    """Whether it came end-to-end encrypted."""


@dataclass(slots=True)
class _Stream:
    """The numbers of one SSRC."""

    first: int
    highest: int
    packets: int = 0
    duplicates: int = 0
    reordered: int = 0
    recent: deque[int] = field(default_factory=lambda: deque[int](maxlen=_REMEMBERED))

    def count(self, sequence: int) -> int | None:
        """Return a packet's number beyond 16 bits, None where it came before."""
        step = (sequence - self.highest + _NUMBERS // 2) % _NUMBERS - _NUMBERS // 2
        number = self.highest + step
        if number <= self.highest and number in self.recent:
            self.duplicates += 1
            return None
        self.recent.append(number)
        self.packets += 1
        self.reordered += number < self.highest
        self.first = min(self.first, number)
        self.highest = max(self.highest, number)
        return number

    @property
    def missing(self) -> int:
        return self.highest - self.first + 1 - self.packets


class Recording:
    """The packets of one user, over all their connections."""

    def __init__(self) -> None:
        self._packets: deque[Packet] = deque()
        self._streams: dict[int, _Stream] = {}

    def add(
        self,
        at: float,
        *,
        ssrc: int,
        sequence: int,
        timestamp: int,
        opus: bytes | None,
        encrypted: bool = False,
    ) -> bool:
        """Note a packet; returns False for one that came before."""
        stream = self._streams.setdefault(ssrc, _Stream(sequence, sequence))
        number = stream.count(sequence)
        if number is None:
            return False
        self._packets.append(Packet(at, ssrc, number, timestamp, opus, encrypted))
        while self._packets and self._packets[0].at < at - KEPT_SECONDS:
            self._packets.popleft()
        return True

    def since(self, moment: float) -> list[Packet]:
        """Return the packets that came after ``moment``, in the order in which they came."""
        return [packet for packet in self._packets if packet.at > moment]

    def totals(self) -> Json:
        """Return the counts since the beginning."""
        streams = self._streams.values()
        return {
            "packets": sum(stream.packets for stream in streams),
            "missing": sum(stream.missing for stream in streams),
            "duplicates": sum(stream.duplicates for stream in streams),
            "reordered": sum(stream.reordered for stream in streams),
            "ssrcs": len(streams),
        }


def figures(packets: Sequence[Packet]) -> Json:
    """Return what there is to say of packets without listening: numbers, timestamps, spacing in ms."""
    missing = gaps = jumps = 0
    for ssrc in {packet.ssrc for packet in packets}:
        stream = sorted((one for one in packets if one.ssrc == ssrc), key=lambda packet: packet.number)
        for before, after in pairwise(stream):
            step = after.number - before.number
            missing += step - 1
            gaps += step > 1
            jumps += (after.timestamp - before.timestamp) % (1 << 32) != step * FRAME_SAMPLES
    return {
        "packets": len(packets),
        "missing": missing,
        "gaps": gaps,
        "timestamp_jumps": jumps,
        "encrypted": sum(packet.encrypted for packet in packets),
        "unreadable": sum(packet.opus is None for packet in packets),
        "spacing_ms": _spacing([1000 * (after.at - before.at) for before, after in pairwise(packets)]),
    }


def _spacing(spaces: list[float]) -> Json | None:
    if not spaces:
        return None
    spaces.sort()
    return {
        "median": round(statistics.median(spaces), 3),
        "p99": round(spaces[min(len(spaces) - 1, int(len(spaces) * 0.99))], 3),
        "max": round(spaces[-1], 3),
    }
