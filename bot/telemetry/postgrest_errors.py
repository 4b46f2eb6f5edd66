"""What to do about each way in which Supabase does not take rows.

Sources: https://docs.postgrest.org/en/stable/references/errors.html and
https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING

from bot.errors import OtonariError
from bot.texts import Text, schema, telemetry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.texts import Language

MAX_RETRY_AFTER = 600.0


class Remedy(Enum):
    """What helps against a failure."""

    RETRY = "retry"
    """Waiting."""
    HOLD = "hold"
    """A person who mends the setup; the rows are innocent."""
    BISECT = "bisect"
    """Setting the row aside that the database refuses."""
    DUPLICATE = "duplicate"
    """Nothing: the row is there already."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """A remedy, whether the failure concerns every table alike, and what a person is told of it."""

    remedy: Remedy
    project_wide: bool = False
    meaning: Text = telemetry.REFUSED
    cure: Text | None = None


RETRY = Treatment(Remedy.RETRY, meaning=telemetry.BUSY)
RETRY_ALL = Treatment(Remedy.RETRY, project_wide=True, meaning=telemetry.BUSY)
OUTDATED = Treatment(Remedy.HOLD, meaning=telemetry.INCOMPLETE, cure=schema.CURE)
STRANGE = Treatment(Remedy.HOLD, project_wide=True, meaning=telemetry.NO_PROJECT, cure=telemetry.URL_CURE)
"""What answers there is no project: PostgREST gives a code with everything that it refuses."""
WRONG_KEY = Treatment(Remedy.HOLD, project_wide=True, meaning=telemetry.WRONG_KEY, cure=telemetry.KEY_CURE)
UNEXPOSED = Treatment(Remedy.HOLD, project_wide=True, meaning=telemetry.UNEXPOSED, cure=telemetry.EXPOSE_CURE)
"""https://docs.postgrest.org/en/stable/references/errors.html#group-1-api-request"""
UNCONFIRMED = Treatment(
    Remedy.RETRY, project_wide=True, meaning=telemetry.NO_PROJECT, cure=telemetry.URL_CURE
)
"""A success that is not PostgREST's: another site's page, or a gateway's while the project is away."""
READ_ONLY = Treatment(
    Remedy.HOLD, project_wide=True, meaning=telemetry.READ_ONLY, cure=telemetry.READ_ONLY_CURE
)
LIMITED = Treatment(Remedy.HOLD, project_wide=True, meaning=telemetry.LIMITED, cure=telemetry.QUOTA_CURE)
PAUSED = Treatment(Remedy.HOLD, project_wide=True, meaning=telemetry.PAUSED, cure=telemetry.PAUSED_CURE)
"""https://supabase.com/docs/guides/troubleshooting/http-status-codes#540-project-paused"""
NAMELESS = Treatment(
    Remedy.RETRY, project_wide=True, meaning=telemetry.NAMELESS, cure=telemetry.NAMELESS_CURE
)
"""The name of a project that is paused for long, or deleted, is taken out of the DNS."""
BAD_KEY = "key"
"""In the place of a code: the key cannot write, so nothing was asked."""
BY_CODE = (
    (r"57014", RETRY),
    (r"08|53|57|PGRST00[0-3]$", RETRY_ALL),
    (r"40", RETRY),
    (r"PGRST30", WRONG_KEY),
    (r"25006", READ_ONLY),
    (r"PGRST106", UNEXPOSED),
    (r"PGRST125", STRANGE),
    (r"42|PGRST2", OUTDATED),
    (r"23505", Treatment(Remedy.DUPLICATE)),
    (r"22|23|54|P0001|PGRST102", Treatment(Remedy.BISECT)),
)
"""Patterns for the start of a SQLSTATE or PostgREST code; the first that fits decides."""
BY_STATUS = {
    401: WRONG_KEY,
    403: WRONG_KEY,
    **dict.fromkeys((301, 302, 307, 308, 404, 405), STRANGE),
    402: LIMITED,
    408: RETRY_ALL,
    413: Treatment(Remedy.BISECT),
    429: RETRY_ALL,
    540: PAUSED,
}
UNKNOWN = Treatment(Remedy.HOLD, cure=telemetry.LOGS_CURE)
"""No row may be lost, and no server be pestered, for what nobody foresaw."""
MESSAGE_CHARACTERS = 500
_PAGE = re.compile(r"<(?:!doctype|html|head|body|title)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title>([^<]*)", re.IGNORECASE)
TOO_SLOW = {"57014", "408", "504"}


class TelemetryError(OtonariError):
    """Supabase could not take or give rows; ``treatment`` says what to do.

    ``message`` is the service's own, or all that there is to say. ``code`` is a SQLSTATE, a PostgREST code,
    an HTTP status or "network". ``retry_after`` is in seconds, at least this long. ``too_slow``: fewer rows
    at a time might pass.
    """

    def __init__(
        self,
        message: str | Text,
        treatment: Treatment = RETRY_ALL,
        *,
        code: str = "network",
        retry_after: float = 0.0,
        too_slow: bool = False,
    ) -> None:
        self.treatment = treatment
        self.code = code
        self.retry_after = retry_after
        self.too_slow = too_slow
        self.message = message
        super().__init__(f"{code}: {message}")

    def in_language(self, language: Language) -> str:
        """Return one line: what it means, and behind it the service's words."""
        if isinstance(self.message, Text):
            return self.message(language)
        return telemetry.FAILURE.plain(language, meaning=self.treatment.meaning, words=str(self))


def classified(
    status: int, headers: Mapping[str, str], code: str | None, message: str, *, now: datetime | None = None
) -> TelemetryError:
    """Return the error for an answer that was not a success.

    ``code`` is the body's ``code`` if it had one; ``headers`` has lower-case names.
    """
    known = code if code and re.fullmatch(r"[0-9A-Z]{5}|PGRST...", code) else None
    words = words_of(message) or "no message"
    return TelemetryError(
        words.removeprefix(f"{status} "),
        _treatment(status, known, message),
        code=known or str(status),
        retry_after=retry_after_seconds(headers.get("retry-after", ""), now or datetime.now(UTC)),
        too_slow=(known or str(status)) in TOO_SLOW,
    )


def words_of(answer: str) -> str:
    """Return a service's message as one line of at most 500 characters; of a page of HTML, its title."""
    if _PAGE.search(answer):
        title = _TITLE.search(answer)
        answer = title[1] if title else ""
    return " ".join(answer.split())[:MESSAGE_CHARACTERS]


def retry_after_seconds(value: str, now: datetime) -> float:
    """Return how long a Retry-After header asks to wait, at most 600 s; 0 if it says nothing usable.

    RFC 9110 §10.2.3: seconds, or a date.
    """
    if re.fullmatch(r"\d{1,9}", seconds := value.strip()):
        return min(float(seconds), MAX_RETRY_AFTER)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    seconds = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def _treatment(status: int, code: str | None, message: str) -> Treatment:
    if code == "23505" and "_pkey" not in message:
        return Treatment(Remedy.BISECT)  # another unique column's fault than that of the id
    for pattern, treatment in BY_CODE:
        if code and re.match(pattern, code):
            return treatment
    if status in BY_STATUS:
        # A page that refuses is a firewall's, or another site's.
        return STRANGE if status == 403 and _PAGE.search(message) else BY_STATUS[status]  # noqa: PLR2004 - Forbidden
    if status >= 500:  # noqa: PLR2004 - RFC 9110 §15.6
        return RETRY if code else RETRY_ALL
    return UNKNOWN
