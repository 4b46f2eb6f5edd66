from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.backoff import full_jitter


class Highest(random.Random):
    """Throws the highest number every time."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


def test_the_bound_doubles_with_each_failure_up_to_the_longest_wait() -> None:
    bounds = [full_jitter(failures, first=1.0, most=10.0, rng=Highest()) for failures in range(6)]
    assert bounds == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


@given(st.integers(min_value=0, max_value=10**9), st.floats(0.001, 60.0), st.floats(0.001, 600.0))
def test_a_delay_is_never_negative_nor_above_the_longest_wait(
    failures: int, first: float, most: float
) -> None:
    assert 0.0 <= full_jitter(failures, first=first, most=most) <= most
