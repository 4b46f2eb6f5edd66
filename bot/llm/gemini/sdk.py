"""The only module that imports google-generativeai and its companions."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Protocol, cast

# gRPC's core writes its own lines to stderr, past logging; what matters comes as an exception.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

with warnings.catch_warnings():
    # The package announces its end of life at every import; its successor is a neighbour of this package.
    warnings.filterwarnings("ignore", r"\s*All support for the `google.generativeai`", FutureWarning)
    # google.api_core announces, a year ahead, the last day of the Python it runs on.
    warnings.filterwarnings("ignore", "You are using a Python version", FutureWarning)
    from google.ai import generativelanguage as glm
    from google.api_core import exceptions as google_exceptions
    from google.generativeai.client import (
        configure,  # pyright: ignore[reportUnknownVariableType] - takes a dict without types
        get_default_generative_async_client,
        get_default_model_client,
    )
    from google.rpc.error_details_pb2 import RetryInfo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

__all__ = [
    "Client",
    "RetryInfo",
    "Stream",
    "get_model",
    "glm",
    "google_exceptions",
    "new_client",
    "open_channel",
]


class Stream(Protocol):
    """The methods of a call's answer that are used; the package types it as no more than iterable."""

    def __aiter__(self) -> AsyncIterator[glm.GenerateContentResponse]: ...

    def cancel(self) -> bool:
        """End the call."""
        ...


class Client(Protocol):
    """The methods of the package's client that are used."""

    def stream_generate_content(
        self, request: glm.GenerateContentRequest, *, retry: None, timeout: float
    ) -> Awaitable[Stream]:
        """Begin a call."""
        ...


class _ModelClient(Protocol):
    def get_model(self, *, name: str, retry: None, timeout: float) -> object: ...


class _Channel(Protocol):
    def get_state(self, try_to_connect: bool) -> object: ...


class _Transport(Protocol):
    grpc_channel: _Channel


def new_client(api_key: str, endpoint: str | None) -> glm.GenerativeServiceAsyncClient:
    """Return a client for the running loop; ``endpoint`` is host:port, None the service's own."""
    configure(
        api_key=api_key,
        transport="grpc_asyncio",
        client_options={"api_endpoint": endpoint} if endpoint else None,
    )
    return get_default_generative_async_client()


def get_model(api_key: str, endpoint: str | None, model: str, seconds: float) -> None:
    """Ask for a model's description, which costs nothing; blocks. Raises GoogleAPICallError."""
    configure(
        api_key=api_key, transport="grpc", client_options={"api_endpoint": endpoint} if endpoint else None
    )
    # The package calls its blocking client an asynchronous one.
    client = cast("_ModelClient", get_default_model_client())
    client.get_model(name=f"models/{model}", retry=None, timeout=seconds)


def open_channel(client: glm.GenerativeServiceAsyncClient) -> None:
    """Begin to connect in the background."""
    cast("_Transport", client.transport).grpc_channel.get_state(try_to_connect=True)
