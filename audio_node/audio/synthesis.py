"""Sound that is computed as it is played: a source without a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import av

from audio_node.audio.media import Piece
from audio_node.audio.opus import FRAME_SAMPLES, SAMPLE_RATE, SAMPLES_PER_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

_PIECE = 5 * FRAME_SAMPLES
"""Samples that are computed at a time."""


class Voice(Protocol):
    """What is heard at any time."""

    def samples(self, start: int, count: int) -> bytes:
        """Return ``count`` samples from ``start`` on, each two 32-bit floats: left, right."""
        ...


@dataclass(frozen=True, slots=True)
class SynthesisSource:
    """``voice`` for ``length_ms``."""

    voice: Voice
    length_ms: int

    def open(self) -> SynthesisMedia:
        """Return it from its beginning."""
        return SynthesisMedia(self.voice, self.length_ms)


class SynthesisMedia:
    """Gives a tenth of a second at a time."""

    seekable = True

    def __init__(self, voice: Voice, length_ms: int) -> None:
        self._voice = voice
        self.length_ms = length_ms
        self._end = length_ms * SAMPLES_PER_MS
        self._next = 0

    def read(self) -> Piece | None:
        """Compute the next piece."""
        start, count = self._next, min(_PIECE, self._end - self._next)
        if count <= 0:
            return None
        self._next += count
        frame = av.AudioFrame("flt", "stereo", count)
        frame.planes[0].update(self._voice.samples(start, count))
        frame.sample_rate = SAMPLE_RATE
        return Piece(start, count, frame)

    def seek(self, position: int) -> None:
        """Go on exactly there."""
        self._next = max(position, 0)

    def decode(self, piece: Piece | None) -> Sequence[av.AudioFrame]:
        """Return what is sound already."""
        if piece is None or not isinstance(piece.content, av.AudioFrame):
            return ()
        return (piece.content,)

    def begin_of(self, _frame: av.AudioFrame, piece: Piece | None) -> int:
        """Return where the piece begins."""
        return piece.start if piece else self._next

    def restart_decoder(self) -> None:
        """Have none."""

    def interrupt(self) -> None:
        """Never read for long."""

    def close(self) -> None:
        """Hold nothing."""
