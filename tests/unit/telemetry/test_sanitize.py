from __future__ import annotations

import json
import math
import uuid
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.telemetry.sanitize import INT8_MAX, INT8_MIN, encode, sanitize

any_text = st.text(st.characters())  # surrogates and NUL included
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)


def storable(value: object) -> bool:
    """Whether PostgreSQL's json and text take it."""
    if isinstance(value, str):
        value.encode()  # raises for a lone surrogate
        return "\0" not in value
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return INT8_MIN <= value <= INT8_MAX
    if isinstance(value, dict):
        return all(storable(key) and storable(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(storable, value))
    return value is None


def test_what_is_not_a_finite_number_is_unknown() -> None:
    assert sanitize([math.nan, math.inf, -math.inf, 1.5]) == [None, None, None, 1.5]


def test_huge_integers_are_clamped_to_bigint() -> None:
    assert sanitize([10**30, -(10**30), 5]) == [INT8_MAX, INT8_MIN, 5]


def test_booleans_stay_booleans() -> None:
    assert encode({"a": True, "b": False}) == '{"a":true,"b":false}'


def test_other_objects_are_written_as_their_text() -> None:
    assert sanitize(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02 00:00:00+00:00"
    assert sanitize(b"raw\0") == "b'raw\\x00'"


@given(st.dictionaries(st.sampled_from(["prompt", "response", "user_name"]), any_json))
def test_a_row_is_written_as_its_sanitised_values_whichever_way_it_takes(row: dict[str, object]) -> None:
    assert json.loads(encode(row)) == {key: sanitize(value) for key, value in row.items()}


@given(
    st.sampled_from(
        [datetime(2026, 1, 2, tzinfo=UTC), uuid.UUID(int=7), Decimal("12.50"), 10**30, 2**63, "a\0b", b"raw"]
    )
)
def test_what_is_odd_is_written_as_if_everything_were(value: object) -> None:
    assert json.loads(encode({"odd": value})) == {"odd": sanitize(value)}


@given(st.dictionaries(st.sampled_from(["prompt", "response", "user_name"]), any_json))
def test_any_row_becomes_storable_json(row: dict[str, object]) -> None:
    text = encode(row)
    text.encode()
    assert storable(json.loads(text))
    assert list(json.loads(text)) == list(row)
