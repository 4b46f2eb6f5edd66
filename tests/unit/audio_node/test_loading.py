"""From identifiers to LoadResults, in Lavalink's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from audio_node.audio.tone import tone_source
from audio_node.errors import LoadFailedError, SourceUnavailableError
from audio_node.loading import Loader
from audio_node.server.errors import RestError
from audio_node.sources.results import Playlist, SearchResult
from audio_node.track import Track

if TYPE_CHECKING:
    from audio_node.audio.media import Source as MediaSource
    from audio_node.sources.results import LoadResult

SONG = Track(identifier="1", title="夜に駆ける", author="YOASOBI", length=261_000, uri="one:1")
OTHER = Track(identifier="2", title="群青", author="YOASOBI", length=248_000, uri="one:2")


@dataclass
class One:
    """Knows whatever begins with its name."""

    result: LoadResult | Exception
    names: tuple[str, ...] = ("one",)

    def accepts(self, identifier: str) -> bool:
        return identifier.startswith(f"{self.names[0]}:")

    async def load(self, identifier: str) -> LoadResult:
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    async def media(self, track: Track) -> MediaSource:
        return tone_source(track.length)


def loader(result: LoadResult | Exception = SONG) -> Loader:
    return Loader([One(OTHER, ("another",)), One(result)])


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        (None, {"loadType": "empty", "data": None}),
        (SONG, {"loadType": "track", "data": SONG.as_json()}),
        (SearchResult((SONG, OTHER)), {"loadType": "search", "data": [SONG.as_json(), OTHER.as_json()]}),
        (
            Playlist("夜", (SONG, OTHER), 1),
            {
                "loadType": "playlist",
                "data": {
                    "info": {"name": "夜", "selectedTrack": 1},
                    "pluginInfo": {},
                    "tracks": [SONG.as_json(), OTHER.as_json()],
                },
            },
        ),
    ],
)
async def test_what_a_source_knows_is_answered_as_lavalink_does(
    result: LoadResult, answer: dict[str, object]
) -> None:
    assert await loader(result).load("one:1") == answer


async def test_what_no_source_accepts_is_empty() -> None:
    assert (await loader().load("nobody:1"))["loadType"] == "empty"


async def test_what_fails_is_told_with_how_bad_it_is() -> None:
    answer = await loader(LoadFailedError("Private video", "common", "ExtractorError: …")).load("one:1")
    exception = {"message": "Private video", "severity": "common", "cause": "ExtractorError: …"}
    assert answer == {"loadType": "error", "data": exception | {"causeStackTrace": "ExtractorError: …"}}


@pytest.mark.parametrize(
    ("result", "status", "words"),
    [
        (None, 400, "No matches"),
        (SearchResult((SONG,)), 400, "search result"),
        (Playlist("夜", (SONG,)), 400, "playlist"),
        (SourceUnavailableError("it is away"), 500, "it is away"),
    ],
)
async def test_only_one_track_can_be_played_by_its_identifier(
    result: LoadResult | Exception, status: int, words: str
) -> None:
    with pytest.raises(RestError, match=words) as error:
        await loader(result).load_one("one:1")
    assert error.value.status == status
    assert await loader().load_one("one:1") == SONG


async def test_the_sound_of_a_track_comes_from_the_source_that_knows_it() -> None:
    assert (await loader().media(SONG)).open().length_ms == SONG.length
    nobodys = Track(identifier="3", title="", author="", length=0, uri="nobody:3")
    with pytest.raises(LoadFailedError):
        await loader().media(nobodys)
