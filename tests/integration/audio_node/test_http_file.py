"""Files of web servers that behave well, badly, or lead elsewhere."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from audio_node.audio.container import ContainerSource
from audio_node.audio.frame_maker import FrameMaker, Place
from audio_node.audio.http_file import HttpFile
from audio_node.audio.pipeline import Settings
from audio_node.errors import AudioError, SourceUnavailableError
from tests.support.sound import decoded, encoded, frequency, sine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

CONTENT = bytes(index % 251 for index in range(300_000))


class Server:
    """Serves ``CONTENT`` in several ways."""

    def __init__(self) -> None:
        self.url = ""
        self.ranges: list[str] = []
        self.breaks = 0
        self.before_it_breaks = 50_000
        self.gate = asyncio.Event()

    def _part(self, request: web.Request) -> tuple[int, bytes]:
        self.ranges.append(request.headers["Range"])
        begin = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        return begin, CONTENT[begin:]

    async def parts(self, request: web.Request) -> web.StreamResponse:
        begin, content = self._part(request)
        where = f"bytes {begin}-{len(CONTENT) - 1}/{len(CONTENT)}"
        return web.Response(status=206, body=content, headers={"Content-Range": where})

    async def whole(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=CONTENT)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(CONTENT)
        return response

    async def breaking(self, request: web.Request) -> web.StreamResponse:
        begin, content = self._part(request)
        if self.breaks:
            self.breaks -= 1
            response = web.StreamResponse(status=206)
            response.content_length = len(content)
            response.headers["Content-Range"] = f"bytes {begin}-{len(CONTENT) - 1}/{len(CONTENT)}"
            await response.prepare(request)
            await response.write(content[: self.before_it_breaks])
            assert request.transport is not None
            request.transport.abort()
            return response
        return await self.parts(request)

    async def wrong_part(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=206, body=b"x", headers={"Content-Range": "bytes 7-7/8"})

    async def redirect(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(request.query["to"])

    async def round(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/round")

    async def stall(self, request: web.Request) -> web.StreamResponse:
        await self.gate.wait()
        return web.Response()

    async def playlist(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=segments(request), content_type="application/vnd.apple.mpegurl")

    async def segment(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=encoded(sine(1, float(request.query["hertz"])), "mpegts", "aac"))


NAMES = ["parts", "whole", "stream", "breaking", "wrong_part", "redirect", "round", "stall", "segment"]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    for name in (
        "parts",
        "whole",
        "stream",
        "breaking",
        "wrong_part",
        "redirect",
        "round",
        "stall",
        "segment",
    ):
        app.router.add_get(f"/{name}", getattr(server, name))
    app.router.add_get("/list.m3u8", server.playlist)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    server.gate.set()
    await runner.cleanup()


def anywhere(_url: str, _address: str | None) -> None:
    """Allow everything."""


async def reading(url: str, read: Callable[[HttpFile], bytes]) -> bytes:
    """Return what ``read`` gives in a thread, as a track's thread would."""

    def run() -> bytes:
        with HttpFile(url, anywhere) as file:
            return read(file)

    return await asyncio.to_thread(run)


def all_of(file: HttpFile) -> bytes:
    return b"".join(iter(lambda: file.read(10_000), b""))


@pytest.mark.parametrize(("path", "seekable"), [("parts", True), ("whole", True), ("stream", False)])
async def test_a_file_is_read_to_its_end(server: Server, path: str, seekable: bool) -> None:
    def read(file: HttpFile) -> bytes:
        assert file.seekable() == seekable
        return all_of(file)

    assert await reading(f"{server.url}/{path}", read) == CONTENT


async def test_parts_are_asked_for_and_small_steps_are_read(server: Server) -> None:
    def read(file: HttpFile) -> bytes:
        found = b""
        for position, whence in ((200_000, 0), (1_000, 1), (-10, 2), (5, 0)):
            file.seek(position, whence)
            found += file.read(4)
        assert file.tell() == 9
        return found

    expected = b"".join(CONTENT[at : at + 4] for at in (200_000, 201_004, 299_990, 5))
    assert await reading(f"{server.url}/parts", read) == expected
    assert server.ranges == ["bytes=0-", "bytes=200000-", "bytes=299990-", "bytes=5-"]


async def test_behind_the_end_there_is_nothing_and_nobody_is_asked(server: Server) -> None:
    def read(file: HttpFile) -> bytes:
        file.seek(10**9)
        return file.read(10)

    assert await reading(f"{server.url}/parts", read) == b""
    assert len(server.ranges) == 1


async def test_where_there_are_no_parts_everything_before_is_read(server: Server) -> None:
    def read(file: HttpFile) -> bytes:
        found = b""
        for position in (200_000, 5, 299_990):
            file.seek(position)
            found += file.read(4)
        return found

    expected = b"".join(CONTENT[at : at + 4] for at in (200_000, 5, 299_990))
    assert await reading(f"{server.url}/whole", read) == expected


async def test_where_nobody_knows_the_end_nobody_can_seek(server: Server) -> None:
    def read(file: HttpFile) -> bytes:
        with pytest.raises(io.UnsupportedOperation):
            file.seek(5)
        return file.read(3)

    assert await reading(f"{server.url}/stream", read) == CONTENT[:3]


async def test_a_broken_connection_is_taken_up_where_it_broke(server: Server) -> None:
    server.breaks = 3
    assert await reading(f"{server.url}/breaking", all_of) == CONTENT
    assert server.ranges[-1] == "bytes=150000-"


async def test_one_that_breaks_again_and_again_is_given_up(server: Server) -> None:
    server.breaks, server.before_it_breaks = 10**6, 0
    with pytest.raises(SourceUnavailableError, match="broke"):
        await reading(f"{server.url}/breaking", all_of)
    assert len(server.ranges) == 4


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nothing", "404"),
        ("wrong_part", "another part"),
        ("redirect?to=/round", "round and round"),
    ],
)
async def test_what_goes_wrong_is_said(server: Server, path: str, words: str) -> None:
    with pytest.raises(SourceUnavailableError, match=words):
        await reading(f"{server.url}/{path}", all_of)


async def test_redirects_are_followed_and_each_address_is_asked_about(server: Server) -> None:
    asked: list[tuple[str, str | None]] = []

    def run() -> bytes:
        with HttpFile(f"{server.url}/redirect?to=/parts", lambda *where: asked.append(where)) as file:
            return all_of(file)

    assert await asyncio.to_thread(run) == CONTENT
    assert asked == [
        (f"{server.url}/redirect?to=/parts", None),
        (f"{server.url}/redirect?to=/parts", "127.0.0.1"),
        (f"{server.url}/parts", None),
        (f"{server.url}/parts", "127.0.0.1"),
    ]


@pytest.mark.parametrize("by_address", [False, True])
async def test_an_address_that_is_refused_is_never_asked(server: Server, by_address: bool) -> None:
    def refuse(url: str, address: str | None) -> None:
        if "/parts" in url and (address is not None) == by_address:
            raise SourceUnavailableError("not there")

    with pytest.raises(SourceUnavailableError, match="not there"):
        await asyncio.to_thread(HttpFile, f"{server.url}/redirect?to=/parts", refuse)
    assert server.ranges == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://", "gopher://x", "http://[::"]
)
async def test_redirects_to_anything_but_the_web_are_refused(server: Server, target: str) -> None:
    with pytest.raises(SourceUnavailableError):
        await reading(f"{server.url}/redirect?to={target}", all_of)


@pytest.mark.parametrize(
    "url", ["", "x", "http://127.0.0.1:1/", "http://127.0.0.1:99999/", "http://a b/", "http://\udcff/"]
)
async def test_addresses_that_nobody_can_ask_are_said(url: str) -> None:
    with pytest.raises(SourceUnavailableError):
        await reading(url, all_of)


async def test_a_server_that_stalls_is_left(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio_node.audio.http_file._TIMEOUT", 0.05)
    with pytest.raises(SourceUnavailableError, match="too long"):
        await reading(f"{server.url}/stall", all_of)


def segments(request: web.Request) -> str:
    base = request.url.origin()
    lines = [f"#EXTINF:1.0,\n{base}/segment?hertz={hertz}\n" for hertz in (440, 880)]
    return "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n" + "".join(lines) + "#EXT-X-ENDLIST\n"


async def test_a_playlist_is_heard_segment_by_segment(server: Server) -> None:
    def run() -> list[bytes]:
        media = ContainerSource(
            lambda: HttpFile(f"{server.url}/list.m3u8", anywhere),  # type: ignore[arg-type, return-value]
            lambda url: HttpFile(url, anywhere),  # type: ignore[arg-type, return-value]
        ).open()
        maker = FrameMaker(media, Settings(), Place(0, 0), skips=True)
        frames = [frame.packet for made in iter(maker.more, None) for frame in made]
        media.close()
        return frames

    packets = await asyncio.to_thread(run)
    assert len(packets) == pytest.approx(100, abs=5)
    assert frequency(decoded(packets[10:40])) == pytest.approx(440, abs=5)
    assert frequency(decoded(packets[60:90])) == pytest.approx(880, abs=5)


async def test_what_a_playlist_leads_to_is_asked_about_like_anything_else(server: Server) -> None:
    asked: list[str] = []

    def check(url: str, _address: str | None) -> None:
        asked.append(url)
        if "segment" in url:
            raise SourceUnavailableError("not there")

    source = ContainerSource(
        lambda: HttpFile(f"{server.url}/list.m3u8", check),  # type: ignore[arg-type, return-value]
        lambda url: HttpFile(url, check),  # type: ignore[arg-type, return-value]
    )
    with pytest.raises(AudioError):
        await asyncio.to_thread(lambda: source.open().read())
    assert any("segment" in url for url in asked)
    assert server.ranges == []
