"""Answers as they are sent."""

from __future__ import annotations

import asyncio

from bot.chat.message_contents import MessageContents
from bot.discord_limits import MESSAGE_LENGTH


def contents_of(text: str, limit: int = MESSAGE_LENGTH) -> list[str]:
    """Return the contents of the messages for a whole text."""
    contents = MessageContents(limit)
    contents.append(text)
    return asyncio.run(contents.read(is_whole=True))
