"""The sounds that people can choose, as Lavalink's filters: https://lavalink.dev/api/rest#filters."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import wavelink

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wavelink.types.filters import FilterPayload


class Effect(Enum):
    """One sound; several may be heard together, save that one speed replaces the other."""

    BASS = "bassboost"
    NIGHTCORE = "nightcore"
    VAPORWAVE = "vaporwave"
    ROTATION = "8d"
    KARAOKE = "karaoke"


_BASS_GAINS = (0.25, 0.22, 0.18, 0.12, 0.06, *[0.0] * 10)
"""wavelink ignores an equalizer that does not name all 15 bands. Those of 25 to 160 Hz are raised."""
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


def filters_of(effects: Collection[Effect]) -> wavelink.Filters:
    """Return what makes Lavalink sound like all of ``effects``; like none, if there are none."""
    payload: FilterPayload = {}
    for effect in Effect:
        if effect in effects:
            payload.update(_PAYLOADS[effect])
    return wavelink.Filters(data=payload)
