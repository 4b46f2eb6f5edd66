"""Asks a server of LRCLIB's API for a song's words: https://lrclib.net/docs.

Titles and artists of songs leave this machine, so there is none unless the owner names one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

import aiohttp

from bot.background_tasks import cancel_and_wait
from bot.lyrics.lrc import parse_lrc
from bot.lyrics.lyrics import MOST_LINES, USER_AGENT, Lyrics, LyricsServiceError, clean_line
from bot.lyrics.song_name import SongName, same_artist, same_title, song_names
from bot.storable_text import sanitize_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger(__name__)

PROVIDER = "LRCLIB"
TIMEOUT = aiohttp.ClientTimeout(total=8.0, connect=4.0)
MOST_BYTES = 512 * 1024
"""Of an answer: it has twenty songs at most."""
MOST_TEXT = 100_000
"""Characters of one song's words that are read."""
NEAR_SECONDS, EXACT_SECONDS = 4.0, 1.0
"""How far a song's length may be off: with the artist that was asked for, and with another, whose name may be
the same in another script."""
LONGEST_SECONDS = 86_400
KEPT_SONGS = 256
FOUND_SECONDS, UNKNOWN_SECONDS = 6 * 3600.0, 3600.0
"""How long a song's words are kept, and that nobody knows them."""
PAUSE_SECONDS, LONGEST_PAUSE = 30.0, 600.0
"""How long nothing is asked after a failure; the server may ask for more, up to the second."""


@dataclass(frozen=True, slots=True)
class _Song:
    """What is asked for."""

    title: str
    author: str
    seconds: float


class Lrclib:
    """One server of the API, with a memory of the last `KEPT_SONGS` songs.

    However many want a song, it is asked for once at a time. Use it in the loop that closes it.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        """``url`` is the server's, without ``/api`` and without a slash at the end."""
        self._url = url
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._known: OrderedDict[_Song, tuple[float, Lyrics | None]] = OrderedDict()
        """With the time until which it is believed."""
        self._asking: dict[_Song, asyncio.Task[Lyrics | None]] = {}
        self._pauses_until = -math.inf

    async def close(self) -> None:
        """End the requests, and the connection."""
        await cancel_and_wait(*self._asking.values())
        if self._session is not None:
            await self._session.close()

    async def find(self, title: str, author: str, length_ms: int) -> Lyrics | None:
        """Return the words of a song as its source names it; None where nobody knows them.

        Raises LyricsServiceError.
        """
        song = _Song(sanitize_text(title), sanitize_text(author), length_ms / 1000)
        until, lyrics = self._known.get(song, (-math.inf, None))
        if self._clock() < until:
            self._known.move_to_end(song)
            return lyrics
        task = self._asking.get(song)
        if task is None:
            task = self._asking[song] = asyncio.create_task(self._ask(song))
            task.add_done_callback(lambda done: self._answered(song, done))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():  # by `close`, and not whoever asks
                raise LyricsServiceError from None
            raise

    def _answered(self, song: _Song, task: asyncio.Task[Lyrics | None]) -> None:
        del self._asking[song]
        if not task.cancelled():
            task.exception()  # Whoever asked may have gone; it is logged already.

    async def _ask(self, song: _Song) -> Lyrics | None:
        best: _Record | None = None
        for path, query, name in _attempts(song):
            found = await self._get(path, query)
            best = _best([*found, *([best] if best else [])], name, song.seconds)
            if best is not None and (best.is_timed or path == "search"):
                break
        lyrics = best.lyrics() if best else None
        self._keep(song, lyrics)
        return lyrics

    def _keep(self, song: _Song, lyrics: Lyrics | None) -> None:
        self._known[song] = self._clock() + (UNKNOWN_SECONDS if lyrics is None else FOUND_SECONDS), lyrics
        self._known.move_to_end(song)
        while len(self._known) > KEPT_SONGS:
            self._known.popitem(last=False)

    async def _get(self, path: str, query: Mapping[str, str]) -> list[_Record]:
        """Return the songs in an answer; none where the server knows none. Raises LyricsServiceError."""
        if self._clock() < self._pauses_until:
            raise LyricsServiceError
        try:
            return await self._request(path, query)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError) as error:
            self._pauses_until = max(self._pauses_until, self._clock() + PAUSE_SECONDS)
            log.info("Lyrics: %s does not answer: %s", self._url, _reason(error))
            raise LyricsServiceError from error

    async def _request(self, path: str, query: Mapping[str, str]) -> list[_Record]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, headers={"User-Agent": USER_AGENT})
        async with self._session.get(
            f"{self._url}/api/{path}", params=query, allow_redirects=False
        ) as response:
            if response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}:
                return []  # Not even asked for properly: an odd title is nothing to be silent for.
            if response.status != HTTPStatus.OK:
                self._pauses_until = self._clock() + _retry_after(response.headers.get("Retry-After", ""))
                raise ValueError(f"status {response.status}")
            body = await _bounded(response)
        answer: object = json.loads(body)
        records = cast("Sequence[object]", answer) if isinstance(answer, list) else [answer]
        return [record for entry in records if (record := _Record.of(entry)) is not None]


@dataclass(frozen=True, slots=True)
class _Record:
    """A song of the server: https://lrclib.net/docs."""

    title: str
    artist: str
    seconds: float
    is_instrumental: bool
    text: str
    timed: str

    @classmethod
    def of(cls, entry: object) -> _Record | None:
        """Return an object of the answer as a song; None for anything else."""
        if not isinstance(entry, Mapping):
            return None
        fields = cast("Mapping[str, object]", entry)
        title, artist, seconds = (fields.get(key) for key in ("trackName", "artistName", "duration"))
        if not (isinstance(title, str) and isinstance(artist, str)):
            return None
        if not (isinstance(seconds, int | float) and 0 < seconds < LONGEST_SECONDS):  # nor NaN
            return None
        text, timed = (
            str(words)[:MOST_TEXT] if isinstance(words := fields.get(key), str) else ""
            for key in ("plainLyrics", "syncedLyrics")
        )
        is_instrumental = fields.get("instrumental") is True
        if not (is_instrumental or text.strip() or timed.strip()):
            return None
        return cls(title, artist, seconds, is_instrumental, text, timed)

    @property
    def is_timed(self) -> bool:
        return bool(self.timed) or self.is_instrumental

    def lyrics(self) -> Lyrics:
        if timed := parse_lrc(self.timed):
            return Lyrics(PROVIDER, timed)
        return Lyrics(PROVIDER, [(None, clean_line(line)) for line in self.text.splitlines()[:MOST_LINES]])


def _attempts(song: _Song) -> Iterator[tuple[str, Mapping[str, str], SongName]]:
    """Yield what to ask for until a song is found: paths and queries, with the name that is meant."""
    names = song_names(song.title, song.author)
    if not names:
        return
    first = names[0]
    if first.artist:
        length = {"duration": str(round(song.seconds))}
        yield "get", {"track_name": first.title, "artist_name": first.artist, **length}, first
    for name in names:
        named = {"track_name": name.title, "artist_name": name.artist}
        yield "search", {key: value for key, value in named.items() if value}, name
    if first.artist:
        yield (
            "search",
            {"track_name": first.title},
            first,
        )  # The artist's name may be in another script there.


def _best(found: Sequence[_Record], name: SongName, seconds: float) -> _Record | None:
    """Return the song that is meant: timed ones first, then by the artist, then by the length."""

    def rank(record: _Record) -> tuple[bool, bool, float]:
        return not record.is_timed, not same_artist(record.artist, name.artist), _off(record, seconds)

    return min((record for record in found if _is_meant(record, name, seconds)), key=rank, default=None)


def _is_meant(record: _Record, name: SongName, seconds: float) -> bool:
    is_artists = not name.artist or same_artist(record.artist, name.artist)
    tolerance = NEAR_SECONDS if is_artists else EXACT_SECONDS
    return same_title(record.title, name.title) and _off(record, seconds) <= tolerance


def _off(record: _Record, seconds: float) -> float:
    return abs(record.seconds - seconds)


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """Return the body; raises ValueError for one that is too long."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES} bytes")
    return bytes(body)


def _retry_after(header: str) -> float:
    """Return the seconds to be silent: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3."""
    asked = float(header) if header.isdecimal() and header.isascii() else PAUSE_SECONDS
    return min(max(asked, PAUSE_SECONDS), LONGEST_PAUSE)


def _reason(error: BaseException) -> str:
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | RecursionError):
        return "the answer is no JSON"
    return str(error) or type(error).__name__
