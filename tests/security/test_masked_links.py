"""What a model writes hides no address, whatever Markdown is around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings

from bot.chat.plain_links import plain_links
from tests.support.hostile_text import ANY_TEXT, MARKDOWN
from tests.support.page_markdown import masked_links, nodes

if TYPE_CHECKING:
    from tests.support.page_markdown import Parse


@example("`# ```[x](https://e.co)```")
@example("# ```[x](https://e.co) ```")
@example("*a `b* [x](https://e.co)`")
@example("[a `](https://e.co)`")
@example("```py\n```\na\n```\n[x](https://e.co)\n```")
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
