"""Faults of loading and playing: which tracks fail, and how.

A fault travels as JSON, e.g. ``{"fault": "track_exception", "match": "Lemon", "after_ms": 5000}``;
every key but ``fault`` is optional. Faults of HTTP are those of sandbox.faults.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, get_args

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind = Literal["load_failed", "load_empty", "track_exception", "track_stuck"]
"""load_failed: loadtracks answers with an error · load_empty: it finds nothing · track_exception: the track
breaks off (at once: TrackEnd ``loadFailed``; later: ``finished``) · track_stuck: TrackStuck, then silence."""
Severity = Literal["common", "suspicious", "fault"]


@dataclass(slots=True, kw_only=True)
class TrackFault:
    """One rule; the regular expression ``match`` is searched in an identifier or in "author - title"."""

    fault: Kind
    match: str = ""
    times: int | None = None
    """How many loads or plays it still strikes; None: until it is cleared."""
    after_ms: int = 0
    """At which position a playing track is struck."""
    message: str = "Something broke when playing the track."
    severity: Severity = "suspicious"
    cause: str = "java.lang.RuntimeException: Not success status code: 403"
    threshold_ms: int = 10_000

    def exception(self) -> dict[str, str]:
        """Return the JSON of the exception (https://lavalink.dev/api/websocket.html#exception-object)."""
        return {
            "message": self.message,
            "severity": self.severity,
            "cause": self.cause,
            "causeStackTrace": self.cause,
        }


class TrackFaults:
    """The rules in force, first match first."""

    def __init__(self) -> None:
        self.rules: list[TrackFault] = []

    def take(self, name: str, *kinds: Kind) -> TrackFault | None:
        """Return the fault of one of ``kinds`` that strikes ``name``, counted off, or None."""
        for rule in self.rules:
            if rule.fault in kinds and rule.times != 0 and re.search(rule.match, name, re.IGNORECASE):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def add(self, raw: Mapping[str, object]) -> TrackFault:
        """Add a rule from its JSON; raises ValueError or TypeError for unknown keys and faults."""
        if raw.get("fault") not in get_args(Kind):
            raise ValueError(f"fault must be one of {', '.join(get_args(Kind))}")
        fault = TrackFault(**raw)  # pyright: ignore[reportArgumentType] - checked by the constructor's names
        self.rules.append(fault)
        return fault

    def routes(self) -> Sequence[web.RouteDef]:
        """Return ``GET/POST/DELETE /track_faults`` for the control API."""
        return [
            web.get("/track_faults", self._list),
            web.post("/track_faults", self._add),
            web.delete("/track_faults", self._clear),
        ]

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"rules": [asdict(rule) for rule in self.rules]})

    async def _add(self, request: web.Request) -> web.Response:
        try:
            fault = self.add(await request.json())
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(asdict(fault), status=201)

    async def _clear(self, request: web.Request) -> web.Response:
        self.rules.clear()
        return await self._list(request)
