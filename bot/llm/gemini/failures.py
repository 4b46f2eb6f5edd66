"""Translates the vendor's exceptions into ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from bot.llm import errors
from bot.llm.gemini.sdk import RetryInfo, google_exceptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Translation: TypeAlias = "Callable[[_CallError, str], errors.LLMError]"

OLD_KEYS, NEW_KEYS = "AIza", "AQ."
"""What the API's keys begin with."""
_CONNECTION_LOST = re.compile(
    r"failed to connect|DNS resolution|socket closed|connection (reset|refused|timed out)|GOAWAY|RST_STREAM"
    r"|Cancelling all calls|handshake|keepalive|Broken pipe",
    re.IGNORECASE,
)
"""gRPC's messages about a broken connection, which has the status of an overloaded service there."""


class _CallError(Protocol):
    """The attributes of the package's exceptions that are used here."""

    message: str
    reason: str | None
    details: Sequence[object]


def translate(error: google_exceptions.GoogleAPICallError, model: str, key: str = "") -> errors.LLMError:
    """Return our exception for the vendor's, of a call for ``model`` with ``key``."""
    if isinstance(error, google_exceptions.Unauthenticated):
        return _unauthenticated(key)
    translation = next(_TRANSLATIONS[kind] for kind in type(error).__mro__ if kind in _TRANSLATIONS)
    return translation(cast("_CallError", error), model)


def _quota(error: _CallError, _model: str) -> errors.LLMError:
    waits = [
        detail.retry_delay.ToNanoseconds() / 1e9 for detail in error.details if isinstance(detail, RetryInfo)
    ]
    return errors.QuotaError(max(waits, default=None))


def _unavailable(error: _CallError, _model: str) -> errors.LLMError:
    return errors.UnreachableError() if _CONNECTION_LOST.search(error.message) else errors.OverloadedError()


def _invalid(error: _CallError, _model: str) -> errors.LLMError:
    # An unknown key is answered with INVALID_ARGUMENT, not with UNAUTHENTICATED.
    is_key = error.reason == "API_KEY_INVALID" or error.message.startswith("API key")
    return errors.BadKeyError() if is_key else errors.InvalidRequestError()


def _unauthenticated(key: str) -> errors.LLMError:
    """Tell by the key's form why the API expected OAuth 2 in its place.

    Keys "AIza…" without restrictions are refused since June 2026, and all of them are to be; new keys begin
    "AQ." (https://ai.google.dev/gemini-api/docs/api-key).
    """
    if key.startswith(OLD_KEYS):
        return errors.OldKeyError()
    return errors.RevokedKeyError() if key.startswith(NEW_KEYS) else errors.BadKeyError()


def _forbidden(error: _CallError, _model: str) -> errors.LLMError:
    if "leaked" in error.message:
        return errors.LeakedKeyError()
    # https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto
    if error.reason == "SERVICE_DISABLED":
        return errors.ApiDisabledError()
    restricted = re.fullmatch(r"API_KEY_\w+_BLOCKED", error.reason or "")
    return errors.RestrictedKeyError() if restricted else errors.AccessRefusedError()


def _always(kind: type[errors.LLMError]) -> Translation:
    return lambda _error, _model: kind()


_TRANSLATIONS: Mapping[type, Translation] = {
    google_exceptions.TooManyRequests: _quota,
    google_exceptions.ServiceUnavailable: _unavailable,
    google_exceptions.DeadlineExceeded: _always(errors.AnswerTimeoutError),
    google_exceptions.ServerError: _always(errors.OverloadedError),
    google_exceptions.Cancelled: _always(errors.UnreachableError),
    google_exceptions.NotFound: lambda _error, model: errors.ModelNotFoundError(model),
    google_exceptions.Forbidden: _forbidden,
    google_exceptions.FailedPrecondition: _always(errors.AccessRefusedError),  # region or billing
    google_exceptions.BadRequest: _invalid,
    google_exceptions.GoogleAPICallError: _always(errors.LLMError),
}
"""Looked up by the error's own class first, then along its base classes (its MRO)."""
