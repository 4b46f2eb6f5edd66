"""Filters as a graph of FFmpeg's (https://ffmpeg.org/ffmpeg-filters.html), with the arithmetic of Lavalink's.

In Lavalink a sample passes the filters in the opposite order of its configuration: low pass first, volume
last (https://github.com/lavalink-devs/Lavalink, FilterChain.buildChain).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from audio_node.audio.opus import SAMPLE_RATE
from audio_node.audio.volume import UNCHANGED, gain

if TYPE_CHECKING:
    from av.filter import Graph
    from av.filter.context import FilterContext

    from audio_node.audio.filters import (
        ChannelMix,
        Distortion,
        Filters,
        Karaoke,
        Rotation,
        Timescale,
        Vibrato,
    )

CENTRES = (25, 40, 63, 100, 160, 250, 400, 630, 1000, 1600, 2500, 4000, 6300, 10_000, 16_000)
"""The equalizer's bands in Hz."""
_THIRD_OF_AN_OCTAVE = 2 ** (1 / 3)
_UNHEARD = 0.02
"""A volume this near to 1 is left alone (lavadsp, VolumePcmAudioFilter)."""
_SLOWEST_TEMPO, _FASTEST_TEMPO = 0.5, 2.0
"""Of one atempo. Above 2 it leaves sound out, and from about 8 on its end aborts the process."""
_SLOWEST_ROTATION, _FASTEST_ROTATION = 0.01, 100.0
_SLOWEST_SWING = 0.1
_VIBRATO_DEPTH = 2 / 5
"""lavadsp delays by up to 2 ms, FFmpeg by up to 5."""
_VIBRATO_MEMORY = SAMPLE_RATE * 5 // 1000


class Chain:
    """Filters one behind the other, in floats at 48 kHz in stereo."""

    def __init__(self, graph: Graph, first: FilterContext) -> None:
        self._graph = graph
        self.last = first

    def add(self, name: str, arguments: str = "") -> Chain:
        """Add one at the end."""
        following = self._graph.add(name, arguments)
        self.last.link_to(following)
        self.last = following
        return self

    def split(self, count: int) -> list[Chain]:
        """Return ``count`` chains with the same sound."""
        self.add("asplit", str(count))
        branches: list[Chain] = []
        for output in range(count):
            following = self._graph.add("anull")
            self.last.link_to(following, output)
            branches.append(Chain(self._graph, following))
        return branches

    def sum(self, branches: list[Chain]) -> None:
        """Go on with the sum of ``branches``."""
        self.last = self._graph.add("amix", f"inputs={len(branches)}:normalize=0")
        for number, branch in enumerate(branches):
            branch.last.link_to(self.last, 0, number)

    def biquad(self, b0: float, b2: float, a1: float, a2: float) -> Chain:
        """Add a filter of second order, in double precision; its b1 is 0."""
        poles = f"a0=1:a1={a1:.15f}:a2={a2:.15f}"
        return self.add("biquad", f"b0={b0:.15f}:b1=0:b2={b2:.15f}:{poles}:r=f64")

    def pan(self, left: tuple[float, float], right: tuple[float, float]) -> Chain:
        """Mix the channels: each of the new ones gets so much of the old ones."""
        (a, b), (c, d) = left, right
        return self.add("pan", f"stereo|c0={a:.9f}*c0{b:+.9f}*c1|c1={c:.9f}*c0{d:+.9f}*c1")

    def skip(self, samples: int) -> Chain:
        """Leave the first ``samples`` out."""
        return self.add("atrim", f"start_sample={samples}").add("asetpts", "PTS-STARTPTS")

    def louder(self, factor: float) -> Chain:
        """Multiply each sample."""
        return self.add("volume", f"volume={factor:.9f}:precision=float")


def add_filters(chain: Chain, filters: Filters, volume: int) -> None:
    """Add what changes the sound: the filters, then the player's volume in percent."""
    _add_of_samples(chain, filters)
    _add_of_time(chain, filters)
    if filters.karaoke is not None:
        _karaoke(chain, filters.karaoke)
    if any(filters.equalizer):
        _equalizer(chain, filters.equalizer)
    if abs(filters.volume - 1) >= _UNHEARD:
        chain.louder(gain(filters.volume * 100))
    if volume != UNCHANGED:
        chain.louder(gain(volume))


def _add_of_samples(chain: Chain, filters: Filters) -> None:
    """Add those that look at a sample, or little more."""
    if filters.low_pass is not None:
        share = 1 / filters.low_pass.smoothing
        chain.biquad(share, 0, share - 1, 0)
    if filters.channel_mix is not None:
        _channel_mix(chain, filters.channel_mix)
    if filters.rotation is not None:
        _rotation(chain, filters.rotation)
    if filters.distortion is not None:
        _distortion(chain, filters.distortion)


def _add_of_time(chain: Chain, filters: Filters) -> None:
    """Add those that move in time, or move time."""
    if filters.vibrato is not None:
        _vibrato(chain, filters.vibrato)
    if filters.tremolo is not None:
        frequency = max(filters.tremolo.frequency, _SLOWEST_SWING)
        chain.add("tremolo", f"f={frequency:.9f}:d={filters.tremolo.depth:.9f}")
    if filters.timescale is not None:
        _timescale(chain, filters.timescale)


def _channel_mix(chain: Chain, mix: ChannelMix) -> None:
    chain.pan((mix.leftToLeft, mix.rightToLeft), (mix.leftToRight, mix.rightToRight))


def _rotation(chain: Chain, rotation: Rotation) -> None:
    """Let the channels swing against each other, from silence to full (lavadsp, VectorSupport.rotation)."""
    hertz = min(max(abs(rotation.rotationHz), _SLOWEST_ROTATION), _FASTEST_ROTATION)
    left, right = (0, 0.5) if rotation.rotationHz > 0 else (0.5, 0)
    chain.add("apulsator", f"mode=sine:hz={hertz:.9f}:amount=1:offset_l={left}:offset_r={right}")


def _distortion(chain: Chain, by: Distortion) -> None:
    """Put each sample through the curve of lavadsp's DistortionConverter."""
    sine = f"({by.sinOffset:.9f}+sin(x*{by.sinScale:.9f}))"
    cosine = f"({by.cosOffset:.9f}+cos(x*{by.cosScale:.9f}))"
    tangent = f"({by.tanOffset:.9f}+tan(x*{by.tanScale:.9f}))"
    curve = f"clip({by.offset:.9f}+{by.scale:.9f}*{sine}*{cosine}*{tangent},-1,1)"
    chain.add("aeval", "exprs=" + "|".join(curve.replace("x*", f"val({channel})*") for channel in (0, 1)))


def _vibrato(chain: Chain, by: Vibrato) -> None:
    """Let silence in first, and none of it out: FFmpeg begins with whatever its memory held before."""
    chain.add("adelay", f"delays={_VIBRATO_MEMORY}S:all=1")
    chain.add("vibrato", f"f={max(by.frequency, _SLOWEST_SWING):.9f}:d={by.depth * _VIBRATO_DEPTH:.9f}")
    chain.skip(_VIBRATO_MEMORY)


def _timescale(chain: Chain, scale: Timescale) -> None:
    """Play faster for pitch and rate, then stretch until the pace is right."""
    faster = scale.rate * scale.pitch
    if faster != 1:
        chain.add("asetrate", str(max(round(SAMPLE_RATE * faster), 1))).add("aresample", str(SAMPLE_RATE))
    tempo = scale.speed / scale.pitch
    while tempo < _SLOWEST_TEMPO:
        chain.add("atempo", str(_SLOWEST_TEMPO))
        tempo /= _SLOWEST_TEMPO
    while tempo > _FASTEST_TEMPO:
        chain.add("atempo", str(_FASTEST_TEMPO))
        tempo /= _FASTEST_TEMPO
    if tempo != 1:
        chain.add("atempo", f"{tempo:.9f}")


def _karaoke(chain: Chain, by: Karaoke) -> None:
    """Take each channel less the other, and a band of both (lavadsp, KaraokeConverter)."""
    c = math.exp(-2 * math.pi * by.filterWidth / SAMPLE_RATE)
    b = -4 * c / (1 + c) * math.cos(2 * math.pi * by.filterBand / SAMPLE_RATE)
    a = math.sqrt(max(1 - b * b / (4 * c), 0)) * (1 - c) if c else 1.0
    apart, band = chain.split(2)
    apart.pan((1, -by.level), (-by.level, 1))
    band.pan((0.5, 0.5), (0.5, 0.5)).biquad(a * by.monoLevel * by.level, 0, b, c)
    chain.sum([apart, band])


def _equalizer(chain: Chain, gains: tuple[float, ...]) -> None:
    """Add to the sound four times each band by its gain (Lavaplayer, Equalizer)."""
    bands = [(centre, by) for centre, by in zip(CENTRES, gains, strict=True) if by]
    whole, *branches = chain.split(len(bands) + 1)
    for branch, (centre, by) in zip(branches, bands, strict=True):
        _band(branch, centre, by)
    chain.sum([whole, *branches])
    chain.add("asoftclip", "type=hard")


def _band(chain: Chain, centre: float, by: float) -> None:
    """Add a resonator that lets half the power pass a third of an octave below ``centre``."""
    middle, edge = (2 * math.pi * hertz / SAMPLE_RATE for hertz in (centre, centre / _THIRD_OF_AN_OCTAVE))
    width = (math.cos(edge) - math.cos(middle)) / math.sin(edge)
    beta = (1 - width) / (1 + width)
    alpha = 4 * by * (1 - beta) / 2
    chain.biquad(alpha, -alpha, -(1 + beta) * math.cos(middle), beta)
