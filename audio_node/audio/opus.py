"""Opus as Discord takes it: 48 kHz, packets of 20 ms (https://www.rfc-editor.org/rfc/rfc6716)."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_RATE = 48_000
FRAME_SAMPLES = 960
FRAME_MS = 20
SAMPLES_PER_MS = 48
SILENCE = b"\xf8\xff\xfe"
"""A packet of silence; five of them end a transmission, so that no decoder makes up what follows
(https://discord.com/developers/docs/topics/voice-connections#voice-data-interpolation)."""
SILENT_PACKETS = 5

_SILK_MS = (10, 20, 40, 60)
_HYBRID_MS = (10, 20)
_CELT_MS = (2.5, 5, 10, 20)
_FIRST_HYBRID = 12
_FIRST_CELT = 16
_CODE_FOR_MANY = 3
_COUNT_BITS = 0x3F


@dataclass(frozen=True, slots=True)
class Frame:
    """20 ms of sound."""

    packet: bytes
    """Opus, 48 kHz."""
    position: int
    """Where in the track it begins, in samples of 48 kHz as they are heard, whatever the timescale."""
    source: int
    """Where in the source it begins, in samples of 48 kHz."""


def duration(packet: bytes) -> int:
    """Return how long ``packet`` lasts, in samples of 48 kHz; 0 if it is no Opus packet (RFC 6716, 3.1)."""
    if not packet:
        return 0
    configuration, code = packet[0] >> 3, packet[0] & 3
    if configuration < _FIRST_HYBRID:
        milliseconds = float(_SILK_MS[configuration % 4])
    elif configuration < _FIRST_CELT:
        milliseconds = float(_HYBRID_MS[configuration % 2])
    else:
        milliseconds = float(_CELT_MS[configuration % 4])
    if code == _CODE_FOR_MANY:
        count = packet[1] & _COUNT_BITS if len(packet) > 1 else 0
    else:
        count = 1 if code == 0 else 2
    return round(count * milliseconds * SAMPLES_PER_MS)


def output_gain(header: bytes | None) -> int:
    """Return the gain that a decoder must apply, in 1/256 dB, of an OpusHead (RFC 7845, 5.1)."""
    if header is None or len(header) < 18 or header[:8] != b"OpusHead":  # noqa: PLR2004 - up to the gain
        return 0
    return int.from_bytes(header[16:18], "little", signed=True)
