"""Translates the vendor's exceptions into ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from bot.llm import errors
from bot.llm.gemini.sdk import RetryInfo, google_exceptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Translation: TypeAlias = "Callable[[_CallError, str, str], errors.LLMError]"
"""From the vendor's error, the model's name and the key."""

OLD_KEYS, NEW_KEYS = "AIza", "AQ."
"""What the API's keys begin with."""
_CONNECTION_LOST = re.compile(
    r"failed to connect|DNS resolution|socket closed|connection (reset|refused|timed out)|GOAWAY|RST_STREAM"
    r"|Cancelling all calls|handshake|keepalive|Broken pipe",
    re.IGNORECASE,
)
"""gRPC's messages about a broken connection, which has the status of an overloaded service there."""
_EXPIRED = re.compile(r"\bexpired\b", re.IGNORECASE)
_SUSPENDED = re.compile(r"\bsuspended\b|project has been denied access", re.IGNORECASE)
_UNRESTRICTED = re.compile(
    r"\bunrestricted\b|\bnot restricted\b|\b(?:without|no) [\w ]*restrictions", re.IGNORECASE
)


class _CallError(Protocol):
    """The attributes of the package's exceptions that are used here."""

    message: str
    reason: str | None
    details: Sequence[object]


def translate(error: google_exceptions.GoogleAPICallError, model: str, key: str = "") -> errors.LLMError:
    """Return our exception for the vendor's, of a call for ``model`` with ``key``."""
    translation = next(_TRANSLATIONS[kind] for kind in type(error).__mro__ if kind in _TRANSLATIONS)
    return translation(cast("_CallError", error), model, key)


def _quota(error: _CallError, _model: str, _key: str) -> errors.LLMError:
    waits = [
        detail.retry_delay.ToNanoseconds() / 1e9 for detail in error.details if isinstance(detail, RetryInfo)
    ]
    return errors.QuotaError(max(waits, default=None))


def _unavailable(error: _CallError, _model: str, _key: str) -> errors.LLMError:
    return errors.UnreachableError() if _CONNECTION_LOST.search(error.message) else errors.OverloadedError()


def _invalid(error: _CallError, _model: str, _key: str) -> errors.LLMError:
    # An unknown key is answered with INVALID_ARGUMENT, not with UNAUTHENTICATED.
    if error.reason == "API_KEY_INVALID" or error.message.lower().startswith("api key"):
        return errors.ExpiredKeyError() if _EXPIRED.search(error.message) else errors.BadKeyError()
    return errors.InvalidRequestError()


def _unauthenticated(error: _CallError, _model: str, key: str) -> errors.LLMError:
    """Tell by the key's form why the API expected OAuth 2 in its place.

    Keys "AIza…" without restrictions are refused since June 2026, and all of them are to be; new keys begin
    "AQ." (https://ai.google.dev/gemini-api/docs/api-key).
    """
    if key.startswith(OLD_KEYS):
        return errors.OldKeyError()
    if _EXPIRED.search(error.message):
        return errors.ExpiredKeyError()
    return errors.RevokedKeyError() if key.startswith(NEW_KEYS) else errors.BadKeyError()


def _forbidden(error: _CallError, _model: str, key: str) -> errors.LLMError:
    """Tell why the API knows the key and yet refuses it.

    Reasons: https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto
    """
    reason, message = error.reason or "", error.message
    if "leaked" in message:
        return errors.LeakedKeyError()
    if _EXPIRED.search(message):
        return errors.ExpiredKeyError()
    if reason == "CONSUMER_SUSPENDED" or _SUSPENDED.search(message):
        return errors.SuspendedError()
    if reason == "SERVICE_DISABLED":
        return errors.ApiDisabledError()
    # An old key without restrictions is refused as one whose restrictions forbid the API.
    is_old = reason == "API_KEY_SERVICE_BLOCKED" and key.startswith(OLD_KEYS)
    if is_old or _UNRESTRICTED.search(message):
        return errors.OldKeyError()
    restricted = re.fullmatch(r"API_KEY_\w+_BLOCKED", reason)
    return errors.RestrictedKeyError() if restricted else errors.AccessRefusedError()


def _always(kind: type[errors.LLMError]) -> Translation:
    return lambda _error, _model, _key: kind()


_TRANSLATIONS: Mapping[type, Translation] = {
    google_exceptions.TooManyRequests: _quota,
    google_exceptions.ServiceUnavailable: _unavailable,
    google_exceptions.DeadlineExceeded: _always(errors.AnswerTimeoutError),
    google_exceptions.ServerError: _always(errors.OverloadedError),
    google_exceptions.Cancelled: _always(errors.UnreachableError),
    google_exceptions.NotFound: lambda _error, model, _key: errors.ModelNotFoundError(model),
    google_exceptions.Unauthenticated: _unauthenticated,
    google_exceptions.Forbidden: _forbidden,
    google_exceptions.FailedPrecondition: _always(errors.AccessRefusedError),  # region or billing
    google_exceptions.BadRequest: _invalid,
    google_exceptions.GoogleAPICallError: _always(errors.LLMError),
}
"""Looked up by the error's own class first, then along its base classes (its MRO)."""
