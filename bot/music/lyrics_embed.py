"""The embeds of `/lyrics`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.colours import BLURPLE
from bot.escaping import Label, label, plain
from bot.markup import joined
from bot.texts import Language, music_library

if TYPE_CHECKING:
    from bot.lyrics.lyrics import Lyrics

PAGE_LINES = 30
PAGE_CHARACTERS = 1_800
LINE_LENGTH = PAGE_CHARACTERS // 2
"""Characters of a line, each of which may need another to escape it."""


class LyricsPages:
    """A song's lyrics, in pages that an embed can hold."""

    def __init__(self, lyrics: Lyrics, title: Label, language: Language) -> None:
        self._provider = lyrics.provider
        self._title = title
        self._language: Language = language
        self._pages = _split([label(text, LINE_LENGTH) if text else Label() for _at, text in lyrics.lines])

    def count(self) -> int:
        """Return how many pages there are."""
        return len(self._pages)

    def embed(self, page: int) -> discord.Embed:
        """Return a page, counted from 1."""
        embed = discord.Embed(title=self._title, description=self._pages[page - 1], colour=BLURPLE)
        return embed.set_footer(
            text=music_library.LYRICS_FOOTER.plain(
                self._language, provider=plain(self._provider), page=page, pages=len(self._pages)
            )
        )


def _split(lines: list[Label]) -> list[Label]:
    pages: list[list[Label]] = [[]]
    size = 0
    for line in lines:
        size += len(line) + 1
        if pages[-1] and (len(pages[-1]) >= PAGE_LINES or size > PAGE_CHARACTERS):
            pages.append([])
            size = len(line) + 1
        pages[-1].append(line)
    return [joined("\n", page) for page in pages]
