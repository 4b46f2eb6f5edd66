"""What a note of made-up music sounds like: sums of sines, and noise, that ring out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audio_node.audio.opus import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audio_node.audio.composition import Note

Samples = NDArray[np.float32]

RING_SECONDS = 0.5
"""How long a note sounds on after its end."""
_LEADS: tuple[tuple[float, ...], ...] = (
    (1, 0.5, 0.25, 0.12),
    (1, 0, 0.4, 0, 0.2),
    (1, 0.3),
    (1, 0.6, 0.1, 0.3),
)
"""Of the instruments that may play the melody: how strong each multiple of the tone is."""
_CONCERT_PITCH, _CONCERT_HERTZ = 69, 440
_NOISE_DECAY = {"hat": 60.0, "snare": 25.0}


def sound_of(note: Note, *, beat: int, timbre: int, seed: Sequence[int]) -> Samples:
    """Return one channel of a note at full loudness; ``beat`` is in samples, ``seed`` decides noise."""
    length = round(note.length * beat)
    count = length + round(RING_SECONDS * SAMPLE_RATE)
    time = np.arange(count, dtype=np.float32) / np.float32(SAMPLE_RATE)
    seconds = length / SAMPLE_RATE
    hertz = _CONCERT_HERTZ * 2 ** ((note.pitch - _CONCERT_PITCH) / 12)
    match note.instrument:
        case "pad":
            chorus = _wave(time, hertz * 0.9985, (1, 0.3)) + _wave(time, hertz * 1.0015, (1, 0.3))
            return chorus * _held(time, seconds, 0.25)
        case "bass":
            return _wave(time, hertz, (1, 0.35, 0.1)) * _decay(time, 2.5) * _held(time, seconds, 0.02)
        case "pluck":
            return _wave(time, hertz, (1, 0.4, 0.2)) * _decay(time, 9)
        case "lead":
            return _wave(time, hertz, _LEADS[timbre]) * _decay(time, 3) * _held(time, seconds, 0.01)
        case "kick":
            falling = np.sin(2 * np.pi * (45 * time - 12 * np.exp(-30 * time)))
            return falling.astype(np.float32) * _decay(time, 9)
        case "hat" | "snare":
            noise = np.random.default_rng(seed).standard_normal(count, np.float32)
            hiss = np.diff(noise, prepend=np.float32(0))
            return hiss * _decay(time, _NOISE_DECAY[note.instrument])


def _wave(time: Samples, hertz: float, partials: tuple[float, ...]) -> Samples:
    turn = time * np.float32(2 * np.pi * hertz)
    wave = np.zeros_like(time)
    for index, share in enumerate(partials):
        if share:
            wave += np.float32(share) * np.sin(turn * np.float32(index + 1))
    return wave


def _decay(time: Samples, speed: float) -> Samples:
    """Return loudness that halves again and again, and begins without a click."""
    return np.minimum(time * np.float32(400), np.float32(1)) * np.exp(time * np.float32(-speed))


def _held(time: Samples, seconds: float, attack: float) -> Samples:
    """Return loudness that rises in ``attack`` seconds and falls after ``seconds``."""
    rising = time / np.float32(attack)
    falling = np.float32(1 + seconds / RING_SECONDS) - time / np.float32(RING_SECONDS)
    return np.clip(np.minimum(rising, falling), np.float32(0), np.float32(1))
