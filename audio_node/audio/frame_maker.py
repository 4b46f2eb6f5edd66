"""Makes the frames of a source from one place on, with the same settings all the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio_node.audio.opus import FRAME_SAMPLES, Frame
from audio_node.audio.pipeline import Pipeline
from audio_node.precedence import let_packets_pass, working

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audio_node.audio.media import Media, Piece
    from audio_node.audio.pipeline import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on; both in samples of 48 kHz."""

    source: int
    """As the source counts."""
    position: int
    """As it is told, which counts what is heard."""


class FrameMaker:
    """Passes Opus on untouched where nothing changes the sound; otherwise decodes, filters and encodes."""

    def __init__(self, media: Media, settings: Settings, start: Place, *, skips: bool) -> None:
        """``skips``: what the media gives first may lie before ``start``, and is left out up to there."""
        self._media = media
        self._settings = settings
        self._start = start
        self._skips = skips
        self._pipeline: Pipeline | None = None
        self._made = 0
        self._over = False

    def more(self) -> Iterable[Frame] | None:
        """Return the frames of the next piece, which may be none; None at the end. Raises AudioError."""
        if self._over:
            return None
        let_packets_pass()
        piece = self._media.read()
        if piece is None:
            self._over = True
            with working():
                return [*self._rest()]
        if self._pipeline is None and self._settings.neutral and piece.opus is not None:
            return self._passed(piece, piece.opus)
        with working():
            return [*self._transcoded(piece)]

    def _passed(self, piece: Piece, packet: bytes) -> Iterable[Frame]:
        ahead = piece.start - self._start.source
        if self._skips and ahead <= -FRAME_SAMPLES // 2:
            return ()  # more than half of it lies before the start
        if not self._skips:
            self._start, self._skips = Place(piece.start, self._start.position), True
            ahead = 0
        return (Frame(packet, max(self._start.position + ahead, 0), max(piece.start, 0)),)

    def _transcoded(self, piece: Piece) -> Iterator[Frame]:
        for decoded in self._media.decode(piece):
            if self._pipeline is None:
                self._pipeline = self._begin(self._media.begin_of(decoded, piece))
            for packet in self._pipeline.process(decoded):
                yield self._frame(packet)

    def _begin(self, first: int) -> Pipeline:
        """Return the pipeline for sound that begins at ``first``."""
        if not self._skips:
            self._start = Place(first, self._start.position)
        elif first > self._start.source:  # Opus was passed on until here, or there is a gap
            self._start = Place(first, self._start.position + first - self._start.source)
        return Pipeline(self._settings, self._start.source - first)

    def _rest(self) -> Iterator[Frame]:
        if self._pipeline is None:
            return
        for decoded in self._media.decode(None):
            for packet in self._pipeline.process(decoded):
                yield self._frame(packet)
        for packet in self._pipeline.finish():
            yield self._frame(packet)

    def _frame(self, packet: bytes) -> Frame:
        heard = self._made * FRAME_SAMPLES
        self._made += 1
        passed = round(heard * self._settings.filters.pace)
        return Frame(packet, self._start.position + heard, self._start.source + passed)
