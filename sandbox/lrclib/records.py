"""What the stand-in knows of each song, in the shape of LRCLIB's answers: https://lrclib.net/docs."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]

MOST_FOUND = 20
NEAR_SECONDS = 2
"""How far a length may be off in ``/api/get``."""
FIRST_LINE, BETWEEN_LINES = 4.0, 4.0
"""Seconds: when the first line is sung, and from one to the next."""
LINES = (
    "「{title}」の言葉は、ここにはないけれど",
    "サンドボックスの歌なら歌えるよ",
    "となりの音が聞こえたら",
    "いっしょに口ずさもう",
    "窓をあけて 朝の風",
    "コーヒーの湯気がゆれている",
    "",
    "きのうのことは もういいさ",
    "次の駅まで 歩いていこう",
)
"""Of nobody's song; an empty one is played without words."""
UNTIMED = frozenset({"ドライフラワー", "群青"})
"""Songs whose lines have no times."""
INSTRUMENTAL = frozenset({"打上花火"})


class Song(NamedTuple):
    """A song that there is."""

    title: str
    artist: str
    seconds: int


class Records:
    """Finds songs as LRCLIB does: whole names in ``get``, parts of them in ``search``."""

    def __init__(self, songs: Iterable[Song]) -> None:
        self._records = [_record(number, song) for number, song in enumerate(songs, 1)]

    def get(self, title: str, artist: str, seconds: float | None) -> Json | None:
        """Return the song of this title and artist, and of about this length where one is given."""
        return next(
            (
                record
                for record in self._records
                if _fold(record["trackName"]) == _fold(title)
                and _fold(record["artistName"]) == _fold(artist)
                and (seconds is None or abs(record["duration"] - seconds) <= NEAR_SECONDS)
            ),
            None,
        )

    def search(self, words: str, title: str, artist: str) -> list[Json]:
        """Return the songs in which all words occur, by where they were asked for."""
        return [
            record
            for record in self._records
            if _has(f"{record['trackName']} {record['artistName']}", words)
            and _has(record["trackName"], title)
            and _has(record["artistName"], artist)
        ][:MOST_FOUND]


def _record(number: int, song: Song) -> Json:
    is_instrumental = song.title in INSTRUMENTAL
    lines = [] if is_instrumental else list(_lines(song))
    timed = "\n".join(f"[{_time(at)}] {words}".rstrip() for at, words in lines)
    return {
        "id": number,
        "name": song.title,
        "trackName": song.title,
        "artistName": song.artist,
        "albumName": song.title,
        "duration": float(song.seconds),
        "instrumental": is_instrumental,
        "plainLyrics": "\n".join(words for _at, words in lines) or None,
        "syncedLyrics": None if song.title in UNTIMED else timed or None,
    }


def _lines(song: Song) -> Iterable[tuple[float, str]]:
    at, number = FIRST_LINE, 0
    while at < song.seconds - BETWEEN_LINES:
        yield at, LINES[number % len(LINES)].format(title=song.title)
        at, number = at + BETWEEN_LINES, number + 1


def _time(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02}:{rest:05.2f}"


def _has(text: str, words: str) -> bool:
    return all(word in _fold(text) for word in _fold(words).split())


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
