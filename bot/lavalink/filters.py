"""Lavalink's audio filters: https://lavalink.dev/api/rest#filters."""

from __future__ import annotations

from math import prod

from wavelink.types.filters import FilterPayload

__all__ = ["FilterPayload", "speed_of"]


def speed_of(filters: FilterPayload) -> float:
    """Return how many times as fast as normal a track passes under ``filters``."""
    timescale = filters.get("timescale", {})
    # A pitch of its own leaves the pace as it is.
    return prod(factor for factor in (timescale.get("speed"), timescale.get("rate")) if factor) or 1.0
