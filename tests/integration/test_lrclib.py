"""Words of songs from LRCLIB's API, on real sockets: the stand-in, and servers that mean no good."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bot.lyrics import lrclib
from bot.lyrics.lrclib import Lrclib
from bot.lyrics.lyrics import MOST_LINES, Lyrics, LyricsServiceError
from sandbox.lrclib import LrclibStandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

SONGS = [
    ("夜に駆ける", "YOASOBI", 258),
    ("Lemon", "米津玄師", 255),
    ("Lemon", "だれか", 200),
    ("群青", "YOASOBI", 248),
    ("打上花火", "DAOKO × 米津玄師", 289),
]


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stand_in() -> AsyncIterator[LrclibStandIn]:
    stand_in = LrclibStandIn(SONGS)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture
async def client(stand_in: LrclibStandIn, clock: Clock) -> AsyncIterator[Lrclib]:
    client = Lrclib(stand_in.url, clock)
    yield client
    await client.close()


def paths(stand_in: LrclibStandIn) -> list[object]:
    return [asked["path"] for asked in stand_in.requests]


async def test_a_videos_title_leads_to_the_lines_with_their_times(
    client: Lrclib, stand_in: LrclibStandIn
) -> None:
    lyrics = await client.find("YOASOBI「夜に駆ける」 Official Music Video", "Ayase / YOASOBI", 261_000)

    assert lyrics is not None
    assert lyrics.is_timed
    assert lyrics.lines[0] == (4_000, "「夜に駆ける」の言葉は、ここにはないけれど")
    assert lyrics.provider == "LRCLIB"
    # Too long for /api/get, which takes two seconds more or less.
    assert paths(stand_in) == ["/api/get", "/api/search"]
    assert {asked["agent"] for asked in stand_in.requests} == {"Otonari (Discord bot)"}


async def test_of_songs_with_one_name_the_length_and_the_artist_decide(client: Lrclib) -> None:
    assert (await client.find("Lemon", "米津玄師", 256_000)) is not None
    assert (await client.find("Lemon", "Kenshi Yonezu", 255_400)) is not None, "the same, in another script"
    assert (await client.find("Lemon", "Kenshi Yonezu", 258_000)) is None
    assert (await client.find("Lemon", "米津玄師", 265_000)) is None
    assert (await client.find("Lemon Tree", "米津玄師", 255_000)) is None


async def test_lines_without_times_and_songs_without_words_are_told_apart(client: Lrclib) -> None:
    plain = await client.find("群青", "YOASOBI", 248_000)
    instrumental = await client.find("打上花火", "DAOKO × 米津玄師", 289_000)

    assert plain is not None
    assert not plain.is_timed
    assert plain.lines
    assert instrumental == Lyrics("LRCLIB", [])


async def test_a_song_is_asked_for_once_whoever_asks_and_whether_it_is_known_or_not(
    client: Lrclib, stand_in: LrclibStandIn, clock: Clock
) -> None:
    first, *others = await asyncio.gather(*(client.find("Lemon", "米津玄師", 255_000) for _ in range(5)))
    assert all(other is first for other in others)
    assert await client.find("Lemon", "米津玄師", 255_000) is first
    assert paths(stand_in) == ["/api/get"]
    stand_in.requests.clear()
    assert await client.find("そんな歌はない", "だれか", 100_000) is None
    asked = len(stand_in.requests)
    assert await client.find("そんな歌はない", "だれか", 100_000) is None
    assert len(stand_in.requests) == asked
    clock.now += lrclib.UNKNOWN_SECONDS
    await client.find("そんな歌はない", "だれか", 100_000)
    assert len(stand_in.requests) == 2 * asked


async def test_what_is_kept_is_bounded(
    client: Lrclib, stand_in: LrclibStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lrclib, "KEPT_SONGS", 3)
    for number in range(6):
        await client.find(f"song {number}", "x", 100_000)
    stand_in.requests.clear()
    await client.find("song 5", "x", 100_000)
    assert not stand_in.requests
    await client.find("song 0", "x", 100_000)
    assert stand_in.requests


async def test_after_a_failure_there_is_silence_for_a_while_or_as_long_as_is_asked_for(
    client: Lrclib, stand_in: LrclibStandIn, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.lyrics")
    stand_in.faults.add({"action": "status", "status": 429, "headers": {"Retry-After": "99"}, "times": 1})
    for _ in range(3):
        with pytest.raises(LyricsServiceError):
            await client.find("Lemon", "米津玄師", 255_000)
    assert len(stand_in.requests) == 1
    (line,) = caplog.messages
    assert line == f"Lyrics: {stand_in.url} does not answer: status 429"
    clock.now += 98
    with pytest.raises(LyricsServiceError):
        await client.find("Lemon", "米津玄師", 255_000)
    clock.now += 1
    assert await client.find("Lemon", "米津玄師", 255_000) is not None


@pytest.mark.parametrize("action", ["reset", "truncate"])
async def test_a_broken_connection_is_a_failure_and_no_lyrics(
    client: Lrclib, stand_in: LrclibStandIn, action: Any
) -> None:
    stand_in.faults.add({"action": action})
    with pytest.raises(LyricsServiceError):
        await client.find("Lemon", "米津玄師", 255_000)


async def test_a_server_that_never_answers_ends_with_the_client(
    client: Lrclib, stand_in: LrclibStandIn
) -> None:
    stand_in.faults.add({"action": "hang"})
    asking = asyncio.create_task(client.find("Lemon", "米津玄師", 255_000))
    async with asyncio.timeout(60):
        while not stand_in.requests:
            await asyncio.sleep(0.01)
    await client.close()
    with pytest.raises(LyricsServiceError):
        await asking


@asynccontextmanager
async def answering(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[Lrclib]:
    app = web.Application()
    app.router.add_get("/api/{way}", answer)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = Lrclib(f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        yield client
    finally:
        await client.close()
        await runner.cleanup()


def record(**changes: object) -> dict[str, object]:
    return {
        "trackName": "Lemon",
        "artistName": "米津玄師",
        "duration": 255,
        "syncedLyrics": "[00:01.00]a",
    } | changes


NO_LYRICS_AT_ALL = {
    "HTML": b"<html><body>Welcome to the hotel</body></html>",
    "nothing": b"",
    "not UTF-8": b"\xff\xfe\xff",
    "too deep": b"[" * 100_000,
    "too large": b'"' + b"x" * (lrclib.MOST_BYTES + 1) + b'"',
}


@pytest.mark.parametrize("body", NO_LYRICS_AT_ALL.values(), ids=NO_LYRICS_AT_ALL.keys())
async def test_what_is_no_answer_of_the_api_is_a_failure(body: bytes) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    async with answering(answer) as client:
        with pytest.raises(LyricsServiceError):
            await client.find("Lemon", "米津玄師", 255_000)


ODD_RECORDS = [
    *(5, None, "x", [], {}, [[]], [None, 5]),
    record(duration=None),
    record(duration="255"),
    record(duration=True),
    record(duration=10**400),
    record(duration=-255),
    record(trackName=5),
    record(artistName=None),
    record(syncedLyrics=None, plainLyrics=" \n"),
    record(syncedLyrics={"a": 1}),
]


@pytest.mark.parametrize("odd", ODD_RECORDS, ids=range(len(ODD_RECORDS)))
async def test_an_odd_song_in_an_answer_is_none(odd: object) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(odd)

    async with answering(answer) as client:
        assert await client.find("Lemon", "米津玄師", 255_000) is None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_a_length_that_is_no_number_is_near_to_none(number: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        body = json.dumps(record(duration=0)).replace('"duration": 0', f'"duration": {number}')
        return web.Response(text=body, content_type="application/json")

    async with answering(answer) as client:
        assert await client.find("Lemon", "米津玄師", 255_000) is None


async def test_what_others_wrote_comes_in_bounded_lines_without_what_acts_unseen() -> None:
    hostile = "\n".join(
        ["[00:01.00]\x00\x07\u202eevil\u2066", *("[00:02.00]" + "x" * 9_000 for _ in range(9_000))]
    )

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(record(syncedLyrics=hostile[:400_000]))

    async with answering(answer) as client:
        lyrics = await client.find("Lemon", "米津玄師", 255_000)

    assert lyrics is not None
    assert lyrics.lines[0] == (1_000, "evil")
    assert len(lyrics.lines) <= MOST_LINES


async def test_a_redirect_is_not_followed() -> None:
    seen = list[str]()

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        raise web.HTTPFound("/api/elsewhere")

    async with answering(answer) as client:
        with pytest.raises(LyricsServiceError):
            await client.find("Lemon", "米津玄師", 255_000)
    assert seen == ["/api/get"]
