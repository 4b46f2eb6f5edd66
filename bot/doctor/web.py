"""One HTTP request of the doctor, and what its Date header says about the clock."""

from __future__ import annotations

import errno
import json
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import aiohttp

from bot.errors import OtonariError
from bot.texts import doctor as texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doctor.findings import Report
    from bot.texts import Text

TIMEOUT = aiohttp.ClientTimeout(total=10.0, connect=5.0)
CLOCK_SECONDS = 30.0
"""Beyond, times in the database are visibly wrong and signed keys begin to be refused."""


class UnreachableError(OtonariError):
    """There was no answer; ``reason`` says why. ``is_nameless``: the host's name was looked up in vain."""

    def __init__(self, reason: Text | str, *, is_nameless: bool = False) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.is_nameless = is_nameless


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body, and by how many seconds this machine's clock is ahead of the server's."""

    status: int
    body: str
    skew: float | None

    def json(self) -> Mapping[str, object] | None:
        """Return the body's JSON object; None if it is none."""
        try:
            value: object = json.loads(self.body)
        except ValueError:
            return None
        return cast("Mapping[str, object]", value) if isinstance(value, dict) else None


async def get(url: str, headers: Mapping[str, str]) -> Answer:
    """Make one request; raises UnreachableError."""
    try:
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as session,
            session.get(url, headers=headers, allow_redirects=False) as response,
        ):
            body = await response.text(errors="replace")
            return Answer(response.status, body, _skew(response.headers.get("Date", "")))
    except aiohttp.ClientConnectorDNSError as error:
        is_nameless = error.os_error.errno == socket.EAI_NONAME
        reason = texts.NO_SUCH_NAME if is_nameless else texts.NO_NAMES
        raise UnreachableError(reason, is_nameless=is_nameless) from error
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise UnreachableError(_reason(error)) from error


def check_clock(report: Report, url: str, skew: float | None) -> None:
    """Compare the clock with that of the server at ``url``."""
    if skew is None:
        return
    host, name = urlsplit(url).hostname, "clock"
    if abs(skew) > CLOCK_SECONDS:
        report.fail(name, texts.CLOCK, texts.CLOCK_WRONG, texts.CLOCK_CURE, host=host, seconds=abs(skew))
    else:
        report.fine(name, texts.CLOCK, texts.CLOCK_FINE, host=host, seconds=max(1.0, abs(skew)))


def _reason(error: Exception) -> Text | str:
    """Return why there was no answer, in few words."""
    if isinstance(error, TimeoutError):
        return texts.NO_ANSWER
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return texts.NO_TLS
    if isinstance(error, (aiohttp.ClientConnectorError, OSError)):
        refused = error.errno == errno.ECONNREFUSED
        return texts.CONNECTION_REFUSED if refused else error.strerror or type(error).__name__
    return str(error) or type(error).__name__


def _skew(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (datetime.now(UTC) - moment.replace(tzinfo=moment.tzinfo or UTC)).total_seconds()
