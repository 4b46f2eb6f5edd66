"""A title, a query or a name formats, links and mentions nothing in the bot's own voice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.escaping import code_label, label, plain
from tests.support.hostile_text import ANY_TEXT
from tests.support.page_markdown import nodes, words

if TYPE_CHECKING:
    from tests.support.page_markdown import Parse

ATTACKS = [
    "[a](b)[Nitro](https://e.co)",
    "[a](b)[Nitro](<https://e.co>)",
    "[Nitro](https://e.co 'title')",
    "![x](https://e.co)",
    "https://e.co",
    "<https://e.co>",
    "discord.gg/abc",
    "https://discord.com/invite/abc",
    "`# ```[x](https://e.co)```",
    "# heading",
    "-# small",
    ">>> quote",
    "> quote",
    "- item",
    "* item",
    "12. item",
    "**b** __u__ *i* _i_ ~~s~~ ||spoiler||",
    "`code` ``code`` ```code```",
    "@everyone @here <@1> <@!1> <@&1> <#1> </play:1> <id:guide>",
    "<t:1:R> <:neko:12> <a:neko:12>",
    "¯\\_(ツ)_/¯",
    "\\",
    "\\[x](https://e.co)",
    "夜に駆ける / YOASOBI - feat. X (1:23) [MV] #1",
]
SENTENCES = ["{}", "**{}** 🎵", "No results for “{}”.", "`1.` {} `3:07` · {}", "a\n{}", "**{}**（2曲）"]
ADDRESS = re.compile(r"https?://|(?:discord(?:app)?\.(?:gg|com)|dsc\.gg)/\w", re.IGNORECASE)
MENTION = re.compile(r"@(?:everyone|here)|<@!?&?\d")
ESCAPED = re.compile(r"\\[^0-9A-Za-z\s]")


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_label_is_nothing_but_words(attack: str, parse: Parse) -> None:
    tree = parse(label(attack))

    assert {node["type"] for node in nodes(tree)} == {"text"}
    assert words(tree).replace("\u200b", "") == attack


@given(ANY_TEXT)
def test_whatever_is_in_it_a_label_is_nothing_but_words(parse: Parse, text: str) -> None:
    shown = label(text)
    tree = parse(shown)

    assert {node["type"] for node in nodes(tree)} == {"text"}
    assert words(tree).replace("\u200b", "") == plain(text).replace("\u200b", "")


@given(st.sampled_from(SENTENCES), ANY_TEXT, ANY_TEXT)
def test_in_a_sentence_only_the_sentence_formats(parse: Parse, sentence: str, one: str, other: str) -> None:
    def formats(text: str) -> list[str]:
        return [node["type"] for node in nodes(parse(text)) if node["type"] != "text"]

    assert formats(sentence.format(label(one), label(other))) == formats(sentence.format("x", "y"))


@given(ANY_TEXT, st.integers(1, 80))
def test_by_discords_rules_nothing_of_a_label_acts(text: str, limit: int) -> None:
    """https://support.discord.com/hc/en-us/articles/210298617: a backslash makes a mark a character."""
    shown = label(text, limit)
    bare = ESCAPED.sub("x", shown)

    assert not set(bare) & set("\\`*_~|[]<>#\n")
    assert not re.match(r"\s*(?:-|\d+\.)", bare)
    assert not ADDRESS.search(shown)
    assert not ADDRESS.search(ESCAPED.sub(lambda match: match[0][1], shown))
    assert not MENTION.search(shown)
    assert len(shown) <= 2 * limit


@given(ANY_TEXT)
def test_what_stands_in_code_stays_there(parse: Parse, text: str) -> None:
    tree = parse(f"📎 `{code_label(text)}` [x]")

    assert [node["type"] for node in nodes(tree)] == ["text", "code", "text"]
