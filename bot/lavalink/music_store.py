"""The SQLite file with what plays where: written all the time, read at start."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.lavalink.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS players (guild_id INTEGER PRIMARY KEY, status TEXT NOT NULL, songs TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (node TEXT PRIMARY KEY, session_id TEXT NOT NULL);
"""
SUFFIXES = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Saved:
    """What the process before this one left."""

    players: Mapping[int, Snapshot] = field(default_factory=dict[int, Snapshot])
    sessions: Mapping[str, str] = field(default_factory=dict[str, str])
    """Lavalink's session id by the node's URI."""


@dataclass(slots=True)
class Changes:
    """What differs from what was written last, by guild id."""

    status: dict[int, Snapshot] = field(default_factory=dict[int, Snapshot])
    """Snapshots whose songs are written already."""
    whole: dict[int, Snapshot] = field(default_factory=dict[int, Snapshot])
    gone: list[int] = field(default_factory=list[int])
    sessions: dict[str, str] = field(default_factory=dict[str, str])

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self.status or self.whole or self.gone or self.sessions)


class MusicStore:
    """Reads and writes the file ``path``; synchronous, to be called from one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def load(self) -> Saved:
        """Return what was saved; a broken file is replaced by an empty one.

        Raises sqlite3.Error or OSError.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._read()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            log.warning("%s was corrupted, and is replaced by an empty one: %s", self._path.name, error)
            self.close()
            for suffix in SUFFIXES:
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            return self._read()

    def write(self, changes: Changes) -> None:
        """Write ``changes`` in one transaction. Raises sqlite3.Error."""
        connection = self._connect()
        statuses = [(snapshot.dump_status(), guild_id) for guild_id, snapshot in changes.status.items()]
        whole = (
            (guild_id, snapshot.dump_status(), snapshot.songs.dump())
            for guild_id, snapshot in changes.whole.items()
        )
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("UPDATE players SET status = ? WHERE guild_id = ?", statuses)
            connection.executemany("INSERT OR REPLACE INTO players VALUES (?, ?, ?)", whole)
            connection.executemany(
                "DELETE FROM players WHERE guild_id = ?", [(guild_id,) for guild_id in changes.gone]
            )
            connection.executemany(
                "INSERT OR REPLACE INTO sessions VALUES (?, ?)", list(changes.sessions.items())
            )

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(
                self._path, timeout=5.0, isolation_level=None, check_same_thread=False
            )
            self._connection = connection
            # A kill of the process loses nothing so; a power cut may cost the last moments, not the file.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(SCHEMA)
        return self._connection

    def _read(self) -> Saved:
        connection = self._connect()
        rows: Sequence[tuple[int, str, str]] = connection.execute(
            "SELECT guild_id, status, songs FROM players"
        ).fetchall()
        players: dict[int, Snapshot] = {}
        for guild_id, status, songs in rows:
            with contextlib.suppress(KeyError, TypeError, ValueError):  # of another version of Otonari
                players[guild_id] = Snapshot.load(status, songs)
        return Saved(players, dict(connection.execute("SELECT node, session_id FROM sessions").fetchall()))
