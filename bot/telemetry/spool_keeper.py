"""Keeps a spool in use whatever the disk does: the file's, or one in memory until the disk works again."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, TypeVar

from bot.log_setup import unrecorded_logger
from bot.storage.database import connect, is_corruption, open_database, replace_corrupted
from bot.telemetry.ledger import Account, Books, total
from bot.telemetry.spool import MAX_BYTES, Spool
from bot.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

log = unrecorded_logger(__name__)

MEMORY_BYTES = 16 * MEBIBYTE
REPORT_SECONDS = 60.0

T = TypeVar("T")


class SpoolKeeper:
    """The spool in ``path``; used by one thread at a time.

    A full, read-only or absent disk is said once and events are kept in memory, up to ``memory_bytes``;
    `mend` goes back to the file. A corrupted file is replaced at once, see `bot.storage.database`.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int = MAX_BYTES,
        memory_bytes: int = MEMORY_BYTES,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._memory_bytes = memory_bytes
        self._wall = wall
        self._monotonic = monotonic
        self._file: Spool | None = None
        self._memory: Spool | None = None
        self._written_off = Books()
        try:
            self._file = self._spool(open_database(path), max_bytes)
        except (sqlite3.Error, OSError) as error:
            self._suspend(error)
        self._dropped_reported = total(self.accounts.values()).dropped
        self._report_again_at = float("-inf")

    @property
    def accounts(self) -> dict[str, Account]:
        """The ledger, by table, of the file and of what waits in memory."""
        books = self._written_off.copy()
        for spool in (self._file, self._memory):
            for table, account in spool.accounts.items() if spool else ():
                books.add(table, account)
        return books.accounts

    @property
    def on_disk(self) -> bool:
        """Whether what is recorded survives the process."""
        return self._memory is None

    def run(self, action: Callable[[Spool], T]) -> T:
        """Return what ``action`` makes of the spool in use; raises sqlite3.Error only if memory fails too."""
        try:
            result = action(self._current())
        except sqlite3.DatabaseError as error:
            if self._memory is not None:
                raise
            self._replace(error)
            result = action(self._current())
        self._report_drops()
        return result

    def write_off(self, table: str, count: int) -> None:
        """Book events that even memory did not take."""
        self._written_off.add(table, Account(recorded=count, dropped=count))

    def mend(self) -> None:
        """Go back to the file if it is usable again."""
        if self._memory is None:
            return
        try:
            if self._file is None:
                self._file = self._spool(open_database(self._path), self._max_bytes)
            self._file.merge(self._memory)
        except (sqlite3.Error, OSError) as error:
            log.debug("The spool is still unusable: %s", error)
            return
        self._memory.close()
        self._memory = None
        log.warning("The disk takes telemetry again: %s", self._path)

    def close(self) -> None:
        """Close what is open."""
        for spool in (self._file, self._memory):
            if spool is not None:
                spool.close()

    def _current(self) -> Spool:
        spool = self._memory or self._file
        if spool is None:
            raise sqlite3.OperationalError("there is no spool")
        return spool

    def _spool(self, connection: sqlite3.Connection, max_bytes: int) -> Spool:
        return Spool(connection, max_bytes=max_bytes, wall=self._wall, monotonic=self._monotonic)

    def _replace(self, error: sqlite3.DatabaseError) -> None:
        if self._file is None or not is_corruption(error):
            self._suspend(error)
            return
        self._file.close()
        self._file = None
        try:
            self._file = self._spool(replace_corrupted(self._path), self._max_bytes)
        except (sqlite3.Error, OSError) as trouble:
            self._suspend(trouble)

    def _suspend(self, error: Exception) -> None:
        self._memory = self._spool(connect(None), self._memory_bytes)
        log.error(
            "Telemetry cannot be written to %s (%s): up to %s MiB of it are kept in memory, which a restart"
            " would lose, until the disk works again",
            self._path,
            error,
            self._memory_bytes // MEBIBYTE,
        )

    def _report_drops(self) -> None:
        wanted = sum(spool.withdrawn for spool in (self._file, self._memory) if spool)
        dropped = total(self.accounts.values()).dropped - wanted - self._dropped_reported
        now = self._monotonic()
        if dropped > 0 and now >= self._report_again_at:
            log.error(
                "%s events of telemetry were dropped: the spool is full, or they waited too long", dropped
            )
            self._dropped_reported += dropped
            self._report_again_at = now + REPORT_SECONDS
