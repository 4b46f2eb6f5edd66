"""Console logging: readable lines, tamed libraries, and no secret in any of them."""

from __future__ import annotations

import io
import logging
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LINE_FORMAT = "%(asctime)s %(levelname)-8s %(name)s: %(message)s"
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
NOISY_LIBRARIES = ("asyncio", "discord", "google", "grpc", "hpack", "httpcore", "httpx", "wavelink")
UNRECORDED = {"httpcore", "httpx", "postgrest", "supabase"}
"""Names of loggers whose lines are about the recording and sending of logs, and must not become logs to send;
`unrecorded_logger` adds our own."""
MASK = "***"

# Keys that were never among the settings (an old one in a vendor's error message) are told by their shape.
_KEY_SHAPES = re.compile(
    r"sb_secret_[\w-]{8,}"  # Supabase
    r"|AIza[\w-]{30,}|\bAQ\.[\w-]{20,}"  # Google, old and new
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"  # any JWT
    r"|[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}"  # Discord bot token
)


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return a function that blots out ``secrets``, and whatever looks like a key, in a text."""
    known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
    pattern = re.compile("|".join([*map(re.escape, known), _KEY_SHAPES.pattern]))
    return lambda text: pattern.sub(MASK, text)


def unrecorded_logger(name: str) -> logging.Logger:
    """Return the logger of a module on the way of rows to the database: its lines go to the console alone."""
    UNRECORDED.add(name)
    return logging.getLogger(name)


class RedactingFormatter(logging.Formatter):
    """Formats a record with its traceback, then blots out secrets in the whole of it."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__(LINE_FORMAT, TIME_FORMAT)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the line(s) for ``record``."""
        return self._redact(super().format(record))


def make_console_forgiving() -> None:
    """Have a console whose encoding lacks ✅ or Japanese (cp932, ASCII) show "?", and never raise."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def set_up_logging(level: str, redact: Callable[[str], str]) -> None:
    """Send every log record of ``level`` or above to standard error; libraries speak up from WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY_LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(capture=True)
