"""How long to wait before another try. Pure."""

from __future__ import annotations

import random

_RNG = random.SystemRandom()


def full_jitter(failures: int, *, first: float, most: float, rng: random.Random = _RNG) -> float:
    """Return a random delay in seconds, below a bound that doubles from ``first`` to ``most`` at most.

    ``failures`` counts the tries that failed before this wait, the last one left out: 0 for the first wait.
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ compares it with other ways.
    """
    return rng.uniform(0.0, min(most, first * 2.0 ** min(failures, 32)))
