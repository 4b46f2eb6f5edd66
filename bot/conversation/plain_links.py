"""Shows links for what they are: Discord hides an address behind a label, and unfolds an invite into a card.

https://support.discord.com/hc/en-us/articles/210298617 (masked links)
"""

from __future__ import annotations

import re

_CODE = r"```.*?(?:```|\Z)|``.+?``|`[^`\n]+`"
_MASKED = (
    r"!?\[(?P<label>(?:\\.|[^\[\]\\]|\[[^\[\]]*\])*)\]"
    r"\(\s*<?(?P<address>[a-zA-Z][\w+.-]*:(?:[^\s()<>]|\([^\s()<>]*\))+)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
_INVITE = (
    r"(?<![<\w/.@-])(?P<invite>(?:https?://)?(?:www\.)?"
    r"(?:discord(?:app)?\.com/invite|discord\.(?:gg|me|io|li)|dsc\.gg)/[\w-]+)"
)
_LINK = re.compile(f"(?P<code>{_CODE})|{_MASKED}|{_INVITE}", re.DOTALL | re.IGNORECASE)


def plain_links(text: str) -> str:
    """Return ``text`` with every masked link as its label and its address, and every invite without a card.

    Code stays as it is. What is shown once is not changed by showing it again.
    """
    return _LINK.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    if match["code"]:
        return match[0]
    if match["invite"]:
        invite = match["invite"]
        return f"<{invite if invite.lower().startswith('http') else f'https://{invite}'}>"
    label, address = match["label"].strip(), match["address"]
    if not label or _bare(label) == _bare(address):
        return f"<{address}>"
    return f"{plain_links(label)} (<{address}>)"


def _bare(address: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?|/$", "", address.lower())
