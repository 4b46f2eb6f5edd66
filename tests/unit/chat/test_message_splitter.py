"""Answers split into Discord messages."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.message_splitter import split
from bot.discord_limits import MESSAGE_LENGTH

WORDS = st.text("abcdefghij", min_size=1, max_size=12)
MARKDOWN = st.lists(
    st.one_of(
        WORDS.map(lambda word: f"{word} "),
        st.sampled_from(
            [
                "\n",
                "\n\n",
                "。",
                "、",
                ". ",
                "- ",
                "> ",
                "`",
                "``",
                "```",
                "```py\n",
                "\n```\n",
                "**",
                "  ",
                "\t",
            ]
        ),
        WORDS.map(lambda word: f"[{word} {word}](https://example.com/{word})"),
        WORDS.map(lambda word: f"\n```{word}\nx = '{word}'\n\n    y = 1\n```\n"),
        st.sampled_from(["お隣さん", "夜に駆ける", "👨‍👩‍👧", "が", "　", "\u200b", "𠮷", "\x0c"]),
        st.integers(1, 300).map("z".__mul__),
        st.integers(1, 150).map(" ".__mul__),
        st.integers(1, 150).map("\n".__mul__),
    ),
    min_size=10,
    max_size=40,
).map("".join)


LIMITS = st.integers(100, 200)


def contents(text: str, limit: int = MESSAGE_LENGTH) -> list[str]:
    return [piece.content for piece in split(text, limit)]


@given(MARKDOWN, LIMITS)
def test_joined_the_pieces_equal_the_answer(text: str, limit: int) -> None:
    pieces = list(split(text, limit))

    assert "".join(piece.source for piece in pieces) == (text if text.strip() else "")


@given(MARKDOWN, LIMITS)
def test_every_piece_is_within_the_limit_and_never_empty(text: str, limit: int) -> None:
    for content in contents(text, limit):
        assert content.strip()
        assert len(content) <= limit


@given(MARKDOWN, LIMITS)
def test_every_code_block_is_closed_in_its_piece(text: str, limit: int) -> None:
    for content in contents(text, limit):
        assert content.count("```") % 2 == 0


@given(MARKDOWN, LIMITS)
def test_every_piece_shows_its_whole_source(text: str, limit: int) -> None:
    for piece in split(text, limit):
        source = piece.source.strip()
        assert source in piece.content or source.removesuffix("```").rstrip() in piece.content


@given(MARKDOWN, LIMITS, st.data())
def test_pieces_stay_as_they_are_while_the_answer_grows(text: str, limit: int, data: st.DataObject) -> None:
    before = contents(text[: data.draw(st.integers(0, len(text)))], limit)

    assert contents(text, limit)[: max(0, len(before) - 1)] == before[:-1]


@given(MARKDOWN, LIMITS, st.data())
def test_an_answer_is_continued_at_any_piece_as_if_it_were_read_from_the_beginning(
    text: str, limit: int, data: st.DataObject
) -> None:
    pieces = list(split(text, limit))
    first = data.draw(st.integers(0, max(0, len(pieces) - 1)))
    rest = "".join(piece.source for piece in pieces[first:])

    assert list(split(rest, limit, pieces[first].opening if pieces else "")) == pieces[first:]


ITEMS = st.builds(
    lambda mark, words, name: (
        f"{mark} {' '.join(words)} [{name}](https://example.com/{name}) `{name} {name}`"
    ),
    st.sampled_from(["-", "*", "1.", "  -", "> -"]),
    st.lists(WORDS, min_size=1, max_size=3),
    WORDS,
)


@given(st.lists(ITEMS, min_size=5, max_size=30), st.integers(300, 500))
def test_items_of_a_list_and_the_links_in_them_are_never_cut(items: list[str], limit: int) -> None:
    shown = [line for content in contents("\n".join(items), limit) for line in content.splitlines()]

    assert [line.strip() for line in shown] == [item.strip() for item in items]


LINKS = st.builds(lambda label, path: f"[{label}](https://example.com/{path})", WORDS, WORDS)


@given(st.lists(st.one_of(LINKS, WORDS, st.just("。")), min_size=20, max_size=60), st.integers(100, 200))
def test_a_link_in_running_text_is_never_cut(words: list[str], limit: int) -> None:
    text = " ".join(words)

    for word in words:
        if word.startswith("["):
            assert sum(content.count(word) for content in contents(text, limit)) == text.count(word)


BLOCKS = st.lists(
    st.tuples(st.sampled_from(["py", "c++", "objective-c", ""]), st.integers(1, 30)), min_size=1, max_size=5
)


@given(BLOCKS, st.integers(100, 300))
def test_every_line_of_code_is_shown_once_in_its_own_language(
    blocks: list[tuple[str, int]], limit: int
) -> None:
    lines = [
        [f"{block}.{number}({language})" for number in range(count)]
        for block, (language, count) in enumerate(blocks)
    ]
    text = "\nand\n".join(
        f"```{language}\n" + "\n".join(own) + "\n```"
        for (language, _count), own in zip(blocks, lines, strict=True)
    )

    shown: list[str] = []
    for content in contents(text, limit):
        language = None
        for line in content.splitlines():
            if line.startswith("```"):
                language = line[3:] if language is None else None
            elif language is not None:
                assert line.endswith(f"({language})")
                shown.append(line)
        assert language is None
    assert shown == [line for own in lines for line in own]


def test_a_short_answer_is_one_piece() -> None:
    assert contents("こんにちは。\n\n- a\n- b") == ["こんにちは。\n\n- a\n- b"]


def test_an_answer_of_exactly_the_limit_is_one_piece() -> None:
    assert contents("x" * MESSAGE_LENGTH) == ["x" * MESSAGE_LENGTH]


def test_an_emoji_outside_the_basic_plane_counts_once() -> None:
    assert contents("😀" * MESSAGE_LENGTH) == ["😀" * MESSAGE_LENGTH]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t ", "\u3000"])
def test_a_blank_answer_has_no_pieces(text: str) -> None:
    assert contents(text) == []


def test_a_paragraph_is_preferred_to_a_line_and_a_line_to_a_sentence() -> None:
    text = "a" * 60 + "\n\n" + "b" * 10 + "\n" + "c. d" + "e" * 80

    assert contents(text, 100)[0] == "a" * 60
    assert contents(text.replace("\n\n", "--"), 100)[0] == "a" * 60 + "--" + "b" * 10
    assert contents(text.replace("\n", "-"), 100)[0] == "a" * 60 + "--" + "b" * 10 + "-c."


def test_japanese_is_cut_after_a_sentence_and_its_closing_bracket() -> None:
    first = "「" + "あ" * 60 + "。」"

    assert contents(first + "い" * 90, 100)[0] == first


def test_a_word_is_never_cut_where_it_fits() -> None:
    text = "short " + "x" * 98 + " end"

    assert contents(text, 100) == ["short", "x" * 98, "end"] or contents(text, 100) == [
        "short",
        "x" * 98 + " end",
    ]


def test_a_link_is_never_cut_where_it_fits() -> None:
    link = "[a label of words](https://example.com/" + "p" * 30 + ")"

    assert contents("word " * 10 + link + " more" * 10, 100)[1].startswith(link)


def test_a_code_block_is_closed_at_the_cut_and_reopened_with_its_language() -> None:
    lines = [f"line_{number} = {number}" for number in range(30)]
    text = "Look:\n```python\n" + "\n".join(lines) + "\n```\nDone."

    pieces = contents(text, 150)

    assert len(pieces) > 2
    assert pieces[0].startswith("Look:\n```python\n")
    assert all(piece.endswith("\n```") for piece in pieces[:-1])
    assert all(piece.startswith("```python\n") for piece in pieces[1:])
    assert pieces[-1].endswith("\n```\nDone.")
    code = [line for piece in pieces for line in piece.splitlines() if line.startswith("line_")]
    assert code == lines


def test_the_indentation_after_a_cut_in_code_is_kept() -> None:
    text = "```py\n" + "\n".join(["if x:"] + ["    call()"] * 30) + "\n```"

    for piece in contents(text, 120)[1:]:
        assert piece.startswith("```py\n    call()")


def test_a_cut_just_before_the_end_of_a_code_block_makes_no_empty_block() -> None:
    body = "x" * 85
    text = f"```py\n{body}\n\n\n```\nAfter that, more words follow."

    assert contents(text, 100) == [f"```py\n{body}\n```", "After that, more words follow."]


def test_an_unfinished_code_block_is_closed() -> None:
    assert contents("```py\nprint(1)") == ["```py\nprint(1)\n```"]


def test_a_joined_emoji_is_not_taken_apart() -> None:
    family = "👨‍👩‍👧"

    first, *_ = contents(family * 30, 100)

    assert len(first) % len(family) == 0


@example("```" + "a" * 500)
@example("`" * 500)
@example("[" * 500)
@given(st.text("`[]()*\n a。", max_size=600))
def test_odd_markdown_is_split_all_the_same(text: str) -> None:
    pieces = list(split(text, 100))

    assert all(0 < len(piece.content) <= 100 for piece in pieces)
    assert "".join(piece.source for piece in pieces) == (text if text.strip() else "")
