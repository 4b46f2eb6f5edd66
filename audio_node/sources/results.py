"""What loading gives (https://lavalink.dev/api/rest.html#load-result), and where a song's bytes are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audio_node.track import Track

Severity = Literal["common", "suspicious", "fault"]
"""common: the song's or the asker's fault · suspicious: perhaps the service's · fault: the node's
(https://lavalink.dev/api/websocket.html#severity)."""


@dataclass(frozen=True, slots=True)
class Playlist:
    """A named list of tracks; ``selected`` is the index of the track that the link names, or -1."""

    name: str
    tracks: tuple[Track, ...]
    selected: int = -1


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found by words, best first; at least one track."""

    tracks: tuple[Track, ...]


LoadResult: TypeAlias = "Track | Playlist | SearchResult | None"
"""None: there is nothing of this name."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Where a track's bytes are, now."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    expires_at: float | None = None
    """When the address ends, in seconds since 1970; None: that is not known."""
    is_segmented: bool = False
    """Whether it is a list of pieces (HLS: RFC 8216), as broadcasts are."""


class LoadFailedError(Exception):
    """A song cannot be loaded; ``cause`` is for whoever looks after the node."""

    def __init__(self, message: str, severity: Severity = "common", cause: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.severity: Severity = severity
        self.cause = cause or message


class Source(Protocol):
    """One place from which songs come."""

    @property
    def name(self) -> str:
        """The ``sourceName`` of its tracks."""
        ...

    def accepts(self, identifier: str) -> bool:
        """Tell whether ``identifier`` is for this source."""
        ...

    async def load(self, identifier: str) -> LoadResult:
        """Return what ``identifier`` leads to; raises LoadFailedError."""
        ...

    async def stream(self, track: Track) -> Stream:
        """Return where the bytes of ``track`` are; raises LoadFailedError."""
        ...
