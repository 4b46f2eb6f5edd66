"""Text as an attacker writes it: pieces of Discord's Markdown, in any order."""

from __future__ import annotations

from hypothesis import strategies as st

_MARKS = (
    r"* ** _ __ ~~ || ` `` ``` \ [ ] ]( ) ( ](https://e.co) < > <@1> <#7> <t:1:R> <a:bc:1> https:// e.co / @"
)
_WORDS = r"everyone discord.gg/abc x 夜 ¯\_(ツ)_/¯ [x](https://e.co) [y](<https://e.co>) http ://"
PIECES = [
    *_MARKS.split(),
    *_WORDS.split(),
    *("\n", " ", "\n\n", "```py\n", "\n```\n", "> ", ">>> ", "# ", "-# ", "- ", "1. ", "  ", "\t"),
]
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
ANY_TEXT = st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"]), max_size=30).map(
    "".join
)
