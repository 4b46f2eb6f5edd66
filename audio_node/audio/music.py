"""Made-up music: pleasant, different for each title, always the same for one; for demonstrations and tests.

Bars are computed as they are reached, so that a song of any length begins at once and anywhere.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from audio_node.audio.composition import BEATS, Composition
from audio_node.audio.instruments import Samples, sound_of
from audio_node.audio.opus import SAMPLE_RATE, SAMPLES_PER_MS
from audio_node.audio.synthesis import SynthesisSource

_BARS_KEPT = 2
_TAIL_BEATS = 2.5
"""How far a bar's notes ring into the next one, echoes included."""
_FADE_MS = 3000


class Music:
    """A song by its title; fades out at the end of ``length_ms``."""

    def __init__(self, title: str, length_ms: int) -> None:
        self._composition = Composition(title)
        self._beat = round(60 * SAMPLE_RATE / self._composition.tempo)
        self._bar = BEATS * self._beat
        self._end = length_ms * SAMPLES_PER_MS
        self._rendered = lru_cache(_BARS_KEPT)(self._render)

    def samples(self, start: int, count: int) -> bytes:
        """Return both channels, sample by sample."""
        parts: list[Samples] = []
        at = start
        while at < start + count:
            number, within = divmod(at, self._bar)
            part = self._heard(number)[within : within + start + count - at]
            parts.append(part)
            at += len(part)
        left = (self._end - np.arange(start, start + count)) / (_FADE_MS * SAMPLES_PER_MS)
        fade = np.clip(left, 0, 1).astype(np.float32)
        return np.tanh(np.concatenate(parts) * fade[:, np.newaxis]).tobytes()

    def _heard(self, number: int) -> Samples:
        """Return a bar with what still rings from the one before."""
        sound = self._rendered(number)[: self._bar].copy()
        if number:
            ringing = self._rendered(number - 1)[self._bar :]
            sound[: len(ringing)] += ringing
        return sound

    def _render(self, number: int) -> Samples:
        """Return a bar's notes with their ends, two columns."""
        sound = np.zeros((self._bar + round(_TAIL_BEATS * self._beat), 2), np.float32)
        for index, note in enumerate(self._composition.bar(number)):
            timbre = self._composition.timbre
            tone = sound_of(note, beat=self._beat, timbre=timbre, seed=(number, index))
            begin = round(note.begin * self._beat)
            part = sound[begin : begin + len(tone)]
            tone = tone[: len(part)] * np.float32(note.loudness)
            part[:, 0] += tone * np.float32(1 - max(note.side, 0))
            part[:, 1] += tone * np.float32(1 + min(note.side, 0))
        return sound


def music_source(title: str, length_ms: int) -> SynthesisSource:
    """Return the source for the song that ``title`` stands for."""
    return SynthesisSource(Music(title, length_ms), length_ms)
