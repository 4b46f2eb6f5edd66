"""Links are shown for what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.plain_links import plain_links
from tests.support.answers import contents_of
from tests.support.hostile_text import MARKDOWN, PIECES


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[銀行](https://evil.example)", "銀行 (<https://evil.example>)"),
        ("[a](<https://e.example>)", "a (<https://e.example>)"),
        ('[a](https://e.example "title")', "a (<https://e.example>)"),
        ("[https://good.example](https://evil.example)", "https://good.example (<https://evil.example>)"),
        ("[https://e.example/](https://e.example)", "<https://e.example>"),
        ("[e.example](https://e.example)", "<https://e.example>"),
        ("[ ](https://e.example)", "<https://e.example>"),
        ("[a [b] c](https://e.example)", "a [b] c (<https://e.example>)"),
        ("[w](https://e.example/x_(y))", "w (<https://e.example/x_(y)>)"),
        ("![cat](https://e.example/c.png)", "cat (<https://e.example/c.png>)"),
        ("[join](https://discord.gg/abc)", "join (<https://discord.gg/abc>)"),
        ("[discord.gg/abc](https://e.example)", "<https://discord.gg/abc> (<https://e.example>)"),
        ("https://discord.gg/abc!", "<https://discord.gg/abc>!"),
        ("discord.com/invite/abc", "<https://discord.com/invite/abc>"),
        ("<https://discord.gg/abc>", "<https://discord.gg/abc>"),
        ("https://ptb.discord.com/invite/abc", "<https://ptb.discord.com/invite/abc>"),
        ("canary.discordapp.com/invite/abc", "<https://canary.discordapp.com/invite/abc>"),
        ("discord.gg/invite/abc", "<https://discord.gg/invite/abc>"),
        ("discord.gift/abc と discord.new/abc", "<https://discord.gift/abc> と <https://discord.new/abc>"),
        ("https://discord.com/gifts/abc", "<https://discord.com/gifts/abc>"),
        ("notdiscord.gg/abc, e.example/discord.gg/abc", "notdiscord.gg/abc, e.example/discord.gg/abc"),
        ("https://example.com/a", "https://example.com/a"),
        ("`[a](https://e.example)` and `discord.gg/x`", "`[a](https://e.example)` and `discord.gg/x`"),
        ("```md\n[a](https://e.example)\n```", "```md\n[a](https://e.example)\n```"),
        ("```\n[a](https://e.example)", "```\na (<https://e.example>)"),
        ("a[0](x) and f[i](https)", "a[0](x) and f[i](https)"),
        ("``[a](https://e.example)``", "``[a](https://e.example)``"),
        (r"\`[a](https://e.example)\`", r"\`a (<https://e.example>)\`"),
        (r"\\[a](https://e.example)", r"\\a (<https://e.example>)"),
        (r"\discord.gg/abc", r"\ <https://discord.gg/abc>"),
        (r"\<https://discord.gg/abc>", r"\<<https://discord.gg/abc>>"),
        (
            "[`dict`](https://e.example) `[a](https://e.example)`",
            "`dict` (<https://e.example>) `[a](https://e.example)`",
        ),
        (
            "[`](https://e.example) x`[a](https://e.example)`",
            "` (<https://e.example>) x`a (<https://e.example>)`",
        ),
        ("[a]b](https://e.example)", "[a]b] (https://e.example)"),
        (r"[a](https\://e.example)", r"[a] (https\://e.example)"),
        ("[a](https://e.example/((b)))", "[a] (https://e.example/((b)))"),
        ("``````x```[a](https://e.example)", "``````x```a (<https://e.example>)"),
        ("```\n```\n```[a](https://e.example)", "```\n```\n```a (<https://e.example>)"),
        ("*`[a](https://e.example)*`", "*`a (<https://e.example>)*`"),
        ("**b** `**[a](https://e.example)**`", "**b** `**[a](https://e.example)**`"),
        ("# ```[a](https://e.example)```", "# ```a (<https://e.example>)```"),
        ("<https://e.example/`x>[a](https://e.example)`", "<https://e.example/`x>a (<https://e.example>)`"),
        ("x[discord.gg/abc](https://e.example)", "x <https://discord.gg/abc> (<https://e.example>)"),
        ("dis[cord.gg/abc](https://e.example)", "dis cord.gg/abc (<https://e.example>)"),
        ("ここ[は](https://e.example)", "ここは (<https://e.example>)"),
        ("参加はdiscord.gg/abcから", "参加は<https://discord.gg/abc>から"),
    ],
)
def test_an_address_is_not_hidden_and_an_invite_is_no_card(written: str, shown: str) -> None:
    assert plain_links(written) == shown


@given(MARKDOWN)
def test_no_line_is_lost_and_showing_twice_changes_nothing(text: str) -> None:
    shown = plain_links(text)

    assert plain_links(shown) == shown
    assert shown.count("\n") == text.count("\n")


@given(
    st.lists(st.sampled_from(PIECES) | st.integers(1, 100).map("w".__mul__), min_size=20, max_size=60).map(
        "".join
    ),
    st.integers(200, 700),
)
def test_no_cut_between_messages_brings_a_link_back(text: str, limit: int) -> None:
    for content in contents_of(text, limit):
        assert plain_links(content) == content
        assert 0 < len(content) <= limit
