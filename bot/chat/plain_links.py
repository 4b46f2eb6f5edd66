"""Makes links show their addresses: Discord hides one behind a label, and unfolds an invite into a card.

https://support.discord.com/hc/en-us/articles/210298617 (masked links)
"""

from __future__ import annotations

import re

_CODE = (
    r"(?P<code>```.*?(?:```|\Z)"
    r"|(?<!`)(?P<ticks>`{1,2})(?!`)(?:(?!```)[^\n]){1,300}?(?<!`)(?P=ticks)(?!`))"
)
"""Inline code that is longer may be cut in two, and is no code then."""
_UNCERTAIN = r"\\`|````|```\s*```"
_STRAY = r"(?<!`)`"
"""Where it is not plain what Discord takes for code."""
_MASKED = (
    r"!?\[(?P<label>(?:\\.|[^\[\]\\]|\[[^\[\]]*\])*)\]"
    r"\(\s*<?(?P<address>[a-zA-Z][\w+.-]*:(?:[^\s()<>\[\]\\]|\([^\s()<>\[\]\\]*\))+)>?"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
_INVITE = (
    r"(?<![\w/.@-])(?<!(?<!\\)<)(?P<invite>(?:https?://)?(?:www\.)?"
    r"(?:discord(?:app)?\.com/invite|discord\.(?:gg|me|io|li)|dsc\.gg)/[\w-]+)"
)
_ODD = r"(?P<odd>\](?=\(\s*<?(?:[a-zA-Z][\w+.-]*\\?:|(?:www\.)?(?:discord|dsc))))"
"""What else may mask a link: Discord is more lenient with labels and addresses than the pattern above."""
_SPAN = re.compile(_CODE, re.DOTALL)
_LINK = re.compile(f"{_MASKED}|{_INVITE}|{_ODD}", re.DOTALL | re.IGNORECASE)
_LINK_OR_CODE = re.compile(
    rf"(?!{_UNCERTAIN}){_CODE}|(?P<uncertain>{_UNCERTAIN}|{_STRAY})|\\(?:[^\w\s\[]|_)|{_MASKED}|{_INVITE}|{_ODD}",
    re.DOTALL | re.IGNORECASE,
)


def plain_links(text: str) -> str:
    """Return ``text`` with every masked link as its label and its address, and every invite without a card.

    Code stays as it is, as far as it is certain to be code. What is shown once is not changed by showing it
    again.
    """
    # What is shown of one link may make another one of the characters before it.
    while (shown := _once(text)) != text:
        text = shown
    return text


def _once(text: str) -> str:
    shown: list[str] = []
    position = 0
    while match := _LINK_OR_CODE.search(text, position):
        if match["uncertain"] or "`" in _SPAN.sub("", match["label"] or ""):
            break
        shown += (text[position : match.start()], match[0] if match["code"] else _shown(match))
        position = match.end()
    # From here on nothing counts as code. The pattern looks back at what is before.
    while match := _LINK.search(text, position):
        shown += (text[position : match.start()], _shown(match))
        position = match.end()
    return "".join(shown) + text[position:]


def _shown(match: re.Match[str]) -> str:
    if match["odd"]:
        return "] "
    if match["invite"]:
        invite = match["invite"]
        # A backslash would take the bracket for itself.
        gap = " " if match.string[: match.start()].endswith("\\") else ""
        return f"{gap}<{invite if invite.lower().startswith('http') else f'https://{invite}'}>"
    if match["address"] is None:
        return match[0]
    label, address = match["label"].strip(" \t"), match["address"]
    if not label.strip() or _bare(label.strip()) == _bare(address):
        return "\n" * label.count("\n") + f"<{address}>"
    return f"{_LINK.sub(_shown, label)} (<{address}>)"


def _bare(address: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?|/$", "", address.lower())
