"""What yt-dlp knows of a link or a search. Runs in a worker, and is the one module that imports yt-dlp."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, quote_plus, urlsplit

import yt_dlp
from yt_dlp.networking.exceptions import RequestError
from yt_dlp.utils import DownloadError, ExtractorError, UnsupportedError

from audio_node.sources.javascript import javascript_runtimes
from audio_node.sources.worker import bound_memory, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

from audio_node.sources.worker import Json

PLAYLIST_LIMIT = 600
"""Tracks taken of one playlist: as many as Lavalink's youtube source takes by default."""
SEARCH_LIMIT = 20
SOCKET_SECONDS = 10
FORMAT = "bestaudio[acodec=opus]/bestaudio/best[height<=480]/best"
"""Opus first: it passes through to Discord untouched."""
_SEARCHES: dict[str, Callable[[str], str]] = {
    "youtube": lambda words: f"ytsearch{SEARCH_LIMIT}:{words}",
    "youtubemusic": lambda words: f"https://music.youtube.com/search?q={quote_plus(words)}#songs",
    "soundcloud": lambda words: f"scsearch{SEARCH_LIMIT}:{words}",
}


class _Quiet:
    """Takes what yt-dlp would print."""

    def debug(self, message: str) -> None:
        """Leave out progress."""

    info = warning = error = debug


def _options(**more: object) -> dict[str, object]:
    return {
        "quiet": True,
        "no_warnings": True,
        "logger": _Quiet(),
        "skip_download": True,
        "extract_flat": "in_playlist",
        "playlistend": PLAYLIST_LIMIT,
        "socket_timeout": SOCKET_SECONDS,
        "extractor_retries": 1,
        "retries": 1,
        "cachedir": False,
        # The generic extractor fetches any address at all, also such as only the node can reach.
        "allowed_extractors": ["default", "-generic"],
        "js_runtimes": javascript_runtimes(),
        "format": FORMAT,
        **more,
    }


def _extract(address: str, **more: object) -> Json | None:
    """Return what yt-dlp says of ``address``; None for what is no service's."""
    try:
        with yt_dlp.YoutubeDL(_options(**more)) as downloader:  # pyright: ignore[reportArgumentType] - its own TypedDict names fewer than it takes
            info: object = downloader.extract_info(address, download=False)
            return cast("Json | None", downloader.sanitize_info(info))  # pyright: ignore[reportArgumentType]
    except DownloadError as error:
        # The second is what it says where no extractor that is allowed knows the address.
        if isinstance(_cause(error), UnsupportedError) or "No suitable extractor" in str(error):
            return None
        raise


def search(request: Json) -> Json:
    """Find songs by ``words`` at ``service``."""
    address = _SEARCHES[str(request["service"])](str(request["words"]))
    info = _extract(address, playlistend=SEARCH_LIMIT)
    return {"tracks": [*_tracks(info or {})]}


def load(request: Json) -> Json:
    """Say what ``url`` leads to: one track, or a playlist with its ``name`` and the ``selected`` index."""
    url = str(request["url"])
    info = _extract(url)
    if info is None:
        return {"tracks": []}
    if "entries" not in info:
        return {"tracks": [_track(info)]}
    tracks = [*_tracks(info)]
    wanted = parse_qs(urlsplit(url).query).get("v", [""])[0]
    identifiers = [track["identifier"] for track in tracks]
    selected = identifiers.index(wanted) if wanted in identifiers else -1
    return {"tracks": tracks, "name": _text(info, "title") or url, "selected": selected}


def stream(request: Json) -> Json:
    """Say where the bytes of ``url`` are."""
    info = _extract(str(request["url"]), noplaylist=True, extract_flat=False)
    address = _text(info or {}, "url")
    if info is None or not address:
        raise ExtractorError("there is no sound at this address", expected=True)
    expiry = re.search(r"[?&/]expires?[=/](\d{10})\b", address, re.IGNORECASE)
    return {
        "url": address,
        "headers": info.get("http_headers") or {},
        "expires_at": int(expiry[1]) if expiry else None,
    }


def _tracks(info: Json) -> Iterable[Json]:
    for entry in cast("list[object]", info.get("entries") or []):
        if isinstance(entry, dict):
            known = cast("Json", entry)
            # What is neither a song nor a broadcast: channels, playlists and deleted videos among results.
            if _text(known, "title") and (known.get("duration") or _is_live(known)):
                yield _track(known)


def _track(info: Json) -> Json:
    service = (_text(info, "ie_key") or _text(info, "extractor_key") or "http").lower()
    identifier, is_youtube = _text(info, "id"), service.startswith("youtube")
    address = f"https://www.youtube.com/watch?v={identifier}" if is_youtube else ""
    duration = info.get("duration")
    return {
        "identifier": identifier,
        "title": _text(info, "track") or _text(info, "title") or "Unknown title",
        "author": _author(info),
        "length": round(float(duration) * 1000) if isinstance(duration, int | float) else 0,
        "is_stream": _is_live(info),
        "source_name": "youtube" if is_youtube else service,
        "uri": address or _text(info, "webpage_url") or _text(info, "url"),
        "artwork_url": f"https://i.ytimg.com/vi/{identifier}/hqdefault.jpg" if is_youtube else _picture(info),
        "isrc": _text(info, "isrc") or None,
    }


def _author(info: Json) -> str:
    artists = info.get("artists")
    if isinstance(artists, list) and artists:
        return ", ".join(str(artist) for artist in cast("list[object]", artists))
    names = (_text(info, key) for key in ("artist", "channel", "uploader", "creator"))
    return next((name.removesuffix(" - Topic") for name in names if name), "Unknown artist")


def _picture(info: Json) -> str | None:
    thumbnails = info.get("thumbnails")
    if isinstance(thumbnails, list) and thumbnails and isinstance(thumbnails[-1], dict):
        return _text(cast("Json", thumbnails[-1]), "url") or None
    return _text(info, "thumbnail") or None


def _is_live(info: Json) -> bool:
    return bool(info.get("is_live")) or info.get("live_status") == "is_live"


def _text(info: Json, key: str) -> str:
    value = info.get(key)
    return value if isinstance(value, str) else ""


def _cause(error: Exception) -> BaseException:
    """Return what yt-dlp's DownloadError is about."""
    found = cast("tuple[object, ...] | None", getattr(error, "exc_info", None))
    cause = found[1] if found else None
    return cause if isinstance(cause, BaseException) else error


def failed(error: Exception) -> Json:
    """Return a LoadFailedError's fields; what yt-dlp expects to happen is the song's fault."""
    cause = _cause(error)
    is_expected = isinstance(cause, ExtractorError) and bool(cause.expected)
    is_network = isinstance(cause, ExtractorError | RequestError | OSError)
    message = re.sub(r"^(ERROR: )?(\[[^\]]+\] )?([\w-]{1,40}: )?", "", str(cause), count=1)
    first = message.splitlines()[0][:300] if message else type(cause).__name__
    severity = "common" if is_expected else "suspicious" if is_network else "fault"
    return {"message": first, "severity": severity, "cause": f"{type(cause).__name__}: {message[:1000]}"}


def main() -> None:
    """Serve until standard input ends; the argument is how many bytes of memory there may be."""
    bound_memory(int(sys.argv[1]))
    serve({"search": search, "load": load, "stream": stream}, failed)


if __name__ == "__main__":
    main()
