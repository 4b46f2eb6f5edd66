"""The mark by which the bot's notices are known again in a channel's history.

A notice is what the bot says on its own account: why an answer ends here, an error, a hint. All that Discord
gives back of a message is its content, so the mark is a part of that: two zero-width spaces (U+200B), with
which the notice begins and which no other text of the bot contains. They are neither seen nor read aloud, and
Discord keeps them: its documentation once recommended the character to bots
(https://github.com/discord/discord-api-docs/issues/1286), and discord.py's ``escape_mentions`` writes it.
"""

from __future__ import annotations

MARK = "\u200b\u200b"


def marked(notice: str) -> str:
    """Return a notice as it is sent."""
    return MARK + notice
