from __future__ import annotations

import pytest

from bot.lyrics.lyrics import Lyrics

TIMED = Lyrics("x", [(4_000, "one"), (8_000, "two"), (8_000, "three")])


@pytest.mark.parametrize(
    ("position_ms", "index"), [(0, -1), (3_999, -1), (4_000, 0), (7_999, 0), (8_000, 2), (99_000, 2)]
)
def test_the_line_that_is_sung_is_the_last_that_began(position_ms: int, index: int) -> None:
    assert TIMED.line_at(position_ms) == index


def test_lyrics_are_timed_only_where_every_line_is() -> None:
    assert TIMED.is_timed
    assert not Lyrics("x", [(None, "one")]).is_timed
    assert not Lyrics("x", [(1, "one"), (None, "two")]).is_timed
    assert not Lyrics("x", []).is_timed
