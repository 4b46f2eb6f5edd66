"""Answers that a test dictates, to the chunk."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class Scripts:
    """The scripts in force, first match first."""

    def __init__(self) -> None:
        self.scripts: list[Script] = []

    def take(self, prompt: str) -> list[str] | None:
        """Return the chunks of the script for ``prompt``, counted off, or None."""
        for script in self.scripts:
            if (script.times is None or script.times > 0) and re.search(script.prompt, prompt):
                if script.times is not None:
                    script.times -= 1
                return list(script.chunks) or cut(script.text)
        return None

    def routes(self) -> Sequence[web.RouteDef]:
        """Return ``POST/DELETE /answers`` for the control API."""
        return [web.post("/answers", self._add), web.delete("/answers", self._clear)]

    async def _add(self, request: web.Request) -> web.Response:
        try:
            script = Script(**await request.json())
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        self.scripts.append(script)
        return web.json_response(asdict(script), status=201)

    async def _clear(self, _request: web.Request) -> web.Response:
        self.scripts.clear()
        return web.json_response({"scripts": []})


def cut(text: str) -> list[str]:
    """Cut ``text`` into the pieces in which it is streamed, wherever they fall; joined, they equal it."""
    chunks: list[str] = []
    start = 0
    while start < len(text):
        size = _SIZES[min(len(chunks), len(_SIZES) - 1)]
        chunks.append(text[start : start + size])
        start += size
    return chunks
