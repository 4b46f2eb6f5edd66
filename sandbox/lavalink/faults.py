"""Faults of loading and playing: which tracks fail, and how.

A fault travels as JSON, e.g. ``{"fault": "track_exception", "match": "Lemon", "after_ms": 5000}``;
every key but ``fault`` is optional. Faults of HTTP are those of sandbox.faults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from sandbox.rules import Rules

Kind = Literal[
    "load_failed", "load_empty", "track_exception", "track_stuck", "track_silent", "voice_unreachable"
]
"""load_failed: loadtracks answers with an error · load_empty: it finds nothing · track_exception: the track
breaks off (at once: TrackEnd ``loadFailed``; later: ``finished``) · track_stuck: TrackStuck, then silence ·
track_silent: silence of which nothing tells ·
voice_unreachable: a PATCH with the voice server ``match`` never returns, and nor do others of its player; ten
of them, and the node answers no request any more (https://github.com/lavalink-devs/Lavalink/pull/1224)."""
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


class TrackFaults(Rules[TrackFault]):
    """The faults of one node's tracks."""

    def __init__(self) -> None:
        super().__init__(TrackFault, key="fault", allowed=get_args(Kind), route="/track_faults")

    def take(self, name: str, *kinds: Kind) -> TrackFault | None:
        """Return the fault of one of ``kinds`` that strikes ``name``, counted off, or None."""
        return self.strike(
            lambda fault: fault.fault in kinds and bool(re.search(fault.match, name, re.IGNORECASE))
        )
