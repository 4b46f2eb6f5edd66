"""The songs that the stand-in knows, how they are found, and plausible ones for queries it does not know."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from audio_node.sources.results import Playlist
from audio_node.track import LIVE_LENGTH, Track

_MOST_RESULTS = 10
_MIX = 20
NO_SUCH_SONG = re.compile(r"no such song|存在しない曲", re.IGNORECASE)
"""Words for which nothing is found, so that people and tests can see what happens then."""
_LISTS = {
    "jpop": "J-POP ヒット曲集",
    "anime": "アニメソング名曲選",
    "western": "Western classics",
}
_AUDIO = {
    "mp3": "mp3",
    "ogg": "ogg",
    "opus": "ogg",
    "flac": "flac",
    "wav": "wav",
    "m4a": "mp4",
    "webm": "matroska/webm",
}
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


@dataclass(frozen=True, slots=True)
class _Song:
    track: Track
    tags: frozenset[str]
    title: str
    text: str
    """Title, artist and aliases, folded."""


class Catalogue:
    """Songs with links and pictures under ``base_url``, the address of the stand-in."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        with (Path(__file__).parent / "songs.tsv").open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            self._songs = [self._song(row) for row in rows]
        self._by_identifier = {song.track.identifier: song for song in self._songs}

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Return every song."""
        return tuple(song.track for song in self._songs)

    def playlist_urls(self) -> dict[str, str]:
        """Return the link of each playlist by its name."""
        return {name: f"{self._base_url}/playlist?list={key}" for key, name in _LISTS.items()}

    def search(self, query: str, source: str = "youtube") -> list[Track]:
        """Return what fits ``query`` best, first; made-up songs where none does; nothing for NO_SUCH_SONG."""
        if NO_SUCH_SONG.search(query) or not fold(query):
            return []
        scored = [(_score(song, fold(query)), song.track) for song in self._songs]
        found = [track for score, track in sorted(scored, key=lambda item: -item[0]) if score > 0]
        results = found[:_MOST_RESULTS] or self._made_up(query.strip())
        return [_from(source, track) for track in results]

    def by_identifier(self, identifier: str) -> Track:
        """Return the song with this id; for an id that is not in the catalogue, a made-up one."""
        song = self._by_identifier.get(identifier)
        return (
            song.track
            if song
            else self._track(f"動画 {identifier}", "YouTube", _length_of(identifier), identifier)
        )

    def by_url(self, url: str) -> Track | Playlist | None:
        """Return what a link leads to: a song, a playlist, a mix or an audio file; None for anything else."""
        parts = urlsplit(url)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        identifier = query.get("v") or (parts.path[1:] if parts.hostname == "youtu.be" else None)
        if "list" in query:
            return self._playlist(query["list"], identifier)
        if identifier:
            return self.by_identifier(identifier)
        return self._file(url, unquote(parts.path))

    def _playlist(self, key: str, identifier: str | None) -> Playlist | None:
        if key.startswith("RD"):
            seed = self.by_identifier(key.removeprefix("RD"))
            song = self._by_identifier.get(seed.identifier)
            tags = song.tags if song else frozenset({"jpop"})
            similar = [other.track for other in self._songs if other.tags & tags and other.track != seed]
            return Playlist(f"Mix – {seed.title}", (seed, *similar[:_MIX]), 0)
        if key not in _LISTS:
            return None
        tracks = tuple(song.track for song in self._songs if key in song.tags)
        identifiers = [track.identifier for track in tracks]
        selected = identifiers.index(identifier) if identifier in identifiers else -1
        return Playlist(_LISTS[key], tracks, selected)

    def _file(self, url: str, path: str) -> Track | None:
        """Return an audio file, untagged as most are, or a stream."""
        extension = path.rpartition(".")[2]
        if extension.lower() in {"m3u8", "pls"}:
            return Track(
                identifier=url, title="Unknown title", author="Unknown artist", length=LIVE_LENGTH,
                is_stream=True, source_name="http", uri=url, probe="m3u",
            )  # fmt: skip
        if extension.lower() not in _AUDIO:
            return None
        return Track(
            identifier=url, title="Unknown title", author="Unknown artist", length=_length_of(url),
            source_name="http", uri=url, probe=_AUDIO[extension.lower()],
        )  # fmt: skip

    def _song(self, row: dict[str, str]) -> _Song:
        track = self._track(row["title"], row["artist"], _milliseconds(row["length"]), row["identifier"])
        text = fold(" ".join([row["title"], row["artist"], row["aliases"]]))
        return _Song(track, frozenset(row["tags"].split(",")), fold(row["title"]), text)

    def _track(self, title: str, author: str, length: int, identifier: str = "") -> Track:
        identifier = identifier or _identifier(title, author)
        return Track(
            identifier=identifier,
            title=title,
            author=author,
            length=length,
            is_stream=length == LIVE_LENGTH,
            uri=f"{self._base_url}/watch?v={identifier}",
            artwork_url=f"{self._base_url}/artwork/{identifier}.svg",
        )

    def _made_up(self, query: str) -> list[Track]:
        singer = query.rsplit(maxsplit=1)[-1][:40]
        versions = ((query, singer), (f"{query} (Live)", singer), (f"{query} (Piano Cover)", "Otonari Piano"))
        return [self._track(title, author, _length_of(title)) for title, author in versions]


def catalogue_songs() -> list[tuple[str, str, int]]:
    """Return title, artist and length in seconds of every song; streams have none."""
    songs = (track for track in Catalogue("").tracks if not track.is_stream)
    return [(track.title, track.author, track.length // 1000) for track in songs]


def fold(text: str) -> str:
    """Return ``text`` without differences of width, case, kana and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_KATAKANA)
    return " ".join(re.sub(r"[^\w\s]", " ", folded).split())


def _score(song: _Song, query: str) -> int:
    """Return how well a folded ``query`` fits: the whole title counts most, then its words, then others."""
    tokens = query.split()
    known = song.text.split()
    score = sum(
        4 if token in song.title.split() else 3 if token in known else 2 if _within(token, song) else 0
        for token in tokens
    )
    if score < len(tokens):  # a word that nobody knows counts against
        return 0
    return score + 10 * (song.title == query) + 5 * (song.title in query)


def _within(token: str, song: _Song) -> bool:
    """Tell whether ``token`` begins a word, or, in a script without spaces, occurs in one."""
    if token.isascii():
        return any(word.startswith(token) for word in song.text.split())
    return token in song.text


def _from(source: str, track: Track) -> Track:
    return track if source == "youtube" else Track(
        identifier=track.identifier, title=track.title, author=track.author, length=track.length,
        source_name=source, uri=track.uri, artwork_url=track.artwork_url, is_stream=track.is_stream,
    )  # fmt: skip


def _milliseconds(length: str) -> int:
    if length == "live":
        return LIVE_LENGTH
    minutes, seconds = length.split(":")
    return (int(minutes) * 60 + int(seconds)) * 1000


def _identifier(*parts: str) -> str:
    """Return an id of the length and alphabet of YouTube's."""
    return base64.urlsafe_b64encode(hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).digest())[
        :11
    ].decode()


def _length_of(text: str) -> int:
    """Return the length of a made-up song: two and a half to five and a half minutes, always the same."""
    return (150 + hashlib.sha256(text.encode("utf-8", "replace")).digest()[0] % 180) * 1000
