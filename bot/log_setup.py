"""Console logging: readable lines, tamed libraries, and no secret in any of them."""

from __future__ import annotations

import copy
import io
import logging
import re
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.errors import OtonariError
from bot.texts import Text
from bot.texts.console import JAPANESE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.texts import Language

LINE_FORMAT = "%(asctime)s %(levelname)-8s %(name)s: %(message)s"
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
NOISY_LIBRARIES = ("asyncio", "discord", "google", "grpc", "hpack", "httpcore", "httpx", "wavelink")
UNRECORDED = {"httpcore", "httpx", "postgrest", "supabase"}
"""Names of loggers whose lines are about the recording and sending of logs, and must not become logs to send;
`unrecorded_logger` adds our own."""
MASK = "***"
SHORTEST_SECRET = 6
LONGEST_WORD = 12
"""Characters."""
LAVALINKS_OWN = "youshallnotpass"
"""The password in every example of Lavalink."""

# Keys that were never among the settings (an old one in a vendor's error message) are told by their shape.
_KEY_SHAPES = re.compile(
    r"sb_secret_[\w-]{8,}"  # Supabase
    r"|AIza[\w-]{30,}|\bAQ\.[\w-]{20,}"  # Google, old and new
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"  # any JWT
    r"|[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}"  # Discord bot token
)


_LABEL = (
    r"(?:password|authorization|passwd|token|secret|key|パスワード|トークン|キー)[\"']?[\s:=：]{1,4}[\"'(]?"
)
"""Behind it, a word is a password."""


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return a function that blots out ``secrets``, and whatever looks like a key, in a text.

    A password that is a word, such as ``lavalink``, is blotted out where it stands as a password: everywhere,
    it would take that word out of every line, and tell everybody what it is.
    """
    known = sorted(
        {form for secret in secrets if secret for form in (secret, quote(secret, safe=""))}, key=len
    )
    words = [secret for secret in known if _is_a_word(secret)]
    others = [re.escape(secret) for secret in reversed(known) if secret not in words]
    anywhere = re.compile("|".join([*others, _KEY_SHAPES.pattern]))
    if not words:
        return lambda text: anywhere.sub(MASK, text)
    alternatives = "|".join(re.escape(word) for word in reversed(words))
    labelled = re.compile(rf"({_LABEL})(?:{alternatives})(?!\w)", re.IGNORECASE)
    in_url = re.compile(rf"(://[^\s:@/]*:)(?:{alternatives})(?=@)")
    return lambda text: in_url.sub(rf"\1{MASK}", labelled.sub(rf"\1{MASK}", anywhere.sub(MASK, text)))


def _is_a_word(secret: str) -> bool:
    """Whether a text without this secret would lack something else: it is short, a word, or everybody's."""
    return (
        len(secret) < SHORTEST_SECRET
        or secret == LAVALINKS_OWN
        or (secret.isalpha() and len(secret) <= LONGEST_WORD)
    )


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
