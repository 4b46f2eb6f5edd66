"""Translates the vendor's exceptions into ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from bot.llm import errors
from bot.llm.gemini.sdk import RetryInfo, google_exceptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Translation: TypeAlias = "Callable[[_CallError, str], errors.LLMError]"

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


def translate(error: google_exceptions.GoogleAPICallError, model: str) -> errors.LLMError:
    """Return our exception for the vendor's."""
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
    return errors.BadKeyError() if error.reason == "API_KEY_INVALID" else errors.InvalidRequestError()


def _always(kind: type[errors.LLMError]) -> Translation:
    return lambda _error, _model: kind()


_TRANSLATIONS: Mapping[type, Translation] = {
    google_exceptions.TooManyRequests: _quota,
    google_exceptions.ServiceUnavailable: _unavailable,
    google_exceptions.DeadlineExceeded: _always(errors.AnswerTimeoutError),
    google_exceptions.ServerError: _always(errors.OverloadedError),
    google_exceptions.Cancelled: _always(errors.UnreachableError),
    google_exceptions.NotFound: lambda _error, model: errors.ModelNotFoundError(model),
    google_exceptions.Unauthenticated: _always(errors.BadKeyError),
    google_exceptions.Forbidden: _always(errors.AccessRefusedError),
    google_exceptions.FailedPrecondition: _always(errors.AccessRefusedError),  # region or billing
    google_exceptions.BadRequest: _invalid,
    google_exceptions.GoogleAPICallError: _always(errors.LLMError),
}
"""Looked up by the error's own class first, then along its base classes (its MRO)."""
