"""What was recorded, written down independently of telemetry by the process that recorded it."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.telemetry.tables import Table


class Record(Protocol):
    """`Outbox.record`."""

    def __call__(self, table: Table, row: Mapping[str, object]) -> str:
        """Take a row and return its id."""
        ...


class Recorded(NamedTuple):
    """One event as telemetry was given it."""

    id: str
    table: str
    row: dict[str, Any]
    """As given: NUL characters, lone surrogates and NaN included."""
    at: float
    """Monotonic seconds, the same clock in every process: when recording it had ended."""
    before_ns: int
    """The wall clock as the recording process saw it, right before and right after."""
    after_ns: int


class Journal:
    """Appends a line to ``path`` for everything that is recorded through `wrap`.

    Every line is one write(2) without a buffer: what was written outlives ``kill -9``, and at most the event
    that is being recorded at that moment has no line.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        # Around recording too, so that the lines stand in the order in which the events were taken.
        self._lock = threading.RLock()

    def wrap(self, record: Record) -> Record:
        """Return ``record`` (the outbox's) that also writes a line."""

        def journaled(table: Table, row: Mapping[str, object]) -> str:
            with self._lock:
                before = time.time_ns()
                identifier = record(table, row)
                event = Recorded(identifier, table.name, dict(row), time.monotonic(), before, time.time_ns())
                os.write(self._file, f"{json.dumps(event, default=str)}\n".encode())
            return identifier

        return journaled


def read_journal(path: Path) -> list[Recorded]:
    """Return the events of ``path``, in order of recording; a torn last line is left out."""
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")[:-1]
    return [Recorded._make(json.loads(line)) for line in lines]
