from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.escaping import escape, truncate

HOSTILE = "**@everyone** <@123456789012345678> `code` [x](https://evil.example)\n> quote"


def test_text_of_others_cannot_ping_or_format() -> None:
    shown = escape(HOSTILE, 500)

    assert "@everyone" not in shown
    assert "<@1" not in shown
    assert "**" not in shown.replace("\\*", "")
    assert "\\[x](" in shown


@given(st.text(), st.integers(1, 50))
def test_truncated_text_fits_and_shows_that_something_is_missing(text: str, limit: int) -> None:
    shown = truncate(text, limit)

    assert len(shown) <= limit
    assert shown == text or shown.endswith("…")
