"""Links to audio files: what they say of themselves, and who may be asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from audio_node.errors import AudioError
from audio_node.sources.files import FilesSource
from tests.support.sound import encoded, sine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TAGS = {"title": "夜に駆ける", "artist": "YOASOBI"}
KINDS = [
    ("mp3", "libmp3lame", "mp3"), ("ogg", "libopus", "ogg"), ("flac", "flac", "flac"),
    ("ipod", "aac", "mp4"), ("webm", "libopus", "matroska/webm"), ("wav", "pcm_s16le", "wav"),
    ("adts", "aac", "adts"),
]  # fmt: skip
WITHOUT_TAGS = {"adts"}


@pytest.fixture
async def server() -> AsyncIterator[str]:
    files = {kind: encoded(sine(3), kind, codec, tags=TAGS) for kind, codec, _ in KINDS}
    files |= {"plain": encoded(sine(3), "flac", "flac"), "empty": b"", "junk": b"no sound at all" * 1000}

    async def get(request: web.Request) -> web.StreamResponse:
        return web.Response(body=files[request.match_info["name"]])

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("http://127.0.0.1:1/")

    app = web.Application()
    app.router.add_get("/elsewhere", elsewhere)
    app.router.add_get("/{name}", get)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(("kind", "probe"), [(kind, probe) for kind, _, probe in KINDS])
async def test_a_file_says_what_it_is(server: str, kind: str, probe: str) -> None:
    track = await FilesSource([server]).load(f"http://{server}/{kind}")

    assert track.probe == probe
    assert not track.is_stream
    assert track.length == pytest.approx(3_000, abs=150)
    if kind not in WITHOUT_TAGS:
        assert (track.title, track.author) == tuple(TAGS.values())


async def test_a_file_that_says_nothing_is_called_as_lavalink_calls_it(server: str) -> None:
    track = await FilesSource([server]).load(f"http://{server}/plain")
    assert (track.title, track.author) == ("Unknown title", "Unknown artist")
    media = (await FilesSource([server]).media(track)).open
    opened = await asyncio.to_thread(media)
    assert opened.length_ms == 3_000
    opened.close()


@pytest.mark.parametrize("name", ["empty", "junk", "elsewhere", "nothing"])
async def test_what_is_no_sound_fails_with_words(server: str, name: str) -> None:
    with pytest.raises(AudioError, match=r"\w"):
        await FilesSource([server]).load(f"http://{server}/{name}")


def test_only_hosts_that_were_named_are_asked() -> None:
    source = FilesSource(["radio.example", "*.music.example:8000"])
    assert source.accepts("https://radio.example/live")
    assert source.accepts("http://a.music.example:8000/live")
    for link in (
        "https://example/",
        "http://radio.example:81/",
        "http://user@radio.example/",
        "ftp://radio.example/",
    ):
        assert not source.accepts(link)
