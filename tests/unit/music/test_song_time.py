from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.music.song_time import duration, parse_position


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(0, "0:00"), (59_999, "0:59"), (187_000, "3:07"), (3_723_000, "1:02:03"), (-5, "0:00")],
)
def test_a_duration_reads_as_on_a_player(milliseconds: int, shown: str) -> None:
    assert duration(milliseconds) == shown


@pytest.mark.parametrize(
    ("text", "position_ms"),
    [
        ("83", 83_000),
        ("83s", 83_000),
        ("1:23", 83_000),
        ("1:02:03", 3_723_000),
        (" 0:05 ", 5_000),
        ("+10", 70_000),
        ("-10", 50_000),
        ("-0:30", 30_000),
        ("-5:00", 0),
    ],
)
def test_a_position_is_a_place_or_a_step(text: str, position_ms: int) -> None:
    assert parse_position(text, 60_000) == position_ms


@pytest.mark.parametrize("text", ["", "abc", "1:", ":30", "1:2:3:4", "--5", "+", "1.5", "9" * 30])
def test_what_is_no_position_is_refused(text: str) -> None:
    assert parse_position(text, 60_000) is None


@given(st.integers(0, 100 * 3600 * 1000))
def test_what_is_shown_can_be_sought(milliseconds: int) -> None:
    assert parse_position(duration(milliseconds), 0) == milliseconds // 1000 * 1000
