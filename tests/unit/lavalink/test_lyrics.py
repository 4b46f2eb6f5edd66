from __future__ import annotations

from unittest.mock import AsyncMock, Mock

import pytest
import wavelink

from bot.lavalink import LyricsUnavailableError, NoLyricsError, Requester, RequestRefusedError, Track
from bot.lavalink.lyrics import Lyrics, lyrics_of

SONG = Track(
    encoded="QAAA",
    identifier="id",
    title="夜に駆ける",
    author="YOASOBI",
    length_ms=261_000,
    is_stream=False,
    is_seekable=True,
    source="youtube",
    requester=Requester(1, "はる"),
)


def node(**send: object) -> Mock:
    return Mock(spec=wavelink.Node, send=AsyncMock(**send))


def refused(status: int) -> wavelink.LavalinkException:
    return wavelink.LavalinkException(
        data={"timestamp": 1, "status": status, "error": "no", "path": "/v4/lyrics", "message": "no"}
    )


async def test_timed_lines_are_read_with_their_times() -> None:
    lines = [{"timestamp": 16_770, "duration": None, "line": "沈むように", "plugin": {}}]
    server = node(
        return_value={"sourceName": "spotify", "provider": "MusixMatch", "text": None, "lines": lines}
    )

    assert await lyrics_of(SONG, server) == Lyrics("MusixMatch", [(16_770, "沈むように")])
    server.send.assert_awaited_once_with(path="v4/lyrics", params={"track": "QAAA"})


async def test_plain_text_is_read_by_lines() -> None:
    server = node(return_value={"sourceName": "genius", "text": "one\r\ntwo\u202e", "lines": []})

    assert await lyrics_of(SONG, server) == Lyrics("genius", [(None, "one"), (None, "two")])


@pytest.mark.parametrize(
    "answer", [None, "<html>", {}, {"lines": ["x"], "text": 5}, {"lines": [{"line": ""}]}]
)
async def test_an_answer_without_words_means_that_nobody_knows_them(answer: object) -> None:
    with pytest.raises(NoLyricsError):
        await lyrics_of(SONG, node(return_value=answer))


async def test_a_node_without_the_plugin_says_so() -> None:
    with pytest.raises(LyricsUnavailableError):
        await lyrics_of(SONG, node(side_effect=refused(404)))


async def test_another_refusal_stays_one() -> None:
    with pytest.raises(RequestRefusedError):
        await lyrics_of(SONG, node(side_effect=refused(500)))
