"""Answers that a test dictates, to the chunk."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.rules import Rules

_SIZES = (12, 28, 44, 60)
"""Characters of the first chunks; the last size goes on. The real service, too, begins with few words."""


@dataclass(slots=True, kw_only=True)
class Script:
    """An answer for prompts in which ``prompt`` (a regular expression) is found."""

    chunks: list[str] = field(default_factory=list[str])
    text: str = ""
    """Instead of ``chunks``: cut like any answer."""
    prompt: str = ""
    times: int | None = None


class Scripts(Rules[Script]):
    """The scripted answers in force."""

    def __init__(self) -> None:
        super().__init__(Script, route="/answers")

    def take(self, prompt: str) -> list[str] | None:
        """Return the chunks of the script for ``prompt``, counted off, or None."""
        script = self.strike(lambda script: bool(re.search(script.prompt, prompt)))
        return None if script is None else list(script.chunks) or cut(script.text)


def cut(text: str) -> list[str]:
    """Cut ``text`` into the pieces in which it is streamed, wherever they fall; joined, they equal it."""
    chunks: list[str] = []
    start = 0
    while start < len(text):
        size = _SIZES[min(len(chunks), len(_SIZES) - 1)]
        chunks.append(text[start : start + size])
        start += size
    return chunks
