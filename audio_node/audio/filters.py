"""Lavalink's filters as a client sends them, checked (https://lavalink.dev/api/rest.html#filters).

Limits are those of lavadsp (https://github.com/natanbc/lavadsp), which throws in the middle of a song where
they are broken; here the request is refused. A filter with values that change nothing is off, as there.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar, cast

from audio_node.errors import InvalidFiltersError

if TYPE_CHECKING:
    from collections.abc import Mapping

BANDS = 15
LEAST_GAIN, MOST_GAIN = -0.25, 1.0
_LARGEST = 30_000.0
"""Nothing audible is beyond it, as hertz or as a factor, and FFmpeg takes products of two such values."""

_SLOWEST, _FASTEST = 0.1, 10.0
"""Of each factor of a timescale: two of them together are what resampling still does."""

_Group = TypeVar("_Group")


@dataclass(frozen=True, slots=True)
class Karaoke:
    """Takes away what both channels share, which is mostly the voice; frequencies in Hz."""

    level: float = 1.0
    monoLevel: float = 1.0  # noqa: N815 - the protocol's names
    filterBand: float = 220.0  # noqa: N815
    filterWidth: float = 100.0  # noqa: N815


@dataclass(frozen=True, slots=True)
class Timescale:
    """Factors of speed, of pitch, and of both together."""

    speed: float = 1.0
    pitch: float = 1.0
    rate: float = 1.0

    @property
    def pace(self) -> float:
        """How much of the song passes in a second of listening, in seconds."""
        return self.speed * self.rate


@dataclass(frozen=True, slots=True)
class Tremolo:
    """Loudness that swings ``frequency`` times a second."""

    frequency: float = 2.0
    depth: float = 0.5


@dataclass(frozen=True, slots=True)
class Vibrato:
    """Pitch that swings ``frequency`` times a second."""

    frequency: float = 2.0
    depth: float = 0.5


@dataclass(frozen=True, slots=True)
class Rotation:
    """Sound that goes around the listener ``rotationHz`` times a second."""

    rotationHz: float = 0.0  # noqa: N815


@dataclass(frozen=True, slots=True)
class Distortion:
    """Each sample through a product of sine, cosine and tangent."""

    sinOffset: float = 0.0  # noqa: N815
    sinScale: float = 1.0  # noqa: N815
    cosOffset: float = 0.0  # noqa: N815
    cosScale: float = 1.0  # noqa: N815
    tanOffset: float = 0.0  # noqa: N815
    tanScale: float = 1.0  # noqa: N815
    offset: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class ChannelMix:
    """How much of each channel each channel gets."""

    leftToLeft: float = 1.0  # noqa: N815
    leftToRight: float = 0.0  # noqa: N815
    rightToLeft: float = 0.0  # noqa: N815
    rightToRight: float = 1.0  # noqa: N815


@dataclass(frozen=True, slots=True)
class LowPass:
    """Damps high tones the more, the larger ``smoothing`` is."""

    smoothing: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Every filter; None, 1 for the volume and zeros for the equalizer are "off"."""

    volume: float = 1.0
    equalizer: tuple[float, ...] = (0.0,) * BANDS
    karaoke: Karaoke | None = None
    timescale: Timescale | None = None
    tremolo: Tremolo | None = None
    vibrato: Vibrato | None = None
    rotation: Rotation | None = None
    distortion: Distortion | None = None
    channel_mix: ChannelMix | None = None
    low_pass: LowPass | None = None

    @property
    def on(self) -> bool:
        """Whether any filter changes the sound."""
        return self != Filters()

    @property
    def pace(self) -> float:
        """How much of the song passes in a second of listening, in seconds."""
        return self.timescale.pace if self.timescale else 1.0


def read_filters(body: Mapping[str, object]) -> Filters:
    """Return the filters of a request; other names are let be. Raises InvalidFiltersError."""
    karaoke = _group(body, "karaoke", Karaoke)
    if karaoke is not None:
        _between("karaoke.filterWidth", karaoke.filterWidth, 0, _LARGEST)
    timescale = _changing(_group(body, "timescale", Timescale), Timescale())
    if timescale is not None:
        for factor in ("speed", "pitch", "rate"):
            _between(f"timescale.{factor}", getattr(timescale, factor), _SLOWEST, _FASTEST)
    return Filters(
        volume=_volume(body),
        equalizer=_equalizer(body),
        karaoke=karaoke,
        timescale=timescale,
        tremolo=_swinging(_group(body, "tremolo", Tremolo), 20_000),
        vibrato=_swinging(_group(body, "vibrato", Vibrato), 14),
        rotation=_changing(_group(body, "rotation", Rotation), Rotation()),
        distortion=_changing(_group(body, "distortion", Distortion), Distortion()),
        channel_mix=_changing(_group(body, "channelMix", ChannelMix), ChannelMix()),
        low_pass=_low_pass(_group(body, "lowPass", LowPass)),
    )


def _volume(body: Mapping[str, object]) -> float:
    volume = _number(body, "volume", "volume", 1.0)
    _between("volume", volume, 0, 5)
    return volume


def _equalizer(body: Mapping[str, object]) -> tuple[float, ...]:
    bands = body.get("equalizer")
    if bands is None:
        return (0.0,) * BANDS
    if not isinstance(bands, list):
        raise InvalidFiltersError("equalizer must be a list of bands")
    gains = [0.0] * BANDS
    for band in cast("list[object]", bands):
        if not isinstance(band, dict):
            raise InvalidFiltersError("each band of the equalizer must be an object")
        values = cast("Mapping[str, object]", band)
        index = values.get("band")
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < BANDS:
            raise InvalidFiltersError(f"equalizer.band must be a whole number from 0 to {BANDS - 1}")
        gain = _number(values, "gain", "equalizer.gain", 1.0)
        gains[index] = min(max(gain, LEAST_GAIN), MOST_GAIN)
    return tuple(gains)


def _group(body: Mapping[str, object], name: str, kind: type[_Group]) -> _Group | None:
    values = body.get(name)
    if values is None:
        return None
    if not isinstance(values, dict):
        raise InvalidFiltersError(f"{name} must be an object")
    given = cast("Mapping[str, object]", values)
    names = [field.name for field in fields(kind)]  # pyright: ignore[reportArgumentType] - all are dataclasses
    return kind(**{key: _number(given, key, f"{name}.{key}", None) for key in names if key in given})


def _number(values: Mapping[str, object], key: str, name: str, default: float | None) -> float:
    value = values.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidFiltersError(f"{name} must be a number")
    if not -_LARGEST <= value <= _LARGEST:  # which NaN is not either
        raise InvalidFiltersError(f"{name} must be a number that sound can have")
    return float(value)


def _between(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise InvalidFiltersError(f"{name} must be from {least:g} to {most:g}")


def _changing(group: _Group | None, unchanged: _Group) -> _Group | None:
    return None if group == unchanged else group


def _swinging(group: _Group | None, fastest: float) -> _Group | None:
    if not isinstance(group, Tremolo | Vibrato) or group.depth == 0:
        return None
    name = type(group).__name__.lower()
    _between(f"{name}.depth", group.depth, 0, 1)
    if not 0 < group.frequency <= fastest:
        raise InvalidFiltersError(f"{name}.frequency must be above 0 and up to {fastest:g}")
    return group


def _low_pass(group: LowPass | None) -> LowPass | None:
    return group if group is not None and group.smoothing > 1 else None
