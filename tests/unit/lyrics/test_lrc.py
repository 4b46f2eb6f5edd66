from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.lyrics.lrc import parse_lrc
from bot.lyrics.lyrics import MOST_CHARACTERS, MOST_LINES

LONGEST_MS = 1_000 * 60_000


def test_lines_have_their_times_in_milliseconds_and_other_tags_are_left_out() -> None:
    text = "[ar:YOASOBI]\n[00:16.77] 沈むように\n[00:19.2]溶けてゆくように\r\n[01:02]\nno time\n[1:2:3]x"

    assert parse_lrc(text) == [
        (16_770, "沈むように"),
        (19_200, "溶けてゆくように"),
        (62_000, ""),
        (62_300, "x"),
    ]


def test_a_line_with_several_times_is_sung_at_each_of_them() -> None:
    assert parse_lrc("[00:50.00][00:10.00] la\n[00:20.000] lo") == [
        (10_000, "la"),
        (20_000, "lo"),
        (50_000, "la"),
    ]


def test_an_offset_moves_the_lines_and_times_of_words_are_no_words() -> None:
    text = "[offset:+500]\n[00:01.00] <00:01.00>one <00:01.50>two\n[00:00.20]zero"

    assert parse_lrc(text) == [(0, "zero"), (500, "one two")]


def test_times_that_are_none_are_no_lines() -> None:
    assert parse_lrc("[NaN:00.00] a\n[-1:00] b\n[00:99.00] c\n[9999:00] d\n[٣:٠٠] e\n[00:1e9] f") == []


def test_what_others_write_is_bounded_and_unseen_characters_are_gone() -> None:
    many = parse_lrc("\n".join("[00:01.00][00:02.00]" + "x" * 5_000 for _ in range(5_000)))
    assert len(many) == MOST_LINES
    assert all(len(words) <= MOST_CHARACTERS for _at, words in many)
    assert parse_lrc("[00:01.00]a\x07b\u202ec\0") == [(1_000, "a bc")]


@given(st.text(st.sampled_from("[]:.0123456789<>offset+- \nあ")))
def test_whatever_it_is_lines_come_in_order_and_within_a_song(text: str) -> None:
    times = [at for at, _words in parse_lrc(text)]

    assert times == sorted(times)
    assert all(0 <= at <= LONGEST_MS + 10**7 for at in times)
