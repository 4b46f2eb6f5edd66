"""Takes what was deleted out of the files under ``DATA_DIR``, where SQLite leaves it for as long as it can.

Rows that were delivered, changed or erased stay readable in free pages and in the write-ahead log
(https://www.sqlite.org/pragma.html#pragma_secure_delete). To overwrite each at once would cost a write for
every page that an outage frees; instead the whole file is rewritten once somebody asks to be forgotten
(https://www.sqlite.org/lang_vacuum.html).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from typing import TYPE_CHECKING

from bot.background_tasks import cancel_and_wait
from bot.storage.database import BUSY_SECONDS, CORRUPTED

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from bot.storage.state import State

log = logging.getLogger(__name__)

_KEY = "storage.purge."
_UNDER_WAY, _DUE = "under way", "due"
LOOK_SECONDS = 5.0
"""How often it is looked whether somebody has asked; several who ask at once are served by one purge."""
RETRY_SECONDS = 60.0


@contextlib.asynccontextmanager
async def purged_afterwards(state: State) -> AsyncGenerator[None]:
    """Delete inside what must not be found any more: the files are purged soon, also after a kill."""
    key = f"{_KEY}{time.time_ns()}"
    await state.put(key, _UNDER_WAY)
    try:
        yield
    finally:
        await state.put(key, _DUE)


class Purge:
    """Purges the files when that is due, also what a process before this one was asked for."""

    def __init__(self, state: State, *files: Path) -> None:
        self._state = state
        self._files = files
        self._left = frozenset(state.keys(_KEY))
        """What a process before this one did not come to."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="purge")

    async def close(self) -> None:
        """Look no more; a purge under way is seen to its end, one that is due waits for the next start."""
        await cancel_and_wait(self._task)

    async def _run(self) -> None:
        told = False
        while True:
            due = [key for key in self._state.keys(_KEY) if key in self._left or self._state.get(key) == _DUE]
            if not due:
                await asyncio.sleep(LOOK_SECONDS)
                continue
            try:
                await asyncio.shield(asyncio.to_thread(self._purge))
            except (sqlite3.Error, OSError) as error:
                level = logging.DEBUG if told else logging.WARNING
                log.log(level, "What was deleted is not yet gone from the disk; it is tried again: %s", error)
                told = True
                await asyncio.sleep(RETRY_SECONDS)
                continue
            told = False
            for key in due:
                await self._state.delete(key)

    def _purge(self) -> None:
        for file in self._files:
            purge(file)


def purge(file: Path) -> None:
    """Rewrite ``file`` without what was deleted, and delete the copies that were made when it was corrupted.

    Such a copy holds words that nobody can take out of it one by one. Raises sqlite3.Error or OSError.
    """
    for copy in file.parent.glob(f"{file.name}{CORRUPTED}*"):
        copy.unlink(missing_ok=True)
        log.warning("%s was deleted: somebody who may be in it asked to be forgotten", copy.name)
    if not file.exists():
        return
    connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
    with contextlib.closing(connection):
        connection.execute("VACUUM")
        (is_busy, _pages, _moved) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise sqlite3.OperationalError(f"{file.name} is being read")
