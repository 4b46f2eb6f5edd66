"""The plan of a made-up song: key, tempo, chords, and who plays what when; the same for the same title."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEATS = 4
"""A bar's."""
Instrument = Literal["pad", "bass", "pluck", "lead", "kick", "hat", "snare"]
_Choice = TypeVar("_Choice")

_MAJOR, _MINOR = (0, 2, 4, 7, 9), (0, 3, 5, 7, 10)
"""Pentatonic scales: nothing in them clashes."""
_PROGRESSIONS: dict[tuple[int, ...], tuple[tuple[int, ...], ...]] = {
    _MAJOR: ((0, 7, 9, 5), (9, 5, 0, 7), (0, 9, 5, 7), (5, 7, 4, 9), (0, 4, 5, 7), (0, 5, 9, 7)),
    _MINOR: ((0, 8, 3, 10), (0, 5, 10, 3), (0, 10, 8, 10), (8, 10, 0, 0), (0, 3, 10, 5)),
}
"""Roots of the chords of four bars, in semitones above the key."""
_MINOR_CHORDS: dict[tuple[int, ...], frozenset[int]] = {
    _MAJOR: frozenset({2, 4, 9}),
    _MINOR: frozenset({0, 5, 7}),
}
_FORM = "AABACCBC"
"""Melodies of eight bars; the second four are the refrain."""
_RHYTHMS = (
    (0.0, 1.0, 1.5, 2.0, 3.0),
    (0.0, 0.5, 1.5, 2.5, 3.0),
    (0.0, 1.5, 2.0, 3.5),
    (0.5, 1.0, 2.0, 2.5, 3.5),
    (0.0, 0.75, 1.5, 2.25, 3.0),
)
"""Beats on which a melody's notes begin."""


@dataclass(frozen=True, slots=True)
class Note:
    """A tone of an instrument; times in beats from its bar's beginning, pitch as in MIDI (69 is 440 Hz)."""

    instrument: Instrument
    pitch: float
    begin: float
    length: float
    loudness: float
    side: float = 0.0
    """From -1, left, to 1, right."""


class Composition:
    """Bars without end, of which a song takes as many as it is long."""

    def __init__(self, title: str) -> None:
        digest = hashlib.sha256(title.encode("utf-8", "replace")).digest()
        self._seed = int.from_bytes(digest[:8], "big")
        choose = np.random.default_rng(self._seed)
        self.tempo = int(choose.integers(84, 128))
        """Beats a minute."""
        self.timbre = int(choose.integers(0, 4))
        self._key = int(choose.integers(-6, 6))
        self._scale = (_MAJOR, _MINOR)[int(choose.integers(0, 2))]
        self._verse = _one_of(choose, _PROGRESSIONS[self._scale])
        self._refrain = _one_of(choose, _PROGRESSIONS[self._scale])
        self._rhythms = {part: _one_of(choose, _RHYTHMS) for part in sorted(set(_FORM))}
        self._drums = bool(choose.integers(0, 4))
        self._arpeggio = bool(choose.integers(0, 2))

    def bar(self, number: int) -> Iterator[Note]:
        """Yield what is played in a bar."""
        place = number % len(_FORM)
        refrain = place >= BEATS
        root = (self._refrain if refrain else self._verse)[place % 4]
        chord = [root, root + (3 if root in _MINOR_CHORDS[self._scale] else 4), root + 7]
        yield from self._chords(chord)
        yield from self._bass(root, refrain=refrain)
        if number >= BEATS // 2:  # two bars alone at the beginning
            yield from self._melody(_FORM[place], place, refrain=refrain)
        if self._drums and number >= BEATS:
            yield from _beat(refrain=refrain)

    def _chords(self, chord: Sequence[int]) -> Iterator[Note]:
        for step, tone in enumerate(chord):
            pitch = 60 + self._key + tone - 12 * (tone > 7)  # noqa: PLR2004 - close together
            yield Note("pad", pitch, 0, BEATS, 0.10, (step - 1) * 0.6)
        if self._arpeggio:
            for beat in range(2 * BEATS):
                tone = chord[(0, 1, 2, 1)[beat % 4]]
                yield Note("pluck", 72 + self._key + tone % 12, beat / 2, 0.5, 0.05, 0.5 - beat % 2)

    def _bass(self, root: int, *, refrain: bool) -> Iterator[Note]:
        pitch = 36 + (self._key + root) % 12
        for beat in (0.0, 1.5, 2.0, 3.5) if refrain else (0.0, 2.0):
            yield Note("bass", pitch, beat, 1.4, 0.22)

    def _melody(self, part: str, place: int, *, refrain: bool) -> Iterator[Note]:
        """Play the same part as the same melody, with another end each time."""
        walk = np.random.default_rng([self._seed, ord(part)])
        step = int(walk.integers(0, len(self._scale)))
        rhythm = self._rhythms[part]
        for index, beat in enumerate(rhythm):
            step = min(max(step + int(walk.integers(-2, 3)), -2), 7)
            if index == len(rhythm) - 1:
                step += place % 3 - 1
            octave, degree = divmod(step, len(self._scale))
            pitch = 72 + self._key + 12 * octave + self._scale[degree] - 12 * (not refrain and octave > 0)
            following = rhythm[index + 1] if index + 1 < len(rhythm) else float(BEATS)
            length = following - beat + 0.3
            yield Note("lead", pitch, beat, length, 0.16, -0.2)
            yield Note("lead", pitch, beat + 0.75, length, 0.05, 0.6)  # its echo


def _beat(*, refrain: bool) -> Iterator[Note]:
    for beat in range(BEATS):
        if beat % 2 == 0 or refrain:
            yield Note("kick", 0, beat, 0.4, 0.26)
        yield Note("hat", 0, beat + 0.5, 0.1, 0.03, 0.3)
        if beat % 2:
            yield Note("snare", 0, beat, 0.25, 0.07, -0.1)


def _one_of(choose: np.random.Generator, choices: Sequence[_Choice]) -> _Choice:
    return choices[int(choose.integers(0, len(choices)))]
