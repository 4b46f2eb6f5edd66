"""A test tone: a sine, by which one hears and measures that everything arrives as it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audio_node.audio.opus import SAMPLE_RATE
from audio_node.audio.synthesis import SynthesisSource


@dataclass(frozen=True, slots=True)
class Tone:
    """A sine of ``hertz``, as loud as ``amplitude`` (0 to 1)."""

    hertz: float = 440.0
    amplitude: float = 0.25

    def samples(self, start: int, count: int) -> bytes:
        """Return both channels alike."""
        time = np.arange(start, start + count) / SAMPLE_RATE
        sine = self.amplitude * np.sin(2 * np.pi * self.hertz * time)
        return np.repeat(sine.astype(np.float32), 2).tobytes()


def tone_source(length_ms: int, hertz: float = 440.0, amplitude: float = 0.25) -> SynthesisSource:
    """Return the source for a tone of ``length_ms``."""
    return SynthesisSource(Tone(hertz, amplitude), length_ms)
