"""From an identifier to a LoadResult (https://lavalink.dev/api/rest.html#track-loading)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio_node.loading import load_result
from audio_node.server.errors import RestError
from audio_node.sources.results import Playlist, SearchResult
from sandbox.lavalink.faults import TrackFault

if TYPE_CHECKING:
    from collections.abc import Collection

    from audio_node.server.playback import Json
    from audio_node.track import Track
    from sandbox.lavalink.catalogue import Catalogue
    from sandbox.lavalink.faults import TrackFaults

_SEARCHES = {"ytsearch:": "youtube", "ytmsearch:": "youtube", "scsearch:": "soundcloud"}
_ID_LENGTH = 11


def load(identifier: str, catalogue: Catalogue, faults: TrackFaults, sources: Collection[str]) -> Json:
    """Return the LoadResult for ``identifier``: a search, a link, or a video's id; of ``sources`` only."""
    fault = faults.take(identifier, "load_failed", "load_empty")
    if fault is not None and fault.fault == "load_failed":
        return {"loadType": "error", "data": fault.exception()}
    if fault is not None:
        return load_result(None)
    for prefix, source in _SEARCHES.items():
        if identifier.startswith(prefix):
            if source not in sources:
                return load_result(None)
            found = catalogue.search(identifier.removeprefix(prefix), source)
            return load_result(SearchResult(tuple(found)) if found else None)
    is_url = identifier.startswith(("http://", "https://"))
    return _linked(identifier, catalogue, sources) if is_url else _video(identifier, catalogue, sources)


def load_one(identifier: str, catalogue: Catalogue, faults: TrackFaults) -> Track:
    """Return the one track that a player is to play by its identifier.

    Raises RestError: 400 for a playlist, a search or nothing, 500 if loading fails.
    """
    fault = faults.take(identifier, "load_failed", "load_empty")
    if fault is not None and fault.fault == "load_failed":
        raise RestError(500, fault.message)
    is_search = identifier.startswith(tuple(_SEARCHES))
    loaded = None
    if fault is None and not is_search:
        is_url = identifier.startswith(("http://", "https://"))
        loaded = catalogue.by_url(identifier) if is_url else catalogue.by_identifier(identifier)
    if is_search or isinstance(loaded, Playlist):
        raise RestError(400, "Cannot play a playlist or search result")
    if loaded is None:
        raise RestError(400, "No matches found for identifier")
    return loaded


def _linked(url: str, catalogue: Catalogue, sources: Collection[str]) -> Json:
    """Load what a link leads to."""
    loaded = catalogue.by_url(url)
    source = "youtube" if isinstance(loaded, Playlist) else loaded.source_name if loaded else "http"
    if source not in sources:
        return load_result(None)
    if loaded is not None:
        return load_result(loaded)
    fault = TrackFault(fault="load_failed", message="Unknown file format.", severity="common", cause="")
    return {"loadType": "error", "data": fault.exception()}


def _video(identifier: str, catalogue: Catalogue, sources: Collection[str]) -> Json:
    """Load a bare YouTube id; other words are nothing without a search prefix."""
    is_id = len(identifier) == _ID_LENGTH and identifier.isascii() and " " not in identifier
    is_id = is_id and "youtube" in sources
    return load_result(catalogue.by_identifier(identifier) if is_id else None)
