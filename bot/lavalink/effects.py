"""The sounds that people can choose, as Lavalink's filters: https://lavalink.dev/api/rest#filters."""

from __future__ import annotations

from enum import Enum
from math import prod
from typing import TYPE_CHECKING

from wavelink.types.filters import FilterPayload

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["Effect", "FilterPayload", "effects_of", "payload_of", "speed_of", "toggled"]


class Effect(Enum):
    """One sound; several may be heard together, but one speed replaces the other."""

    BASS = "bassboost"
    NIGHTCORE = "nightcore"
    VAPORWAVE = "vaporwave"
    ROTATION = "8d"
    KARAOKE = "karaoke"


_BASS_GAINS = (0.25, 0.22, 0.18, 0.12, 0.06)
"""Of the bands from 25 to 160 Hz; 0.25 doubles a band."""
_PAYLOADS: Mapping[Effect, FilterPayload] = {
    Effect.BASS: {"equalizer": [{"band": band, "gain": gain} for band, gain in enumerate(_BASS_GAINS)]},
    Effect.NIGHTCORE: {"timescale": {"speed": 1.2, "pitch": 1.2, "rate": 1.0}},
    Effect.VAPORWAVE: {"timescale": {"speed": 0.85, "pitch": 0.8, "rate": 1.0}},
    Effect.ROTATION: {"rotation": {"rotationHz": 0.2}},
    Effect.KARAOKE: {"karaoke": {"level": 1.0, "monoLevel": 1.0, "filterBand": 220.0, "filterWidth": 100.0}},
}
_SPEEDS = frozenset({Effect.NIGHTCORE, Effect.VAPORWAVE})


def toggled(effects: Collection[Effect], effect: Effect) -> frozenset[Effect]:
    """Return ``effects`` with ``effect`` switched off if it was on, else on in the place of a like one."""
    if effect in effects:
        return frozenset(effects) - {effect}
    return (frozenset(effects) - (_SPEEDS if effect in _SPEEDS else frozenset())) | {effect}


def payload_of(effects: Collection[Effect]) -> FilterPayload:
    """Return the filters that sound like all of ``effects``; none of them: the plain sound."""
    payload: FilterPayload = {}
    for effect in Effect:
        if effect in effects:
            payload.update(_PAYLOADS[effect])
    return payload


def effects_of(payload: FilterPayload) -> frozenset[Effect]:
    """Return the effects that are heard under ``payload``."""
    return frozenset(effect for effect in Effect if _PAYLOADS[effect].items() <= payload.items())


def speed_of(filters: FilterPayload) -> float:
    """Return how many times as fast as normal a track passes under ``filters``."""
    timescale = filters.get("timescale", {})
    # A pitch of its own leaves the pace as it is.
    return prod(factor for factor in (timescale.get("speed"), timescale.get("rate")) if factor) or 1.0
