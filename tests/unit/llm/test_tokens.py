"""How many tokens a text has about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.tokens import estimate, tail


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("word", 1), ("words", 2), ("四字熟語", 3), ("🦊", 1), ("\ud800", 1)],
)
def test_a_token_is_four_bytes(text: str, tokens: int) -> None:
    assert estimate(text) == tokens


@given(st.text(), st.integers(1, 20))
def test_a_tail_is_the_end_of_the_text_and_fits(text: str, limit: int) -> None:
    end = tail(text, limit)

    assert estimate(end) <= limit
    assert end == text or (end[0] == "…" and text.endswith(end[1:]))


def test_no_more_is_cut_off_than_must_be() -> None:
    assert tail("0123456789abcdef", 4) == "0123456789abcdef"
    assert tail("0123456789abcdef!", 4) == "…56789abcdef!"
    assert tail("0123456789", 1) == "…"
