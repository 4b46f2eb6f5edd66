"""Listening: Opus frames decoded, their level and dominant frequency."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import av
import av.error
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.voice.opcodes import Json
    from sandbox.voice.recording import Packet

    Samples: TypeAlias = NDArray[np.float32]

RATE = 48_000
SILENCE_DBFS = -60.0
"""A frame whose level is below counts as silence."""
FREQUENCY_SAMPLES = RATE
"""Of the newest sound, by which the frequency is measured: lines of 1 Hz, and between them."""


def listen(packets: Sequence[Packet]) -> Json:
    """Return what somebody would hear of packets: level (dBFS, RMS), frequency (Hz), silence (ms).

    ``level_dbfs`` is the root mean square of both channels, 0 for a square wave at full scale, -3.01 for such
    a sine; None where nothing could be decoded. ``silence_ms`` is the longest time between two audible
    frames. Takes about 0.1 ms for each packet: not for the event loop.
    """
    heard = _decode(packets)
    audible = [(at, samples) for at, samples in heard if _level(samples) >= SILENCE_DBFS]
    sound = np.concatenate([samples for _, samples in heard], axis=1) if heard else None
    return {
        "decoded": len(heard),
        "audible": len(audible),
        "level_dbfs": None if sound is None else round(_level(sound), 2),
        "frequency_hz": _frequency([samples for _, samples in audible]),
        "silence_ms": round(max((_pause(one, two) for one, two in pairwise(audible)), default=0.0), 1),
    }


def _decode(packets: Sequence[Packet]) -> list[tuple[float, Samples]]:
    """Return when each frame came, and its samples (2, 960); frames that are no Opus are left out."""
    decoder = av.CodecContext.create("opus", "r")
    decoder.sample_rate = RATE
    decoder.layout = "stereo"
    heard: list[tuple[float, Samples]] = []
    for packet in sorted(packets, key=lambda one: (one.ssrc, one.number)):
        if not packet.opus:
            continue
        try:
            frames = decoder.decode(av.Packet(packet.opus))  # pyright: ignore[reportUnknownMemberType] - PyAV
        except av.error.FFmpegError:
            continue
        heard += [(packet.at, np.asarray(frame.to_ndarray(), dtype=np.float32)) for frame in frames]
    return sorted(heard, key=lambda one: one[0])


def _level(samples: Samples) -> float:
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return 10 * math.log10(power) if power > 0 else -200.0


def _pause(before: tuple[float, Samples], after: tuple[float, Samples]) -> float:
    """Return the milliseconds from the end of one frame to the beginning of the next."""
    length = before[1].shape[1] / RATE
    return max(1000 * (after[0] - before[0] - length), 0.0)


def _frequency(frames: list[Samples]) -> float | None:
    """Return the strongest frequency of the newest second, by the peak between the lines of a spectrum."""
    if not frames:
        return None
    mono = np.concatenate(frames, axis=1).mean(axis=0)[-FREQUENCY_SAMPLES:]
    size = len(mono)
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(size)))
    spectrum[0] = 0.0
    peak = int(np.argmax(spectrum))
    offset = 0.0
    if 0 < peak < len(spectrum) - 1:
        left, middle, right = (math.log(float(value) + 1e-12) for value in spectrum[peak - 1 : peak + 2])
        curve = left - 2 * middle + right
        offset = 0.0 if curve == 0 else 0.5 * (left - right) / curve
    return round((peak + offset) * RATE / size, 2)
