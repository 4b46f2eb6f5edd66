from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.units import MEBIBYTE, format_bytes, format_change, format_file_size


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [
        (112, 100, "↑ 12%"),
        (88, 100, "↓ 12%"),
        (1001, 1000, "→ 0%"),
        (0, 5, "↓ 100%"),
        (2**60, 2**40, "↑ 104,857,500%"),
        (5, 0, "↑ ∞"),
        (0, 0, "–"),
    ],
)
def test_a_change_is_told_in_whole_percent_with_its_direction(now: int, before: int, shown: str) -> None:
    assert format_change(now, before) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0.00 MB"),
        (MEBIBYTE, "1.00 MB"),
        (1023.99 * MEBIBYTE, "1,023.99 MB"),
        (1023.996 * MEBIBYTE, "1.00 GB"),
        (1024 * MEBIBYTE, "1.00 GB"),
        (1.5 * 1024**2 * MEBIBYTE, "1.50 TB"),
        (2048 * 1024**3 * MEBIBYTE, "2,048.00 PB"),
    ],
)
def test_the_unit_follows_the_size(count: float, shown: str) -> None:
    assert format_bytes(count) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 KB"),
        (1023, "0 KB"),
        (257 * 1024, "257 KB"),
        (MEBIBYTE, "1.0 MB"),
        (18.25 * MEBIBYTE, "18.2 MB"),
    ],
)
def test_a_files_size_is_in_megabytes_or_whole_kilobytes(count: int, shown: str) -> None:
    assert format_file_size(count) == shown


@given(st.integers(min_value=0, max_value=2**60))
def test_what_is_shown_is_the_size_to_half_a_hundredth_of_its_unit(count: int) -> None:
    number, unit = format_bytes(count).replace(",", "").split()
    scale = MEBIBYTE * 1024 ** ("MB", "GB", "TB", "PB").index(unit)
    assert abs(float(number) * scale - count) <= 0.005 * scale * 1.000001
    assert float(number) < 1024 or unit == "PB"
