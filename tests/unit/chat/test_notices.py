"""The bot's notices are known again by the mark with which they are sent."""

from __future__ import annotations

import itertools
from string import Formatter
from typing import TYPE_CHECKING
from unittest.mock import MagicMock

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.found_answers import FoundAnswer
from bot.chat.notices import with_notice, without_marks, without_notice
from bot.discord_limits import MESSAGE_LENGTH
from bot.notice_mark import MARK, marked
from bot.texts import Text, chat, chat_settings, errors
from tests.support.answers import contents_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ZERO_WIDTH = "\u200b"
ODD_VALUES = [
    "はる",
    "a\n\nb\n",
    "```\ncode",
    "`",
    "⏹ Stopped by x.",
    marked("⏹"),
    ZERO_WIDTH,
    f"{ZERO_WIDTH}\n\n{ZERO_WIDTH}",
    "x" * 1000,
]
CONTENTS = [
    *map(
        contents_of,
        [
            "1",
            "- a\n- b",
            "```py\nprint()\n```",
            "```\nnot closed",
            f"{ZERO_WIDTH}{ZERO_WIDTH}{ZERO_WIDTH}1",
            f"1\n\n{marked('⏹ Stopped by x.')}",
            f"{ZERO_WIDTH}[{ZERO_WIDTH}x](https://a.example)",
            "あ" * MESSAGE_LENGTH,
            "。".join("い" * 700 for _ in range(6)),
        ],
    )
]
PIECES = st.lists(
    st.sampled_from(
        [ZERO_WIDTH, MARK, "[", "]", "(https://a.b)", "discord.gg/a", "`", "```", "\n", "⏹ ", "あ"]
    )
)


def texts() -> Iterator[tuple[str, Text]]:
    """Return every text that may be sent as a notice."""
    for module in (chat, chat_settings, errors):
        for name, value in vars(module).items():
            if isinstance(value, Text):
                yield f"{module.__name__}.{name}", value


def read_back(contents: list[str]) -> str:
    """Return the answer as it is found in Discord, which removes outer white space."""
    parts = [MagicMock(spec=discord.Message, id=1, content=content.strip()) for content in contents]
    return FoundAnswer(None, list(parts)).text(marked_since=1)


def shown(contents: list[str]) -> str:
    """Return the same for an answer without a notice."""
    return "\n\n".join(content.strip() for content in contents)


@pytest.mark.parametrize(("name", "text"), list(texts()))
def test_an_answer_is_read_back_whatever_notice_stands_below_it(name: str, text: Text) -> None:
    for template, value, contents in itertools.product((text.ja, text.en), ODD_VALUES, CONTENTS):
        fields = {field for _, field, _, _ in Formatter().parse(template) if field}
        notice = template.format(**dict.fromkeys(fields, value))

        sent = with_notice(contents, notice)

        assert read_back(sent) == shown(contents)
        assert sent[-1].endswith(marked(notice))


@given(PIECES, st.text(min_size=1) | PIECES.map("".join).filter(bool))
def test_an_answer_of_anything_is_read_back_below_any_notice(pieces: list[str], notice: str) -> None:
    contents = contents_of("".join(pieces))

    assert read_back(with_notice(contents, notice)) == shown(contents)


@given(PIECES)
def test_no_answer_holds_the_mark_and_none_loses_text_for_looking_like_it(pieces: list[str]) -> None:
    answer = "".join(pieces)

    assert MARK not in "".join(contents_of(answer))
    assert without_marks(answer).replace(ZERO_WIDTH, "") == answer.replace(ZERO_WIDTH, "")


def test_a_single_zero_width_space_stays_as_scripts_without_spaces_need_it() -> None:
    thai = f"ภาษา{ZERO_WIDTH}ไทย"

    assert contents_of(thai) == [thai]


@given(st.text().filter(lambda text: MARK not in text and not text.endswith("\n\n")))
def test_what_has_no_mark_is_no_notice(content: str) -> None:
    assert without_notice(content) == content


def test_a_notice_without_room_below_the_answer_is_a_message_of_its_own() -> None:
    full = "x" * (MESSAGE_LENGTH - 5)

    assert with_notice([full], "ab") == [full, marked("ab")]
    assert with_notice([full[1:]], "a") == [f"{full[1:]}\n\n{marked('a')}"]
    assert with_notice([full], "") == [full]
