"""How loud a volume is, as in Lavaplayer's PcmVolumeProcessor (https://github.com/lavalink-devs/lavaplayer)."""

from __future__ import annotations

import math

LOUDEST = 1000
UNCHANGED = 100
_CURVED_UP_TO = 150
_CURVE = 0.0079
_LINEAR = 2.4621


def gain(volume: float) -> float:
    """Return by what samples are multiplied at ``volume`` percent (0 to 1000)."""
    if volume == UNCHANGED:
        return 1.0
    if volume <= _CURVED_UP_TO:
        return math.tan(volume * _CURVE)
    return _LINEAR * volume / _CURVED_UP_TO
