from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.storable_text import normalized, sanitize_text

any_text = st.text(st.characters())  # surrogates and NUL included


def test_a_lone_surrogate_is_replaced() -> None:
    assert sanitize_text("a\ud83db\udc00") == "a\ufffdb\ufffd"


def test_a_surrogate_pair_becomes_its_character() -> None:
    assert sanitize_text("\ud83d\ude00") == "😀"


def test_nul_is_replaced() -> None:
    assert sanitize_text("a\0b") == "a\ufffdb"


@given(st.text())
def test_a_good_text_is_left_alone_but_for_nul(text: str) -> None:
    assert sanitize_text(text) == text.replace("\0", "\ufffd")


@given(any_text)
def test_any_text_keeps_its_length_or_joins_surrogate_pairs(text: str) -> None:
    clean = sanitize_text(text)
    clean.encode()  # raises for a lone surrogate
    assert "\0" not in clean
    assert len(text.encode("utf-16-le", "surrogatepass")) == len(clean.encode("utf-16-le"))


LETTERS = ["a", "か", "한글", "क", "ﾊ", "é", "ﬁ"]
ACCENTS = st.text(st.sampled_from("\u0301\u0315\u3099\u0323"), max_size=4)


@given(st.lists(st.tuples(st.sampled_from(LETTERS), ACCENTS), max_size=200), st.sampled_from(["NFC", "NFKC"]))
def test_a_text_as_people_write_it_is_normalised_as_a_whole(
    letters: list[tuple[str, str]], form: str
) -> None:
    text = unicodedata.normalize("NFD", "".join(letter + accents for letter, accents in letters))

    assert normalized(form, text) == unicodedata.normalize(form, text)
