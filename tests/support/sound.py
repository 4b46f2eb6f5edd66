"""Sound for tests: files made here by PyAV, and what Opus packets sound like once they are decoded."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

RATE = 48_000
Samples = NDArray[np.float32]
"""Channels by samples, from -1 to 1."""


def sine(seconds: float, hertz: float = 440.0, amplitude: float = 0.25, rate: int = RATE) -> Samples:
    """Return a sine in one channel."""
    time = np.arange(round(seconds * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * hertz * time)).astype(np.float32)[np.newaxis]


def chirp(seconds: float, amplitude: float = 0.25) -> Samples:
    """Return a tone that tells where one is: 400 Hz, and 400 Hz more every second."""
    time = np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * (400 * time + 200 * time**2))).astype(np.float32)[np.newaxis]


def second_of(chirped: Samples) -> float:
    """Return at which second of `chirp` the middle of a short piece is."""
    return (frequency(chirped) - 400) / 400


def encoded(
    samples: Samples,
    container: str,
    codec: str,
    *,
    rate: int = RATE,
    layout: str = "stereo",
    tags: Mapping[str, str] | None = None,
    **options: str,
) -> bytes:
    """Return a file with this sound; one channel is repeated for each of ``layout``."""
    file = io.BytesIO()
    with av.open(file, "w", format=container, container_options=options) as output:
        output.metadata.update(tags or {})
        stream = output.add_stream(codec, rate=rate, layout=layout, options=options)
        context = stream.codec_context
        context.open()
        if samples.shape[0] == 1:
            samples = np.repeat(samples, av.AudioLayout(layout).nb_channels, axis=0)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(context.format, layout, rate, frame_size=context.frame_size or None)
        for resampled in [*resampler.resample(frame), *resampler.resample(None), None]:
            output.mux(stream.encode(resampled))
    return file.getvalue()


def opus_webm(samples: Samples, **options: str) -> bytes:
    """Return what YouTube sends: Opus of 20 ms in WebM."""
    return encoded(samples, "webm", "libopus", **options)


def packets_of(file: bytes) -> list[bytes]:
    """Return the packets in a file with sound."""
    with av.open(io.BytesIO(file)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def decoded(packets: Iterable[bytes]) -> Samples:
    """Return what a listener's Opus decoder makes of ``packets``: two channels, 960 samples for each."""
    decoder: Any = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout, decoder.format = RATE, "stereo", "s16"
    frames = [frame for packet in packets for frame in decoder.decode(av.Packet(packet))]
    return np.concatenate([frame.to_ndarray().reshape(-1, 2).T for frame in frames], axis=1) / np.float32(
        32768
    )


def level(samples: Samples) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def frequency(samples: Samples) -> float:
    """Return the strongest frequency of the first channel, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples[0] * np.hanning(samples.shape[1]), 8 * samples.shape[1]))
    return float(spectrum.argmax() * RATE / (8 * samples.shape[1]))


def strength(samples: Samples, hertz: float) -> float:
    """Return the amplitude of one frequency in the first channel."""
    time = np.arange(samples.shape[1]) / RATE
    window = np.hanning(samples.shape[1])
    wave = samples[0] * window * np.exp(-2j * np.pi * hertz * time)
    return float(2 * abs(wave.sum()) / window.sum())


def joined(parts: Sequence[Samples]) -> Samples:
    """Return one after the other."""
    return np.concatenate(parts, axis=1)
