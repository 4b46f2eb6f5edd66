"""The errors of the Gemini API, with the sentences and details that the real service sends.

Details are those of https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf import any_pb2, duration_pb2
from google.rpc import (  # pyright: ignore[reportMissingTypeStubs] - a namespace; the modules have stubs
    code_pb2,
    error_details_pb2,
    status_pb2,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.message import Message

SERVICE = "generativelanguage.googleapis.com"


class ApiError(Exception):
    """A call that the API refuses; ``code`` is a canonical gRPC status name."""

    def __init__(self, code: str, message: str, details: Sequence[Message] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    def status(self) -> bytes:
        """Return the serialised ``google.rpc.Status`` for the trailer ``grpc-status-details-bin``."""
        packed: list[any_pb2.Any] = []
        for detail in self.details:
            box = any_pb2.Any()
            box.Pack(detail)
            packed.append(box)
        status = status_pb2.Status(code=code_pb2.Code.Value(self.code), message=self.message, details=packed)
        return status.SerializeToString()


def invalid_argument(message: str) -> ApiError:
    """Return the error of a malformed request."""
    return ApiError("INVALID_ARGUMENT", message)


def api_key_invalid() -> ApiError:
    """Return the error of a key that the service does not know: a 400, not a 401."""
    info = error_details_pb2.ErrorInfo(
        reason="API_KEY_INVALID", domain="googleapis.com", metadata={"service": SERVICE}
    )
    return ApiError("INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [info])


def api_key_missing() -> ApiError:
    """Return the error of a call without any credentials."""
    info = error_details_pb2.ErrorInfo(
        reason="API_KEY_SERVICE_BLOCKED", domain="googleapis.com", metadata={"service": SERVICE}
    )
    message = (
        "Method doesn't allow unregistered callers (callers without established identity)."
        " Please use API Key or other form of API consumer identity to call this API."
    )
    return ApiError("PERMISSION_DENIED", message, [info])


def permission_denied() -> ApiError:
    """Return the error of a key that may not use this API."""
    info = error_details_pb2.ErrorInfo(
        reason="API_KEY_SERVICE_BLOCKED", domain="googleapis.com", metadata={"service": SERVICE}
    )
    return ApiError("PERMISSION_DENIED", "Requests to this API are blocked for this API key.", [info])


def unauthenticated() -> ApiError:
    """Return the error of expired credentials."""
    return ApiError(
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or"
        " other valid authentication credential.",
    )


def model_not_found(model: str) -> ApiError:
    """Return the error of a model that is shut down or never was."""
    return ApiError(
        "NOT_FOUND",
        f"{model} is not found for API version v1beta, or is not supported for generateContent."
        " Call ListModels to see the list of available models and their supported methods.",
    )


def quota_exceeded(model: str, retry_delay: float) -> ApiError:
    """Return the free tier's 429; ``retry_delay`` (seconds) goes into its RetryInfo."""
    metric = f"{SERVICE}/generate_content_free_tier_requests"
    violation = error_details_pb2.QuotaFailure.Violation(subject=metric, description=f"model: {model}")
    delay = duration_pb2.Duration()
    delay.FromNanoseconds(round(retry_delay * 1e9))
    return ApiError(
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details. For more information"
        " on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n"
        f"* Quota exceeded for metric: {metric}, limit: 15, model: {model}\n"
        f"Please retry in {retry_delay:g}s.",
        [
            error_details_pb2.QuotaFailure(violations=[violation]),
            error_details_pb2.RetryInfo(retry_delay=delay),
        ],
    )


def overloaded() -> ApiError:
    """Return the 503 of a model that too many people use at once."""
    return ApiError("UNAVAILABLE", "The model is overloaded. Please try again later.")


def deadline_exceeded() -> ApiError:
    """Return the 504 of an answer that the service could not finish in time."""
    return ApiError("DEADLINE_EXCEEDED", "Deadline expired before operation could complete.")


def internal() -> ApiError:
    """Return the 500 of a fault on the service's side."""
    return ApiError(
        "INTERNAL",
        "An internal error has occurred. Please retry or report in"
        " https://developers.generativeai.google/guide/troubleshooting",
    )
