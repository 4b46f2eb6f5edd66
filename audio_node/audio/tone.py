"""A test tone: a sine, by which one hears and measures that everything arrives as it was."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass

from audio_node.audio.opus import SAMPLE_RATE
from audio_node.audio.synthesis import SynthesisSource


@dataclass(frozen=True, slots=True)
class Tone:
    """A sine of ``hertz``, as loud as ``amplitude`` (0 to 1)."""

    hertz: float = 440.0
    amplitude: float = 0.25

    def samples(self, start: int, count: int) -> bytes:
        """Return both channels alike."""
        step = 2 * math.pi * self.hertz / SAMPLE_RATE
        sines = array("f", (self.amplitude * math.sin(step * (start + index)) for index in range(count)))
        both = array("f", bytes(8 * count))
        both[0::2] = sines
        both[1::2] = sines
        return both.tobytes()


def tone_source(length_ms: int, hertz: float = 440.0, amplitude: float = 0.25) -> SynthesisSource:
    """Return the source for a tone of ``length_ms``."""
    return SynthesisSource(Tone(hertz, amplitude), length_ms)
