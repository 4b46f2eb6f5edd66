"""One process per ``DATA_DIR``."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from bot.config import ConfigError
from bot.texts import settings as texts

if TYPE_CHECKING:
    from pathlib import Path


class DataLock:
    """Holds ``directory`` for this process until it is released or the process ends, however it ends.

    The lock is SQLite's own on an empty file, which works alike on every system. A directory that cannot be
    written needs no lock. Raises ConfigError when another process holds it.
    """

    def __init__(self, directory: Path) -> None:
        self._connection: sqlite3.Connection | None = None
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                directory / "otonari.lock", timeout=0, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("BEGIN EXCLUSIVE")
        except OSError:
            return
        except sqlite3.OperationalError as error:
            self.release()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise ConfigError({"DATA_DIR": texts.DATA_DIR_TAKEN.filled(directory=directory)}) from error

    def release(self) -> None:
        """Let another process have the directory."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
