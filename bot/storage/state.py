"""Small durable facts, such as which commands Discord has: key → JSON value, in the file under DATA_DIR."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
from typing import TYPE_CHECKING

from bot.storage.database import connect, is_corruption, open_database, replace_corrupted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.storage.json_value import Json

log = logging.getLogger(__name__)


class State:
    """Reads from memory, writes through to SQLite in a thread; a broken disk costs durability only.

    One for each file: what is in memory counts, so a second one would bring back what this one has deleted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, Json] = {}
        self._writing = asyncio.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._values = self._load()
        except (sqlite3.Error, OSError) as error:
            log.error("What the bot remembers cannot be read from %s: %s", path, error)  # noqa: TRY400

    def get(self, key: str) -> Json:
        """Return the value under ``key``, or None."""
        return self._values.get(key)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``."""
        return [key for key in self._values if key.startswith(prefix)]

    async def put(self, key: str, value: Json) -> None:
        """Remember ``value`` under ``key``; it is on disk when this returns, if the disk works."""
        self._values[key] = value
        await self._save(key)

    async def delete(self, *keys: str) -> None:
        """Forget ``keys``."""
        known = self._values.keys() & set(keys)
        for key in known:
            del self._values[key]
        if known:
            await self._save(*known)

    async def close(self) -> None:
        """Wait for a write under way, and see that everything is on disk."""
        if self._values:
            await self._save()

    def _load(self) -> dict[str, Json]:
        try:
            connection = connect(self._path)
        except sqlite3.DatabaseError as error:
            if not is_corruption(error):
                raise
            connection = replace_corrupted(self._path)
        with contextlib.closing(connection):
            return {key: json.loads(text) for key, text in connection.execute("SELECT key, value FROM state")}

    async def _save(self, *changed: str) -> None:
        async with self._writing:
            try:
                await asyncio.to_thread(self._write, changed, dict(self._values))
            except (sqlite3.Error, OSError) as error:
                what = ", ".join(changed) or "something"
                log.error("%s cannot be remembered in %s: %s", what, self._path, error)  # noqa: TRY400

    def _write(self, changed: Sequence[str], values: dict[str, Json]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = connect(self._path)
        except sqlite3.DatabaseError as error:
            if not is_corruption(error):
                raise
            connection = open_database(self._path)
        with contextlib.closing(connection):
            connection.execute("BEGIN IMMEDIATE")
            on_disk = {key for (key,) in connection.execute("SELECT key FROM state")}
            # What the file has lost meanwhile, or never had because another took its place, goes in again.
            for key in {*changed, *values.keys() - on_disk}:
                if key in values:
                    row = (key, json.dumps(values[key]))
                    connection.execute("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", row)
                else:
                    connection.execute("DELETE FROM state WHERE key = ?", (key,))
            connection.execute("COMMIT")
