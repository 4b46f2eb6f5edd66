"""Writes warnings and errors to ``bot_logs``, through the outbox."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from typing import TYPE_CHECKING

from bot.log_setup import UNRECORDED
from bot.telemetry.tables import BOT_LOGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.redaction import Redact
    from bot.telemetry.tables import Table

MESSAGE_CHARACTERS = 2_000
TRACEBACK_CHARACTERS = 8_000
REPEAT_SECONDS = 60.0
ROWS_PER_MINUTE = 120


class SupabaseLogHandler(logging.Handler):
    """Records each log line as a row; safe in any thread, never raises and never logs itself.

    A message that repeats within a minute is counted instead, and the count goes with the next one that is
    written; beyond ``ROWS_PER_MINUTE`` lines of any kind are only counted.
    """

    def __init__(
        self,
        level: str,
        *,
        bot_id: str,
        record: Callable[[Table, Mapping[str, object]], object],
        redact: Redact,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(level)
        self._bot_id = bot_id
        self._record = record
        self._redact = redact
        self._monotonic = monotonic
        # Reentrant: the collector may run inside, and what it destroys may log.
        self._guard = threading.RLock()
        self._repeats: dict[tuple[str, str], int] = {}
        self._minute_began = monotonic()
        self._written = 0
        self._unwritten = 0
        self.addFilter(_is_not_about_sending)

    def handle(self, record: logging.LogRecord) -> bool:
        """Write one row, or count it, without `logging.Handler`'s lock.

        A thread that held it would wait for the outbox, while the thread that has the outbox may log too (the
        collector runs anywhere, and what it destroys may log) and would wait for that lock.
        """
        passed = bool(self.filter(record))
        if passed:
            self.emit(record)
        return passed

    def emit(self, record: logging.LogRecord) -> None:
        """Write one row, or count it."""
        try:
            message = self._redact(record.getMessage(), 2 * MESSAGE_CHARACTERS)[:MESSAGE_CHARACTERS]
            with self._guard:
                skipped = self._admit(record.name, message)
            if skipped:
                message += f" [and {skipped} repeated or further lines before]"
            if skipped is not None:
                self._record(BOT_LOGS, self._row(record, message))
        except (TypeError, ValueError, AttributeError, KeyError, RecursionError):
            # A message whose arguments do not fit it; the console's handler shows it to the programmer.
            with self._guard:
                self._unwritten += 1

    def _admit(self, logger: str, message: str) -> int | None:
        """Return None if this line is only counted, otherwise how many lines were counted before it."""
        now = self._monotonic()
        if now - self._minute_began >= REPEAT_SECONDS:
            self._minute_began = now
            self._written = 0
            self._unwritten += sum(self._repeats.values())
            self._repeats.clear()
        key = (logger, message)
        if key in self._repeats:
            self._repeats[key] += 1
            return None
        if self._written >= ROWS_PER_MINUTE:
            self._unwritten += 1
            return None
        self._repeats[key] = 0
        self._written += 1
        skipped, self._unwritten = self._unwritten, 0
        return skipped

    def _row(self, record: logging.LogRecord, message: str) -> dict[str, object]:
        return {
            "bot_id": self._bot_id,
            "level": record.levelname,
            "logger": record.name,
            "message": message,
            "error_id": getattr(record, "error_id", None),
            "traceback": self._traceback(record),
        }

    def _traceback(self, record: logging.LogRecord) -> str | None:
        if not record.exc_info or record.exc_info[0] is None:
            return None
        text = self._redact("".join(traceback.format_exception(*record.exc_info)))
        return text[-TRACEBACK_CHARACTERS:]  # the end names the exception


def _is_not_about_sending(record: logging.LogRecord) -> bool:
    return not any(record.name == name or record.name.startswith(f"{name}.") for name in UNRECORDED)
