"""What people keep, in a real SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.music.library import Library, LibraryError, Playlist
from tests.support.music_hall import SONG

OTHER = replace(SONG, identifier="other", title="群青")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "otonari.sqlite3"


async def test_favourites_are_a_persons_own_and_survive_a_restart(path: Path) -> None:
    assert await Library(path).toggle_favourite(1, SONG)
    assert await Library(path).toggle_favourite(1, OTHER)

    assert list(await Library(path).favourites(1)) == [SONG, OTHER]
    assert list(await Library(path).favourites(2)) == []


async def test_a_favourite_is_there_once_whoever_asked_for_the_song(
    path: Path,
) -> None:
    library = Library(path)
    await library.toggle_favourite(1, SONG)

    assert not await library.toggle_favourite(1, replace(SONG, requester=replace(SONG.requester, id=9)))
    assert await library.toggle_favourite(1, SONG, keep=True)
    assert not await library.toggle_favourite(1, SONG, keep=True)
    assert len(await library.favourites(1)) == 1


async def test_favourites_have_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(path)
    songs = [replace(SONG, identifier=str(number)) for number in range(3)]
    monkeypatch.setattr("bot.music.library.FAVOURITES_LIMIT", 3)
    for song in songs:
        await library.toggle_favourite(1, song)

    with pytest.raises(UserError):
        await library.toggle_favourite(1, OTHER)
    assert not await library.toggle_favourite(1, songs[0])
    assert await library.toggle_favourite(1, OTHER)


async def test_at_once_no_favourite_is_lost(path: Path) -> None:
    library = Library(path)
    songs = [replace(SONG, identifier=str(number)) for number in range(20)]
    await asyncio.gather(*(library.toggle_favourite(1, song) for song in songs))

    assert {song.identifier for song in await library.favourites(1)} == {str(number) for number in range(20)}


async def test_playlists_are_a_guilds_own_replaced_by_name_and_deleted(path: Path) -> None:
    library = Library(path)
    await library.save_playlist(10, Playlist("夏", 1, [SONG]))
    await library.save_playlist(10, Playlist("冬", 2, [SONG, OTHER]))
    await library.save_playlist(10, Playlist("夏", 1, [OTHER]))

    assert [(kept.name, len(kept.tracks)) for kept in await library.playlists(10)] == [("冬", 2), ("夏", 1)]
    assert await library.playlists(11) == []
    await library.delete_playlist(10, "夏")
    assert await library.playlist(10, "夏") is None


async def test_a_song_that_is_no_longer_understood_is_left_out(path: Path) -> None:
    library = Library(path)
    await library.save_playlist(10, Playlist("夏", 1, [SONG, OTHER]))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            'UPDATE collections SET tracks = replace(tracks, \'"title": "群青"\', \'"name": 1\')'
        )
        connection.commit()

    assert (await library.playlist(10, "夏")) == Playlist("夏", 1, [SONG])


async def test_a_disk_that_does_not_work_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(LibraryError):
        await Library(tmp_path / "file" / "otonari.sqlite3").favourites(1)


async def test_a_playlist_that_an_earlier_version_kept_without_a_name_gets_one(path: Path) -> None:
    library = Library(path)
    await library.save_playlist(9, Playlist("", 1, [SONG]))
    await library.toggle_favourite(9, SONG)
    (found,) = await library.playlists(9)
    assert found.name == "無題 (untitled)"
    assert await library.playlist(9, found.name) == found
    assert len(await library.favourites(9)) == 1, "which have none either"
