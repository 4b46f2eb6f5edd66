"""Opus frames of 20 ms that hold one tone, made by PyAV."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np

RATE, FRAME = 48_000, 960
SILENCE = b"\xf8\xff\xfe"


def tone_frames(hertz: float, count: int, *, amplitude: float = 0.25) -> list[bytes]:
    """Return ``count`` frames of a sine in both channels; ``amplitude`` 1 is full scale."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "stereo", "s16"
    encoder.bit_rate, encoder.time_base = 128_000, Fraction(1, RATE)
    times = np.arange(count * FRAME) / RATE
    sine = (np.sin(2 * np.pi * hertz * times) * amplitude * 32_767).astype(np.int16)
    frames: list[bytes] = []
    for start in range(0, len(sine), FRAME):
        both = np.repeat(sine[start : start + FRAME], 2).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(both, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = RATE, start
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    return frames
