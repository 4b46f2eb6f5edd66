"""From decoded sound in any format to Opus packets of 20 ms: resampled, filtered, encoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av.error import BlockingIOError as WantsMore
from av.error import EOFError as EndOfStream
from av.error import FFmpegError
from av.filter import Graph

from audio_node.audio.encoder import OpusEncoder
from audio_node.audio.filter_graph import Chain, add_filters
from audio_node.audio.filters import Filters
from audio_node.audio.opus import FRAME_SAMPLES, SAMPLE_RATE
from audio_node.audio.volume import UNCHANGED
from audio_node.errors import UnsupportedAudioError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.filter.context import FilterContext

_LOWEST_RATE, _HIGHEST_RATE = 1_000, 768_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What a player does to the sound."""

    filters: Filters = field(default_factory=Filters)
    volume: int = UNCHANGED
    """In percent."""

    @property
    def neutral(self) -> bool:
        """Whether the sound stays what it was."""
        return self.volume == UNCHANGED and not self.filters.on


class Pipeline:
    """Takes the frames of a decoder, gives packets; the first ``skip`` samples (of 48 kHz) are left out."""

    def __init__(self, settings: Settings, skip: int) -> None:
        self._settings = settings
        self._skip = skip
        self._encoder = OpusEncoder()
        self._graph: _Graph | None = None

    def process(self, frame: av.AudioFrame) -> Iterator[bytes]:
        """Return the packets that ``frame`` completes; raises UnsupportedAudioError."""
        if self._graph is None or not self._graph.takes(frame):  # some streams change on the way
            yield from self.finish()
            self._graph = _Graph(frame, self._settings, self._skip)
            self._skip = 0
        for filtered in self._graph.process(frame):
            yield from self._encoder.encode(filtered)

    def finish(self) -> Iterator[bytes]:
        """Return what the filters have held back, the last packet filled up with silence."""
        if self._graph is not None:
            for filtered in self._graph.finish():
                yield from self._encoder.encode(filtered)
        self._graph = None


class _Graph:
    """FFmpeg's graph for one format of input."""

    def __init__(self, frame: av.AudioFrame, settings: Settings, skip: int) -> None:
        if not _LOWEST_RATE <= frame.sample_rate <= _HIGHEST_RATE:
            raise UnsupportedAudioError(f"its sample rate is {frame.sample_rate:,} Hz")
        self._format = _format(frame)
        self._time_base = Fraction(1, frame.sample_rate)
        self._samples = 0
        graph = Graph()
        self._input = graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            time_base=self._time_base,
        )
        try:
            self._output = self._build(Chain(graph, self._input), frame, settings, skip)
            graph.configure()
        except FFmpegError as error:
            raise UnsupportedAudioError(f"its sound cannot be converted: {error}") from error
        self._graph = graph  # which owns both ends

    def _build(self, chain: Chain, frame: av.AudioFrame, settings: Settings, skip: int) -> FilterContext:
        if frame.layout.nb_channels == 1:  # FFmpeg would play it 3 dB softer than Lavalink does
            chain.add("aformat", "sample_fmts=flt").add("pan", "stereo|c0=c0|c1=c0")
        chain.add("aresample", f"osr={SAMPLE_RATE}:osf=flt:ochl=stereo:rematrix_maxval=1")
        if skip > 0:
            chain.skip(skip)
        add_filters(chain, settings.filters, settings.volume)
        chain.add("aformat", f"sample_fmts=s16:channel_layouts=stereo:sample_rates={SAMPLE_RATE}")
        chain.add("asetnsamples", f"n={FRAME_SAMPLES}:p=1").add("abuffersink")
        return chain.last

    def takes(self, frame: av.AudioFrame) -> bool:
        """Tell whether ``frame`` has the format of the first one."""
        return _format(frame) == self._format

    def process(self, frame: av.AudioFrame) -> Iterator[av.AudioFrame]:
        """Return the frames of 960 samples that are ready."""
        frame.pts, frame.time_base = self._samples, self._time_base
        self._samples += frame.samples
        self._input.push(frame)
        return self._ready()

    def finish(self) -> Iterator[av.AudioFrame]:
        """Return the rest."""
        self._input.push(None)
        return self._ready()

    def _ready(self) -> Iterator[av.AudioFrame]:
        while True:
            try:
                frame = self._output.pull()
            except (WantsMore, EndOfStream):
                return  # it wants more, or has given all
            assert isinstance(frame, av.AudioFrame)  # noqa: S101 - there is no video in it
            yield frame


def _format(frame: av.AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate
