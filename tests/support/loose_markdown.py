"""The most lenient reading of Discord's Markdown: the rules of simple-markdown, tried in order.

Emphasis and labels know nothing of code there, and the words of a heading or an item may hold no code
block, so it finds links where the sandbox's page finds none. https://github.com/ariabuckles/simple-markdown
"""

from __future__ import annotations

import re

ESCAPE = re.compile(r"\\[^0-9A-Za-z\s]")
CODE_BLOCK = re.compile(r"```(?:[a-z0-9_+\-.#]+?\n)?\n*[^\n][\s\S]*?\n*```", re.IGNORECASE)
CODE = re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")
LINK = re.compile(
    r"\[(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*\]"
    r"\(\s*<?(?P<address>(?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"][\s\S]*?['\"])?\s*\)"
)
WHOLE = re.compile(r"<https?://[^\s>]+>|</[^\n:<>]{1,100}:\d+>|https?://[^\s<]+[^<.,:;\"'\]\s]")
PAIRS = (
    re.compile(
        # In JavaScript, \b knows the letters of ASCII alone, and \s other blanks than in Python.
        r"(?<![0-9A-Za-z_])_((?:__|\\[\s\S]|[^\\_])+?)_(?![0-9A-Za-z_])"
        r"|\*(?=[^ \t\n])((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)"
    ),
    re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
    re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
    re.compile(r"~~([\s\S]+?)~~"),
    re.compile(r"\|\|([\s\S]+?)\|\|"),
)


def masked_links(text: str, *, blocks: bool = True) -> list[str]:
    """Return the addresses behind labels; without ``blocks``, three backticks are no code block."""
    found: list[str] = []
    position = 0
    skipped = (ESCAPE, *([CODE_BLOCK] if blocks else []), CODE)
    while position < len(text):
        if match := next(filter(None, (rule.match(text, position) for rule in skipped)), None):
            position = match.end()
        elif (match := LINK.match(text, position)) and re.match("https?:", match["address"], re.IGNORECASE):
            found.append(match["address"])
            position = match.end()
        elif match := WHOLE.match(text, position):
            position = match.end()
        elif match := next(filter(None, (rule.match(text, position) for rule in PAIRS)), None):
            found += masked_links(next(filter(None, match.groups())), blocks=blocks)
            position = match.end()
        else:
            position += 1
    return found
