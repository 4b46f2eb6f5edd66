from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from bot.telemetry.event_ids import EventIds

NANOSECONDS = st.integers(min_value=0, max_value=2**47 * 10**6)


@given(st.lists(NANOSECONDS, min_size=2))
def test_ids_are_version_7_and_ordered_whatever_the_clock_does(clock: list[int]) -> None:
    readings = iter(clock)
    ids = EventIds(lambda: next(readings))
    minted = [uuid.UUID(ids.mint()[0]) for _ in clock]
    assert minted == sorted(set(minted))
    assert {(each.version, each.variant) for each in minted} == {(7, uuid.RFC_4122)}


def test_an_id_begins_with_its_milliseconds() -> None:
    identifier, now = EventIds(lambda: 1_700_000_000_123_456_789).mint()
    assert uuid.UUID(identifier).int >> 80 == 1_700_000_000_123
    assert now == 1_700_000_000.1234567
