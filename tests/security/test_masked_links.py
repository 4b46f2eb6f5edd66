"""What a model writes hides no address, whatever Markdown is around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.plain_links import plain_links
from tests.support.hostile_text import ANY_TEXT, MARKDOWN
from tests.support.loose_markdown import masked_links as loose_links
from tests.support.page_markdown import masked_links, nodes

if TYPE_CHECKING:
    from tests.support.page_markdown import Parse


BETWEEN_READINGS = [
    "# ```[x](https://e.co)",
    "*a `b* [x](https://e.co)`",
    "**a `b** [x](https://e.co)`",
    "[a `](https://e.co)`",
    "[a\n```\nb](https://e.co)\n```",
    "https://e.co/`x [y](https://e.co)`",
    "```py\n```\na\n```\n[x](https://e.co)\n```",
    "[x\\](https://e.co)",
    "_\n```\n_ [x](https://e.co)\n```",
    "_ `_ [x](https://e.co)`",
    "夜_`_ [x](https://e.co)`",
    "*\x1f`* [x](https://e.co)`",
    "*\x85`* [x](https://e.co)`",
]
"""Code in one reading, and a link in another."""


@pytest.mark.parametrize("text", BETWEEN_READINGS)
def test_what_any_reading_takes_for_a_link_shows_its_address(parse: Parse, text: str) -> None:
    readings = [masked_links(parse(text)), loose_links(text), loose_links(text, blocks=False)]

    assert any(readings)
    assert "](" not in plain_links(text)


@given(MARKDOWN | ANY_TEXT, st.booleans())
@settings(max_examples=1_000)
def test_no_link_of_an_answer_is_masked_in_the_most_lenient_reading(text: str, blocks: bool) -> None:
    assert not loose_links(plain_links(text), blocks=blocks)


@given(MARKDOWN | ANY_TEXT)
@settings(max_examples=1_000)
def test_no_link_of_an_answer_is_masked(parse: Parse, text: str) -> None:
    assert not masked_links(parse(plain_links(text)))


@pytest.mark.parametrize(
    "answer",
    [
        "**bold**, *italic*, __under__, ~~gone~~ and ||spoiler||",
        "- one\n- two\n  - three\n\n1. first\n2. second",
        "Use `[text](https://example.com)`, and **bold** is `**text**`.",
        "書き方は `[表示](https://example.com)` です。",
        "```md\n[text](https://example.com)\n```",
        "1. そして\n   ```bash\n   curl '[x](https://example.com)'\n   ```",
        "# 見出し\n> 引用\n-# 小さく",
        "`a[0](x)` and f(x)[0](y)",
    ],
)
def test_what_formats_an_answer_stays_as_it_is(answer: str, parse: Parse) -> None:
    assert plain_links(answer) == answer
    assert {node["type"] for node in nodes(parse(answer))} - {"text"}
