"""The gRPC side: GenerativeService and ModelService of google.ai.generativelanguage.v1beta over TLS."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

import grpc
import grpc.aio
from google.ai import generativelanguage_v1beta as glm

from sandbox.gemini import errors, service
from sandbox.gemini.validation import MAX_REQUEST_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from sandbox.certificate import Certificate
    from sandbox.gemini.journal import Entry, Journal

_PACKAGE = "google.ai.generativelanguage.v1beta"
Request = TypeVar("Request")
Response = TypeVar("Response")


class Context(Protocol):
    """What is used of grpc.aio.ServicerContext, which is untyped."""

    def invocation_metadata(self) -> Sequence[tuple[str, str | bytes]] | None:
        """Return the headers of the call."""
        ...

    def peer(self) -> str:
        """Return the other end, e.g. ``ipv4:127.0.0.1:50123``."""
        ...

    async def write(self, message: glm.GenerateContentResponse) -> None:
        """Send one message of a stream."""
        ...

    async def abort(
        self, code: grpc.StatusCode, details: str, trailing_metadata: tuple[tuple[str, bytes], ...]
    ) -> None:
        """End the call with an error; raises."""
        ...


class RpcServer:
    """The gRPC server; ``cut`` resets the connection of a peer, by gRPC's name for it."""

    def __init__(
        self,
        *,
        generative: service.GenerativeService,
        journal: Journal,
        api_key: str,
        certificate: Certificate,
        cut: Callable[[str], None],
    ) -> None:
        self._generative = generative
        self._journal = journal
        self._api_key = api_key
        self._certificate = certificate
        self._cut = cut
        self._server: grpc.aio.Server | None = None

    async def start(self) -> int:
        """Listen on loopback; returns the port."""
        # twice the API's limit, so that the API's own error is answered instead of gRPC's
        options = [("grpc.max_receive_message_length", 2 * MAX_REQUEST_BYTES)]
        self._server = grpc.aio.server(options=options)
        self._server.add_generic_rpc_handlers(self._handlers())
        credentials = grpc.ssl_server_credentials([(self._certificate.key, self._certificate.chain)])
        port = self._server.add_secure_port("127.0.0.1:0", credentials)
        await self._server.start()
        return port

    async def close(self) -> None:
        """Stop listening and cancel the calls under way."""
        if self._server is not None:
            await self._server.stop(grace=None)
            self._server = None

    def _handlers(self) -> tuple[grpc.GenericRpcHandler, ...]:
        generative = {
            "StreamGenerateContent": grpc.unary_stream_rpc_method_handler(
                self._stream_generate_content,
                glm.GenerateContentRequest.deserialize,
                _serialize,
            ),
            "GenerateContent": _unary(self._generate_content, glm.GenerateContentRequest.deserialize),
            "CountTokens": _unary(self._count_tokens, glm.CountTokensRequest.deserialize),
        }
        models = {
            "ListModels": _unary(self._list_models, glm.ListModelsRequest.deserialize),
            "GetModel": _unary(self._get_model, glm.GetModelRequest.deserialize),
        }
        return (
            grpc.method_handlers_generic_handler(f"{_PACKAGE}.GenerativeService", generative),
            grpc.method_handlers_generic_handler(f"{_PACKAGE}.ModelService", models),
        )

    async def _stream_generate_content(self, request: glm.GenerateContentRequest, context: Context) -> None:
        entry = self._journal.open("StreamGenerateContent", request)
        async with self._call(context, entry):
            async for chunk in self._generative.generate(request, lambda: self._cut(context.peer())):
                await context.write(chunk)
                entry.chunks_sent += 1

    async def _generate_content(
        self, request: glm.GenerateContentRequest, context: Context
    ) -> glm.GenerateContentResponse | None:
        entry = self._journal.open("GenerateContent", request)
        async with self._call(context, entry):
            chunks = self._generative.generate(request, lambda: self._cut(context.peer()))
            return service.joined([chunk async for chunk in chunks])

    async def _count_tokens(
        self, request: glm.CountTokensRequest, context: Context
    ) -> glm.CountTokensResponse | None:
        async with self._call(context):
            return service.count_tokens(request)

    async def _list_models(
        self, _request: glm.ListModelsRequest, context: Context
    ) -> glm.ListModelsResponse | None:
        async with self._call(context):
            return glm.ListModelsResponse(models=[service.model_of(name) for name in service.MODELS])

    async def _get_model(self, request: glm.GetModelRequest, context: Context) -> glm.Model | None:
        async with self._call(context):
            service.check_model(request.name)
            return service.model_of(request.name.removeprefix("models/"))

    @asynccontextmanager
    async def _call(self, context: Context, entry: Entry | None = None) -> AsyncGenerator[None]:
        """Check the key, turn ApiError into the status that a client sees, and note how the call went."""
        outcome = "OK"
        try:
            self._check_key(context)
            yield
        except errors.ApiError as error:
            outcome = error.code
            status = (("grpc-status-details-bin", error.status()),)
            await context.abort(grpc.StatusCode[error.code], error.message, status)
        except asyncio.CancelledError:
            outcome = "CANCELLED"
            raise
        finally:
            if entry is not None:
                entry.outcome = outcome

    def _check_key(self, context: Context) -> None:
        keys = [value for name, value in context.invocation_metadata() or () if name == "x-goog-api-key"]
        if not keys:
            raise errors.api_key_missing()
        if self._api_key not in keys:
            raise errors.api_key_invalid()


def _unary(
    behaviour: Callable[[Request, Context], Awaitable[Response | None]],
    deserialize: Callable[[bytes], object],
) -> grpc.RpcMethodHandler[object, _Serializable]:
    return grpc.unary_unary_rpc_method_handler(behaviour, deserialize, _serialize)


class _Serializable(Protocol):
    @classmethod
    def serialize(cls, instance: object) -> bytes: ...


def _serialize(message: _Serializable) -> bytes:
    """Encode any message; proto-plus keeps the encoder on the class."""
    return message.__class__.serialize(message)
