"""From an identifier to a LoadResult, and from a track to its sound (https://lavalink.dev/api/rest.html)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from audio_node.errors import AudioError, LoadFailedError
from audio_node.server.errors import RestError
from audio_node.sources.results import Playlist, SearchResult
from audio_node.track import Track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audio_node.audio.media import Source as MediaSource
    from audio_node.server.playback import Json
    from audio_node.sources.results import LoadResult, Source

logger = logging.getLogger(__name__)


class Loader:
    """Asks the first of ``sources`` that accepts an identifier."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = sources

    async def load(self, identifier: str) -> Json:
        """Return the LoadResult (https://lavalink.dev/api/rest.html#load-result-type)."""
        try:
            return load_result(await self._load(identifier))
        except AudioError as error:
            logger.info("%s could not be loaded: %s", identifier, error.cause)
            return _result("error", exception(error))

    async def load_one(self, identifier: str) -> Track:
        """Return the one track of ``identifier``.

        Raises RestError: 400 for a playlist, a search or nothing, 500 if loading fails.
        """
        try:
            loaded = await self._load(identifier)
        except AudioError as error:
            raise RestError(500, str(error)) from error
        if loaded is None:
            raise RestError(400, "No matches found for identifier")
        if not isinstance(loaded, Track):
            raise RestError(400, "Cannot play a playlist or search result")
        return loaded

    async def media(self, track: Track) -> MediaSource:
        """Return the sound of ``track``; raises AudioError."""
        source = self._source_of(track.uri or track.identifier)
        if source is None:
            raise LoadFailedError("Nothing here can play this track.")
        return await source.media(track)

    async def _load(self, identifier: str) -> LoadResult:
        source = self._source_of(identifier)
        return None if source is None else await source.load(identifier)

    def _source_of(self, identifier: str) -> Source | None:
        return next((source for source in self.sources if source.accepts(identifier)), None)


def exception(error: AudioError) -> Json:
    """Return Lavalink's exception object (https://lavalink.dev/api/websocket.html#exception-object)."""
    cause = error.cause
    return {"message": str(error), "severity": error.severity, "cause": cause, "causeStackTrace": cause}


def load_result(loaded: LoadResult) -> Json:
    """Return the JSON of what was loaded (https://lavalink.dev/api/rest.html#load-result-type)."""
    match loaded:
        case None:
            return _result("empty", None)
        case Track():
            return _result("track", loaded.as_json())
        case SearchResult(tracks):
            return _result("search", [track.as_json() for track in tracks])
        case Playlist(name, tracks, selected):
            info: Json = {"name": name, "selectedTrack": selected}
            return _result(
                "playlist", {"info": info, "pluginInfo": {}, "tracks": [track.as_json() for track in tracks]}
            )


def _result(load_type: str, data: object) -> Json:
    return {"loadType": load_type, "data": data}
