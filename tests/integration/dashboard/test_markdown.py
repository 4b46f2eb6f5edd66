"""Markdown on the dashboard: what people write in Discord and models answer in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.dashboard_library import call, count_steps


def blocks(text: str) -> list[dict[str, Any]]:
    """Return the blocks of a text."""
    return call("markdown", [["blocksOf", text]])[0]


def spans(text: str) -> list[dict[str, Any]]:
    """Return the spans of a line."""
    return call("markdown", [["spansOf", text]])[0]


def text(of: str) -> dict[str, str]:
    return {"kind": "text", "text": of}


def code(of: str) -> dict[str, str]:
    return {"kind": "code", "text": of}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("```py\nx = 1\n```", [code("x = 1")]),
        ("````md\n```py\nx\n```\n````\nafter", [code("```py\nx\n```"), text("after")]),
        ("````\na\n`````\nb", [code("a"), text("b")]),
        ("`````\na\n````\nb", [code("a\n````\nb")]),
        ("before ```one``` after", [text("before "), code("one"), text(" after")]),
        ("```\nopen\n", [code("open")]),
        ("\\```\nnot code", [text("\\```\nnot code")]),
        ("```js\ns = 1``` end", [code("s = 1"), text(" end")]),
        ("a\n\n```\n> no quote\n# no heading\n```", [text("a\n"), code("> no quote\n# no heading")]),
    ],
)
def test_a_fence_is_closed_by_as_many_backticks_as_opened_it_or_more(written: str, shown: object) -> None:
    assert blocks(written) == shown


def quote(*inside: object) -> dict[str, object]:
    return {"kind": "quote", "blocks": list(inside)}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("> one\n> two\nthree", [quote(text("one\ntwo")), text("three")]),
        (">>> one\ntwo\n```\nthree\n```", [quote(text("one\ntwo"), code("three"))]),
        (
            "a\n>>> - b\n-# c",
            [
                text("a"),
                quote(
                    {"kind": "item", "text": "b", "mark": "•", "depth": 0}, {"kind": "subtext", "text": "c"}
                ),
            ],
        ),
        ("> ```py\n> x\n> ```\nb", [quote(code("x")), text("b")]),
        ("> > a", [quote(text("> a"))]),
        (">no quote\n>>>none", [text(">no quote\n>>>none")]),
    ],
)
def test_quotes_hold_the_lines_that_they_begin_or_all_that_follow(written: str, shown: object) -> None:
    assert blocks(written) == shown


def test_subtext_is_small_and_headings_are_not_confused_with_it() -> None:
    assert blocks("-# small\n# big\n- item\n-#none\n-# ") == [
        {"kind": "subtext", "text": "small"},
        {"kind": "heading", "text": "big", "level": 1},
        {"kind": "item", "text": "item", "mark": "•", "depth": 0},
        text("-#none\n-# "),
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a ``b ` c`` d", [text("a "), code("b ` c"), text(" d")]),
        ("`` `x` ``", [code("`x`")]),
        ("`a``b`", [code("a``b")]),
        ("``a`", [text("``a`")]),
        ("\\`a`b`", [text("`a"), code("b")]),
        ("` `", [code(" ")]),
    ],
)
def test_code_in_a_line_is_closed_by_as_many_backticks_as_opened_it(written: str, shown: object) -> None:
    assert spans(written) == shown


def reference(**to: object) -> dict[str, object]:
    return {"kind": "reference", "to": to}


@pytest.mark.parametrize(
    ("written", "to"),
    [
        ("<@123456789012345678>", {"kind": "user", "id": "123456789012345678"}),
        ("<@!123456789012345678>", {"kind": "user", "id": "123456789012345678"}),
        ("<@&42>", {"kind": "role", "id": "42"}),
        ("<#42>", {"kind": "channel", "id": "42"}),
        ("<:blob_cat:42>", {"kind": "emoji", "name": ":blob_cat:"}),
        ("<a:dance:42>", {"kind": "emoji", "name": ":dance:"}),
        ("</play:42>", {"kind": "command", "name": "/play"}),
        ("</プレイリスト 保存:42>", {"kind": "command", "name": "/プレイリスト 保存"}),
        ("<t:1700000000>", {"kind": "time", "at": 1_700_000_000_000, "style": "f"}),
        ("<t:-5:R>", {"kind": "time", "at": -5_000, "style": "R"}),
    ],
)
def test_what_discord_writes_with_ids_is_known(written: str, to: dict[str, object]) -> None:
    assert spans(f"a{written}**{written}**`{written}`") == [
        text("a"),
        reference(**to),
        {"kind": "strong", "spans": [reference(**to)]},
        code(written),
    ]


@pytest.mark.parametrize(
    "written", ["<@>", "<@x>", "<t:9999999999999>", "<t:1:x>", "<:a:1>", "<#1", "<b>", "</:1>"]
)
def test_what_only_looks_like_it_is_shown_as_it_is(written: str) -> None:
    assert spans(written) == [text(written)]
    assert spans("\\<@1>") == [text("<@1>")]


def test_a_moment_is_told_in_the_viewers_zone_and_language() -> None:
    at = 1_700_000_000_000
    calls = [["momentText", at, style, locale, 0] for style in "td" for locale in ("ja-JP", "en-GB")]

    assert call("references", calls, zone="Asia/Tokyo") == ["7:13", "07:13", "2023/11/15", "15/11/2023"]
    assert call("references", calls, zone="America/New_York") == [
        "17:13",
        "17:13",
        "2023/11/14",
        "14/11/2023",
    ]
    ago = [["momentText", at, "R", "en-GB", at + later] for later in (5_000, -90_000, 7_200_000, 86_400_000)]
    assert call("references", ago) == ["5 seconds ago", "in 1 minute", "2 hours ago", "yesterday"]


def test_a_long_text_is_cut_before_what_would_show_as_half() -> None:
    calls = [
        ["beginningOf", *given]
        for given in [
            ("short", 10),
            ("abc<@123456789>", 8),
            ("abc😀d", 4),
            ("a < b and more", 12),
            ("abc<@1>d", 7),
        ]
    ]
    assert call("markdown", calls) == ["short", "abc", "abc", "a ", "abc<@1>"]


FAMILIES = (
    *"*_`[|><(~#",
    *("\n", " ", "\\[", "\\", "> ", ">>> ", "**a", "*a ", "_a_", "***a", "a*", "**_~~", "- ", "-# "),
    *("` `` ", "```a", "```a``` ", "\\``` ", "```\n````\n", "> ```\n", "`" * 300 + " "),
    *("<@1", "</a", "<t:1", "<:aa:", "<@1>", "1. "),
)


@pytest.mark.parametrize("function", ["blocksOf", "spansOf"])
def test_no_text_takes_more_steps_than_its_length_allows(function: str) -> None:
    size = 50_000
    calls = [[function, family * (times * size // len(family))] for family in FAMILIES for times in (1, 2)]
    steps = count_steps("markdown", calls)

    for family, once, twice in zip(FAMILIES, steps[::2], steps[1::2], strict=True):
        assert twice < 2.1 * once + 1000, family
        assert twice < 2 * size * 210, family


def test_a_text_of_many_lengths_of_backticks_is_gone_through_as_fast() -> None:
    texts = [" ".join("`" * length for length in range(1, most)) for most in (300, 424)]
    once, twice = count_steps("markdown", [["spansOf", text] for text in texts])

    assert twice < 2.1 * once
