"""The world on disk: one SQLite table of JSON records, written behind by a thread.

A record is in the file at most `PERIOD` seconds after it changed, together with all that changed with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
from typing import TYPE_CHECKING, Any

from sandbox.tasks import cancel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

PERIOD = 0.5
"""Seconds between writes."""

Key = tuple[str, str]
"""What kind of record (``guild``, ``message`` …) and its id."""


class Store:
    """Collects what changed and writes it; with ``path`` None it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._dirty: set[Key] = set()
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def load(self) -> Iterator[tuple[str, str, Any]]:
        """Yield every record as (kind, id, value), oldest id first; makes the file when there is none."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(self._path)) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS records"
                " (kind TEXT, id TEXT, json TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID"
            )
            for kind, key, text in connection.execute(
                "SELECT kind, id, json FROM records ORDER BY kind, length(id), id"
            ):
                yield kind, key, json.loads(text)

    def touch(self, kind: str, key: str) -> None:
        """Note that a record changed or went."""
        if self._path is not None:
            self._dirty.add((kind, key))
            self._wake.set()

    def start(self, read: Callable[[str, str], object | None]) -> None:
        """Write behind from now on; ``read`` gives a record's present value, None when it is gone."""
        if self._path is not None:
            self._task = asyncio.create_task(self._run(read), name="discord-store")

    async def close(self, read: Callable[[str, str], object | None]) -> None:
        """Write what is left and stop."""
        await cancel(self._task)
        self._task = None
        await self.flush(read)

    async def flush(self, read: Callable[[str, str], object | None]) -> None:
        """Write everything that changed, in one transaction off the loop."""
        # One write at a time, so that an older value never overtakes a newer one.
        async with self._lock:
            dirty, self._dirty = self._dirty, set()
            if dirty:
                values = ((kind, key, read(kind, key)) for kind, key in dirty)
                rows = [
                    (kind, key, None if value is None else json.dumps(value)) for kind, key, value in values
                ]
                try:
                    await asyncio.to_thread(self._write, rows)
                except sqlite3.Error:
                    self._dirty |= dirty
                    raise

    async def _run(self, read: Callable[[str, str], object | None]) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(PERIOD)
            try:
                # Shielded: a write that has begun ends before close() writes the rest.
                await asyncio.shield(self.flush(read))
            except sqlite3.Error:
                log.exception("The Discord stand-in could not save its state")

    def _write(self, rows: list[tuple[str, str, str | None]]) -> None:
        if self._path is None:
            return
        with contextlib.closing(sqlite3.connect(self._path)) as connection, connection:
            for kind, key, text in rows:
                if text is None:
                    connection.execute("DELETE FROM records WHERE kind = ? AND id = ?", (kind, key))
                else:
                    connection.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (kind, key, text))
