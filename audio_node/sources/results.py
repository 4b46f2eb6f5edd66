"""What loading gives (https://lavalink.dev/api/rest.html#load-result), and what a source is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audio_node.audio.media import Source as MediaSource
    from audio_node.track import Track


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


class Source(Protocol):
    """One place from which songs come."""

    @property
    def names(self) -> Sequence[str]:
        """What Lavalink calls it, or them: clients ask before they search."""
        ...

    def accepts(self, identifier: str) -> bool:
        """Tell whether ``identifier`` is for this source; the first that accepts it is asked."""
        ...

    async def load(self, identifier: str) -> LoadResult:
        """Return what ``identifier`` leads to; raises LoadFailedError."""
        ...

    async def media(self, track: Track) -> MediaSource:
        """Return the sound of ``track``, to be opened; raises AudioError."""
        ...
