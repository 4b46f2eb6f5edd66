"""How long to wait before another try. Pure."""

from __future__ import annotations

import random

_RNG = random.SystemRandom()


def doubled(failures: int, *, first: float, most: float) -> float:
    """Return ``first`` seconds doubled ``failures`` times, ``most`` at most."""
    return min(most, first * 2.0 ** min(failures, 32))


def full_jitter(failures: int, *, first: float, most: float, rng: random.Random = _RNG) -> float:
    """Return a random delay in seconds below what `doubled` returns, so that many do not try at once.

    ``failures`` counts those before the one that is waited for now: 0 for the first wait.
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ compares it with other ways.
    """
    return rng.uniform(0.0, doubled(failures, first=first, most=most))
