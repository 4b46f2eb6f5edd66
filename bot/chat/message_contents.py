"""What is sent for an answer: the contents of its messages, which hide no link and look like no notice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.chat.message_splitter import split
from bot.chat.notices import without_marks
from bot.chat.plain_links import plain_links
from bot.discord_limits import MESSAGE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterator


class MessageContents:
    """The contents of the messages for a text that grows; only what its last message shows is read again."""

    def __init__(self, limit: int = MESSAGE_LENGTH) -> None:
        self._limit = limit
        self._settled: list[str] = []
        """The contents of all messages that stay as they are, whatever follows."""
        self._rest: list[str] = []
        """The text that is in none of them, in parts."""
        self._opening = ""
        """Of the code block inside which that begins."""

    def append(self, text: str) -> None:
        """Add text."""
        self._rest.append(text)

    async def read(self, *, is_whole: bool) -> list[str]:
        """Return the contents for the text up to now; lets others run between two messages.

        While it is not whole, backticks at its end are left out: one more would make a code block's marker,
        which moves the cut before it.
        """
        text, self._rest = "".join(self._rest), []
        contents: list[str] = []
        begin = end = 0
        for piece in split(text if is_whole else text.rstrip("`"), self._limit, self._opening):
            if contents:
                self._settled += contents
                await asyncio.sleep(0)
            contents = list(_safe(piece.content, self._limit))
            self._opening = piece.opening
            begin, end = end, end + len(piece.source)
        self._rest.insert(0, text[begin:])
        return [*self._settled, *contents]


def _safe(content: str, limit: int) -> Iterator[str]:
    """Yield what is sent for a message, which may have to be cut once more: links in plain sight are longer.

    A cut may have made a link of what was none, such as of endless code, so each part is looked at, too.
    """
    shown = without_marks(plain_links(content))
    if len(shown) <= limit:
        yield shown
        return
    for piece in split(shown, limit):
        yield from _safe(piece.content, limit)
