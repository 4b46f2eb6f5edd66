"""Console logging: readable lines, tamed libraries, and no secret in any of them."""

from __future__ import annotations

import copy
import io
import logging
import sys
from typing import TYPE_CHECKING

from bot.errors import OtonariError
from bot.texts import Text
from bot.texts.console import JAPANESE

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.texts import Language

LINE_FORMAT = "%(asctime)s %(levelname)-8s %(name)s: %(message)s"
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
NOISY_LIBRARIES = ("asyncio", "discord", "google", "grpc", "hpack", "httpcore", "httpx", "wavelink")
UNRECORDED = {"httpcore", "httpx", "postgrest", "supabase"}
"""Names of loggers whose lines are about the recording and sending of logs, and must not become logs to send;
`unrecorded_logger` adds our own."""


def unrecorded_logger(name: str) -> logging.Logger:
    """Return the logger of a module on the way of rows to the database: its lines go to the console alone."""
    UNRECORDED.add(name)
    return logging.getLogger(name)


class ConsoleFormatter(logging.Formatter):
    """Formats a record in one language, with its traceback, then blots out secrets in the whole of it."""

    def __init__(self, redact: Callable[[str], str], language: Language = "en") -> None:
        super().__init__(LINE_FORMAT, TIME_FORMAT)
        self._redact = redact
        self._language: Language = language

    def format(self, record: logging.LogRecord) -> str:
        """Return the line(s) for ``record``."""
        if self._language != "en":
            record = copy.copy(record)  # other handlers keep the English one
            record.msg = JAPANESE.get(str(record.msg), record.msg)
            if isinstance(record.args, tuple):
                record.args = tuple(self._spoken(value) for value in record.args)
        return self._redact(super().format(record))

    def _spoken(self, value: object) -> object:
        if isinstance(value, Text):
            return value(self._language)
        return value.in_language(self._language) if isinstance(value, OtonariError) else value


def make_console_forgiving() -> None:
    """Have a console whose encoding lacks ✅ or Japanese (cp932, ASCII) show "?", and never raise."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def set_up_logging(level: str, redact: Callable[[str], str], language: Language = "en") -> None:
    """Send every log record of ``level`` or above to standard error; libraries speak up from WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ConsoleFormatter(redact, language))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY_LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(capture=True)
