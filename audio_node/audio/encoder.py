"""Sound to Opus packets of 20 ms, by libopus in PyAV."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av

from audio_node.audio.opus import FRAME_MS, SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

_BITS_PER_SECOND = 128_000
_COMPLEXITY = 7
"""The least with which libopus looks for tones. Lavalink's default, 10, takes a third more, for the same
sound at such a bit rate."""


class OpusEncoder:
    """Takes frames of 960 samples, 16 bits in stereo at 48 kHz, and gives a packet for each."""

    def __init__(self) -> None:
        self._context = av.CodecContext.create("libopus", "w")
        self._context.sample_rate = SAMPLE_RATE
        self._context.layout = "stereo"
        self._context.format = "s16"
        self._context.bit_rate = _BITS_PER_SECOND
        self._context.time_base = Fraction(1, SAMPLE_RATE)
        self._context.options = {
            "frame_duration": str(FRAME_MS),
            "application": "audio",
            "compression_level": str(_COMPLEXITY),
        }
        self._context.open()

    def encode(self, frame: av.AudioFrame) -> Iterator[bytes]:
        """Return the packets of a frame."""
        # PyAV's stub does not say of what stream they are.
        packets = cast(
            "list[av.Packet[av.AudioStream]]",
            self._context.encode(frame),  # pyright: ignore[reportUnknownMemberType]
        )
        return (bytes(packet) for packet in packets)
