from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.escaping import NAMELESS, inert, isolated, label, plain, truncate, visible

HOSTILE = "**@everyone** <@123456789012345678> `code` [x](https://evil.example)\n> quote"


SHARED = json.loads((Path(__file__).parents[1] / "support/names_of_others.json").read_text(encoding="utf-8"))
"""Names as others write them and as they are shown, here and on the dashboard; which turn what is around."""


def test_text_of_others_cannot_ping_or_format() -> None:
    shown = label(HOSTILE, 500)

    assert "@everyone" not in shown
    assert "<@1" not in shown
    assert "**" not in shown.replace("\\*", "")
    assert "\\[x\\](" in shown
    assert "https://" not in shown


def test_where_there_is_no_markdown_nothing_is_escaped_and_nothing_links_pings_or_shows_an_emoji() -> None:
    shown = inert("AC*DC @everyone <@123456789012345678> <:e:123456789012345678> https://evil.example", 200)

    assert "AC*DC" in shown
    assert not any(acts in shown for acts in ("@everyone", "<@", "<:", "https://"))
    assert len(inert("@" * 600, 100)) <= 200


@given(st.text(), st.integers(1, 50))
def test_truncated_text_fits_and_shows_that_something_is_missing(text: str, limit: int) -> None:
    shown = truncate(text, limit)

    assert len(shown) <= limit
    assert shown == text or shown.endswith("…")


BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
UNSEEN = (
    "\0\n\x85\u00ad\u034f\u115f\u200b\u200d\u2028\u2060\u206e\u2800\u3164\ufe0f\ufeff\uffa0"
    "\U000e0041\U000e0100"
)


@pytest.mark.parametrize("control", [*BIDI_CONTROLS, *UNSEEN], ids=ascii)
def test_nothing_unseen_of_others_reaches_the_sentence_around_it(control: str) -> None:
    shown = f"{label(f'song{control}gpj.exe')} (3)"

    assert control not in shown
    assert "song" in shown
    assert "gpj.exe" in shown
    assert label(control) == plain(control * 3) == NAMELESS


@pytest.mark.parametrize(
    "seen",
    [
        "👨\u200d👩\u200d👧 家族",
        "🏳\ufe0f\u200d🌈",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "辻\U000e0100さん",
        "क्\u200dष",
        "ゟ・ｶﾞー　〜",
    ],
)
def test_what_changes_a_visible_character_stays(seen: str) -> None:
    assert visible(seen) == seen


@pytest.mark.parametrize("letters", ["שלום", "مرحبا", "می\u200cخواهم", "١٢"])
def test_letters_written_from_right_to_left_turn_only_themselves(letters: str) -> None:
    assert label(letters) == f"\u2068{letters}\u2069"
    assert len(plain(letters * 50, 100)) <= 100
    assert plain(letters * 50, 100).endswith("…\u2069")


@given(st.text() | st.text(st.sampled_from([*BIDI_CONTROLS, *UNSEEN, *"aは☀🏴\u05d0"])), st.integers(3, 60))
def test_what_is_shown_has_no_controls_but_a_pair_around_it(text: str, limit: int) -> None:
    shown = plain(text, limit)
    inner = shown.removeprefix("\u2068").removesuffix("\u2069")

    assert 1 <= len(shown) <= limit
    assert not set(inner) & set(BIDI_CONTROLS)
    assert not {letter for letter in inner if unicodedata.category(letter) in {"Cc", "Zl", "Zp"}}
    assert (shown != inner) == (isolated(inner) != inner)
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(("name", "shown"), SHARED["visible"], ids=lambda text: ascii(text)[:30])
def test_a_name_is_shown_as_on_the_dashboard(name: str, shown: str) -> None:
    assert (visible(name) or NAMELESS) == shown
    assert visible(visible(name)) == visible(name)


@pytest.mark.parametrize(("letters", "turns"), SHARED["turns"], ids=ascii)
def test_letters_turn_what_is_around_them_or_do_not(letters: str, turns: bool) -> None:
    assert (isolated(letters) != letters) == turns
