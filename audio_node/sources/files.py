"""Audio files and broadcasts of web servers that the node's owner named."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from audio_node.errors import LoadFailedError
from audio_node.sources.reach import host_of, is_named, named_hosts_only
from audio_node.sources.web_media import web_media
from audio_node.track import LIVE_LENGTH, Track

if TYPE_CHECKING:
    from collections.abc import Collection

    from audio_node.audio.container import ContainerMedia
    from audio_node.audio.media import Source as MediaSource

_MOST_AT_ONCE = 8
_SECONDS = 30.0
_PROBES = {"matroska,webm": "matroska/webm", "mov,mp4,m4a,3gp,3g2,mj2": "mp4", "aac": "adts", "hls": "m3u"}
"""Lavaplayer's names of FFmpeg's formats, where they differ."""


class FilesSource:
    """Plays links to ``hosts``, which may be ``name``, ``name:port`` and ``*.name``."""

    names = ("http",)

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = hosts
        self._turns = asyncio.Semaphore(_MOST_AT_ONCE)

    def accepts(self, identifier: str) -> bool:
        """Tell whether it is a link to one of the hosts."""
        host = host_of(identifier)
        return host is not None and is_named(host, self._hosts)

    async def load(self, identifier: str) -> Track:
        """Return what the file says of itself; raises AudioError."""
        try:
            async with self._turns, asyncio.timeout(_SECONDS):
                return await asyncio.to_thread(self._read, identifier)
        except TimeoutError as error:
            raise LoadFailedError("The server took too long to answer.", "suspicious") from error

    async def media(self, track: Track) -> MediaSource:
        """Return the sound of ``track``."""
        return self._media(track.uri or track.identifier)

    def _media(self, url: str) -> MediaSource:
        return web_media(url, named_hosts_only(self._hosts))

    def _read(self, url: str) -> Track:
        media = web_media(url, named_hosts_only(self._hosts)).open()
        try:
            return _track(url, media)
        finally:
            media.close()


def _track(url: str, media: ContainerMedia) -> Track:
    """Return the track; one without tags is called as Lavalink calls it."""
    tags = {key.lower(): value.strip() for key, value in media.tags.items()}
    length = media.length_ms
    return Track(
        identifier=url,
        title=tags.get("title") or "Unknown title",
        author=tags.get("artist") or tags.get("album_artist") or "Unknown artist",
        length=LIVE_LENGTH if length is None else length,
        source_name="http",
        uri=url,
        isrc=tags.get("tsrc") or tags.get("isrc"),
        is_stream=length is None,
        probe=_PROBES.get(media.format_name, media.format_name.partition(",")[0]),
    )
