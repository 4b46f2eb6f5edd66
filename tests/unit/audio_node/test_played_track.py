"""A track whose sound is found when it is played."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from audio_node.audio.tone import tone_source
from audio_node.errors import LoadFailedError, SourceUnavailableError
from audio_node.played_track import PlayedTrack
from audio_node.track import Track

if TYPE_CHECKING:
    from audio_node.audio.media import Source

SONG = Track(identifier="1", title="t", author="a", length=1_000)


async def test_its_sound_is_found_in_the_loop_and_opened_in_the_thread() -> None:
    async def find(track: Track) -> Source:
        return tone_source(track.length)

    media = await asyncio.to_thread(PlayedTrack(SONG, {}, find).open)
    assert media.length_ms == 1_000


async def test_why_there_is_no_sound_is_told() -> None:
    async def find(_track: Track) -> Source:
        raise LoadFailedError("Private video")

    with pytest.raises(LoadFailedError, match="Private video"):
        await asyncio.to_thread(PlayedTrack(SONG, {}, find).open)


async def test_one_that_is_given_up_is_looked_for_no_longer() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def find(_track: Track) -> Source:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    played = PlayedTrack(SONG, {}, find)
    opening = asyncio.create_task(asyncio.to_thread(played.open))
    await begun.wait()
    played.give_up()
    with pytest.raises(SourceUnavailableError):
        await opening
    await ended.wait()
    begun.clear()
    with pytest.raises(SourceUnavailableError):
        await asyncio.to_thread(played.open)
    assert not begun.is_set()
