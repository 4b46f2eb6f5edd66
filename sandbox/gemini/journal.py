"""The last requests that the stand-in received, for tests to look at."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.gemini.wire import as_dict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.ai import generativelanguage_v1beta as glm

_KEPT = 500
_LONGEST_TEXT = 8_000


@dataclass(slots=True)
class Entry:
    """One request; ``outcome`` is ``open``, then ``OK``, ``CANCELLED`` or the name of the error's status."""

    method: str
    model: str
    contents: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    system_instruction: str = ""
    tools: list[str] = field(default_factory=list[str])
    generation_config: dict[str, object] = field(default_factory=dict[str, object])
    received_at: float = field(default_factory=time.time)
    chunks_sent: int = 0
    outcome: str = "open"


class Journal:
    """Keeps the newest requests, oldest first."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=_KEPT)

    def open(self, method: str, request: glm.GenerateContentRequest) -> Entry:
        """Note a request that has arrived; the caller fills in how it went."""
        entry = Entry(
            method=method,
            model=request.model,
            contents=[
                {"role": content.role, "parts": [_summary(part) for part in content.parts]}
                for content in request.contents
            ],
            system_instruction="\n".join(part.text for part in request.system_instruction.parts),
            tools=[function.name for tool in request.tools for function in tool.function_declarations],
            generation_config=as_dict(request.generation_config),
        )
        self.entries.append(entry)
        return entry

    def routes(self) -> Sequence[web.RouteDef]:
        """Return ``GET /requests`` for the control API."""
        return [web.get("/requests", self._list)]

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"requests": [asdict(entry) for entry in self.entries]})


def _summary(part: glm.Part) -> dict[str, object]:
    """Return a part as JSON, with an attachment's kind and size in place of its bytes."""
    if "inline_data" in part:
        return {"inline_data": {"mime_type": part.inline_data.mime_type, "bytes": len(part.inline_data.data)}}
    if "text" in part:
        return {"text": part.text[:_LONGEST_TEXT]}
    return as_dict(part)
