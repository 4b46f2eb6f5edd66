from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.set_text import choices, one_line, paragraphs

INVISIBLE = ["", " ", "\u3000", "\t\n", "\u200b", "\u200b\u200b", "\u2060", "\ufeff", "\u3164", "\u2800"]
INVISIBLE += ["\u115f", "\u00ad", "\u202e", "\u200d", "\ufe0f", "\u0301", "\u3000\u200b\u3164 "]


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_what_shows_nothing_is_no_text(text: str) -> None:
    assert not one_line(text)
    assert one_line(text) == paragraphs(text) == ""
    assert [choice.name for choice in choices([(text, "value"), ("name", text), ("ok", "ok")])] == ["ok"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  朝の\u3000 曲\n", "朝の 曲"),
        ("a\u202eb\u2066c", "abc"),
        ("cafe\u0301", "caf\u00e9"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("か\u3099", "が"),
        ("a\x00b", "a\ufffdb"),
        ("\ud83c\udfb5", "🎵"),
        ("1", "1"),
        ("!", "!"),
    ],
)
def test_a_name_is_kept_as_it_is_seen(text: str, kept: str) -> None:
    assert one_line(text) == kept


def test_paragraphs_keep_their_lines_and_one_empty_one_between() -> None:
    assert paragraphs("\r\n a \r\n\r\n\n\nb\u2028c\n\u3000\n") == "a\n\nb\nc"


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)
    assert paragraphs(paragraphs(text)) == paragraphs(text)
    assert one_line(text).strip() == one_line(text)


@given(st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), max_size=60))
def test_every_choice_is_one_that_discord_takes(offers: list[tuple[str, str]]) -> None:
    offered = choices(offers)
    assert len(offered) <= 25
    for choice in offered:
        assert 1 <= len(choice.name) <= 100
        assert 1 <= len(choice.value) <= 100
        assert choice.name.strip()
        assert choice.value.strip()
