"""The music services that yt-dlp knows: searches, links, playlists, broadcasts; asked in worker processes."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from audio_node.errors import SourceUnavailableError
from audio_node.sources.reach import public_addresses_only
from audio_node.sources.results import Playlist, SearchResult
from audio_node.sources.web_media import web_media
from audio_node.track import LIVE_LENGTH, Track

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from audio_node.audio.media import Media
    from audio_node.audio.media import Source as MediaSource
    from audio_node.sources.results import LoadResult
    from audio_node.sources.worker import Json
    from audio_node.sources.worker_pool import WorkerPool

SEARCHES = {"ytsearch:": "youtube", "ytmsearch:": "youtubemusic", "scsearch:": "soundcloud"}
"""Lavalink's prefixes (https://lavalink.dev/api/rest.html#track-loading), and whom they ask."""
_MOST_STREAMS = 500
_LEAST_SECONDS = 60
"""An address is used that is good for so long at least."""
_VIDEO = re.compile(r"[\w-]{11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stream:
    """Where a track's bytes are, until ``expires_at`` (seconds since 1970; 0: nobody knows)."""

    url: str
    headers: Mapping[str, str]
    expires_at: float


@dataclass(frozen=True, slots=True)
class _StreamSource:
    stream: Stream
    forget: Callable[[], object]

    def open(self) -> Media:
        try:
            return web_media(self.stream.url, public_addresses_only, self.stream.headers).open()
        except SourceUnavailableError:
            self.forget()  # the service may have withdrawn it before its time
            raise


class ServicesSource:
    """Asks whichever service a link or a search prefix belongs to; a bare video id is YouTube's."""

    names = ("youtube", "soundcloud", "bandcamp", "twitch", "vimeo", "niconico")

    def __init__(self, workers: WorkerPool, *, clock: Callable[[], float] = time.time) -> None:
        self._workers = workers
        self._clock = clock
        self._streams: dict[str, Stream] = {}

    def accepts(self, identifier: str) -> bool:
        """Tell whether it is a search, a link or a video's id."""
        is_link = identifier.startswith(("https://", "http://"))
        return is_link or identifier.startswith(tuple(SEARCHES)) or bool(_VIDEO.fullmatch(identifier))

    async def load(self, identifier: str) -> LoadResult:
        """Return what ``identifier`` leads to; raises LoadFailedError."""
        for prefix, service in SEARCHES.items():
            if identifier.startswith(prefix):
                words = identifier.removeprefix(prefix).strip()
                return await self._search(service, words) if words else None
        is_link = "://" in identifier
        url = identifier if is_link else f"https://www.youtube.com/watch?v={identifier}"
        answer = await self._workers.run("load", url=url)
        tracks = _tracks(answer)
        if "name" in answer:
            return Playlist(str(answer["name"]), tracks, cast("int", answer["selected"])) if tracks else None
        return tracks[0] if tracks else None

    async def media(self, track: Track) -> MediaSource:
        """Return the sound of ``track``; raises LoadFailedError."""
        url = track.uri or track.identifier
        stream = self._streams.get(url)
        if stream is None or self._clock() > stream.expires_at - _LEAST_SECONDS:
            stream = await self._stream(url)
            self._streams.pop(url, None)
            while len(self._streams) >= _MOST_STREAMS:
                del self._streams[next(iter(self._streams))]
            self._streams[url] = stream
        return _StreamSource(stream, forget=lambda: self._streams.pop(url, None))

    async def _stream(self, url: str) -> Stream:
        answer = await self._workers.run("stream", url=url)
        return Stream(
            str(answer["url"]),
            cast("Mapping[str, str]", answer["headers"]),
            cast("float | None", answer["expires_at"]) or 0.0,
        )

    async def _search(self, service: str, words: str) -> LoadResult:
        tracks = _tracks(await self._workers.run("search", service=service, words=words))
        return SearchResult(tracks) if tracks else None


def _tracks(answer: Json) -> tuple[Track, ...]:
    return tuple(map(_track, cast("Sequence[Mapping[str, object]]", answer["tracks"])))


def _track(found: Mapping[str, object]) -> Track:
    is_stream, length = bool(found["is_stream"]), cast("int", found["length"])
    return Track(
        identifier=str(found["identifier"]),
        title=str(found["title"]),
        author=str(found["author"]),
        length=LIVE_LENGTH if is_stream else length,
        source_name=str(found["source_name"]),
        uri=cast("str | None", found["uri"]),
        artwork_url=cast("str | None", found["artwork_url"]),
        isrc=cast("str | None", found["isrc"]),
        is_stream=is_stream,
    )
