"""yt-dlp in its worker, as the node uses it; a plugin of yt-dlp stands in for the services.

https://github.com/yt-dlp/yt-dlp#developing-plugins
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from audio_node.errors import LoadFailedError
from audio_node.sources.results import Playlist, SearchResult
from audio_node.sources.services import ServicesSource, _StreamSource
from audio_node.sources.worker_pool import WorkerPool
from audio_node.track import LIVE_LENGTH, Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.asyncio
PLUGIN = """
import os
from yt_dlp.extractor.common import InfoExtractor, SearchInfoExtractor
from yt_dlp.extractor.youtube import YoutubeIE, YoutubeTabIE, YoutubeSearchIE
from yt_dlp.utils import ExtractorError

def song(name):
    return {"id": name, "title": "夜に駆ける " + name, "channel": "YOASOBI - Topic", "duration": 261.5}

class _Video(YoutubeIE, plugin_name="otonari"):
    def _real_extract(self, url):
        name = self._match_id(url)
        if name == "private0000":
            raise ExtractorError("Private video. Sign in if you have access", expected=True, video_id=name)
        if name == "broken00000":
            raise KeyError("playerResponse")
        if name == "dies0000000":
            os._exit(9)
        if name == "live0000000":
            return song(name) | {"is_live": True, "duration": None, "formats": [
                {"format_id": "1", "url": "https://manifest.example/a.m3u8", "protocol": "m3u8_native"}]}
        return song(name) | {"formats": [
            {"format_id": "140", "url": "https://bytes.example/aac", "acodec": "mp4a.40.2", "vcodec": "none"},
            {"format_id": "251", "url": "https://bytes.example/opus?expire=1900000000", "acodec": "opus",
             "vcodec": "none", "http_headers": {"User-Agent": "x"}}]}

class _Tab(YoutubeTabIE, plugin_name="otonari"):
    def _real_extract(self, url):
        watch = "https://www.youtube.com/watch?v="
        entries = [self.url_result(watch + name, "Youtube", name, name, duration=60)
                   for name in ("first000000", "second00000")]
        deleted = self.url_result(watch + "gone0000000", "Youtube", "gone0000000")
        return self.playlist_result([*entries, deleted], "PL1", "夜の曲")

class _Search(YoutubeSearchIE, plugin_name="otonari"):
    def _get_n_results(self, query, n):
        names = [] if query == "nothing" else ["found%06d" % number for number in range(n)]
        return self.playlist_result([self.url_result(
            "https://www.youtube.com/watch?v=" + name, "Youtube", name, query, duration=60, channel="A")
            for name in names])
"""


@pytest.fixture
async def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ServicesSource]:
    plugin = tmp_path / "yt_dlp_plugins" / "extractor" / "otonari.py"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(PLUGIN, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    workers = WorkerPool("audio_node.sources.extraction", size=1)
    yield ServicesSource(workers)
    await workers.close()


def watch(name: str) -> str:
    return f"https://www.youtube.com/watch?v={name}"


async def test_a_link_and_a_bare_id_are_the_same_track(source: ServicesSource) -> None:
    track = await source.load(watch("song0000000"))
    assert track == await source.load("song0000000")
    assert track == Track(
        identifier="song0000000",
        title="夜に駆ける song0000000",
        author="YOASOBI",
        length=261_500,
        uri=watch("song0000000"),
        artwork_url="https://i.ytimg.com/vi/song0000000/hqdefault.jpg",
    )


async def test_a_broadcast_has_no_end(source: ServicesSource) -> None:
    track = await source.load(watch("live0000000"))
    assert isinstance(track, Track)
    assert (track.is_stream, track.length) == (True, LIVE_LENGTH)


async def test_the_bytes_are_opus_where_there_is_any(source: ServicesSource) -> None:
    track = await source.load("song0000000")
    assert isinstance(track, Track)
    stream = cast("_StreamSource", await source.media(track)).stream
    assert (stream.url, stream.expires_at) == ("https://bytes.example/opus?expire=1900000000", 1_900_000_000)
    assert stream.headers["User-Agent"] == "x"


async def test_a_playlist_keeps_what_is_there_and_which_was_meant(source: ServicesSource) -> None:
    playlist = await source.load("https://www.youtube.com/playlist?list=PL1")
    assert isinstance(playlist, Playlist)
    assert (playlist.name, playlist.selected) == ("夜の曲", -1)
    assert [track.identifier for track in playlist.tracks] == ["first000000", "second00000"]
    meant = await source.load(f"{watch('second00000')}&list=PL1")
    assert isinstance(meant, Playlist)
    assert meant.selected == 1


async def test_a_search_gives_songs_or_nothing(source: ServicesSource) -> None:
    found = await source.load("ytsearch:Lemon: the song?")
    assert isinstance(found, SearchResult)
    assert {track.title for track in found.tracks} == {"Lemon: the song?"}
    assert await source.load("ytsearch:nothing") is None
    assert await source.load("ytsearch: ") is None


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/song.mp3",
        "https://no-service.example/a.mp3",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
    ],
)
async def test_what_is_no_service_s_is_nothing_and_is_not_fetched(
    source: ServicesSource, address: str
) -> None:
    assert await source.load(address) is None


@pytest.mark.parametrize(
    ("name", "severity", "words"),
    [
        ("private0000", "common", "Private video"),
        ("broken00000", "fault", "playerResponse"),
        ("dies0000000", "fault", "broke"),
    ],
)
async def test_what_cannot_be_loaded_is_told_and_the_next_one_is_loaded(
    source: ServicesSource, name: str, severity: str, words: str
) -> None:
    with pytest.raises(LoadFailedError, match=words) as failure:
        await source.load(watch(name))
    assert failure.value.severity == severity
    assert await source.load("song0000000") is not None
