"""Favourites of a person and playlists of a guild, stored in the SQLite file under DATA_DIR."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from bot.errors import SpokenError, UserError
from bot.lavalink import Track, track_from_json, track_to_json, without_requester
from bot.storage.database import connect
from bot.texts import music_library

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

T = TypeVar("T")

FAVOURITES_LIMIT = 200
PLAYLISTS_LIMIT = 25
"""As many as Discord offers as choices."""
PLAYLIST_TRACKS_LIMIT = 200
NAME_LIMIT = 50
_UNTITLED = "無題 (untitled)"
_FAVOURITES = ""
"""The name of a person's favourites; a playlist's is never empty."""


class LibraryError(SpokenError):
    """The stored songs could not be read or written."""

    def __init__(self) -> None:
        super().__init__(music_library.LIBRARY_UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Playlist:
    """A named list of tracks, and the Discord id of who made it."""

    name: str
    maker_id: int
    tracks: Sequence[Track]


class Library:
    """Reads and writes favourites and playlists in a thread; every method may raise LibraryError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = asyncio.Lock()

    async def favourites(self, user_id: int) -> Sequence[Track]:
        """Return a person's favourites, oldest first."""
        found = await self._run(lambda connection: _read(connection, _person(user_id), _FAVOURITES))
        return found.tracks if found else ()

    async def toggle_favourite(self, user_id: int, track: Track, *, keep: bool = False) -> bool:
        """Add a track to a person's favourites, or take it out if it is there; returns whether it was added.

        With ``keep`` it is never taken out. Raises UserError where they are full.
        """

        def toggle(connection: sqlite3.Connection) -> bool:
            found = _read(connection, _person(user_id), _FAVOURITES)
            tracks = found.tracks if found else ()
            left = [other for other in tracks if not _same(track, other)]
            added = len(left) == len(tracks)
            if keep and not added:
                return False
            if added and len(left) >= FAVOURITES_LIMIT:
                raise UserError(music_library.FAVOURITES_FULL, limit=FAVOURITES_LIMIT)
            kept = [*left, track] if added else left
            _write(connection, _person(user_id), Playlist(_FAVOURITES, user_id, kept))
            return added

        return await self._run(toggle)

    async def forget_person(self, user_id: int) -> None:
        """Forget a person's favourites, and that they made playlists or asked for songs in others' lists."""

        def forget(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM collections WHERE owner = ?", (_person(user_id),))
            connection.execute("UPDATE collections SET maker_id = 0 WHERE maker_id = ?", (user_id,))
            query = "SELECT owner, name, maker_id, tracks FROM collections WHERE instr(tracks, ?)"
            for owner, *stored in connection.execute(query, (str(user_id),)).fetchall():
                playlist = _playlist(*stored)
                tracks = [without_requester(track, user_id) for track in playlist.tracks]
                if tracks != playlist.tracks:
                    _write(connection, owner, replace(playlist, tracks=tracks))

        await self._run(forget)

    async def forget_guild(self, guild_id: int) -> None:
        """Forget a guild's playlists."""
        await self._run(
            lambda connection: connection.execute(
                "DELETE FROM collections WHERE owner = ?", (_guild(guild_id),)
            )
        )

    async def playlists(self, guild_id: int) -> Sequence[Playlist]:
        """Return a guild's playlists, by name."""

        def read(connection: sqlite3.Connection) -> list[Playlist]:
            # Earlier versions kept a name of nothing but spaces as none, by which nobody finds it.
            query = "UPDATE OR IGNORE collections SET name = ? WHERE owner = ? AND name = ''"
            connection.execute(query, (_UNTITLED, _guild(guild_id)))
            return _read_all(connection, _guild(guild_id))

        return await self._run(read)

    async def playlist(self, guild_id: int, name: str) -> Playlist | None:
        """Return a guild's playlist of this name."""
        return await self._run(lambda connection: _read(connection, _guild(guild_id), name))

    async def save_playlist(self, guild_id: int, playlist: Playlist) -> None:
        """Save a playlist in the place of the one with its name."""
        await self._run(lambda connection: _write(connection, _guild(guild_id), playlist))

    async def delete_playlist(self, guild_id: int, name: str) -> None:
        """Delete a playlist, if there is one with this name."""
        await self._run(lambda connection: _write(connection, _guild(guild_id), Playlist(name, 0, ())))

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        async with self._lock:
            try:
                return await asyncio.to_thread(self._in_thread, work)
            except (sqlite3.Error, OSError) as error:
                log.error("Collections of songs cannot be used in %s: %s", self._path, error)  # noqa: TRY400
                raise LibraryError from error

    def _in_thread(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(connect(self._path)) as connection:
            return work(connection)


def _person(user_id: int) -> str:
    return f"user {user_id}"


def _guild(guild_id: int) -> str:
    return f"guild {guild_id}"


def _same(one: Track, other: Track) -> bool:
    return (one.source, one.identifier) == (other.source, other.identifier)


def _playlist(name: str, maker_id: int, stored: str) -> Playlist:
    found = [track for entry in json.loads(stored) if (track := track_from_json(entry)) is not None]
    return Playlist(name, maker_id, found)


def _read(connection: sqlite3.Connection, owner: str, name: str) -> Playlist | None:
    query = "SELECT name, maker_id, tracks FROM collections WHERE owner = ? AND name = ?"
    row = connection.execute(query, (owner, name)).fetchone()
    return _playlist(*row) if row else None


def _read_all(connection: sqlite3.Connection, owner: str) -> list[Playlist]:
    query = "SELECT name, maker_id, tracks FROM collections WHERE owner = ? ORDER BY name"
    return [_playlist(*row) for row in connection.execute(query, (owner,))]


def _write(connection: sqlite3.Connection, owner: str, playlist: Playlist) -> None:
    if not playlist.tracks:
        query = "DELETE FROM collections WHERE owner = ? AND name = ?"
        connection.execute(query, (owner, playlist.name))
        return
    tracks = json.dumps([track_to_json(track) for track in playlist.tracks], ensure_ascii=False)
    query = "INSERT OR REPLACE INTO collections (owner, name, maker_id, tracks) VALUES (?, ?, ?, ?)"
    connection.execute(query, (owner, playlist.name, playlist.maker_id, tracks))
