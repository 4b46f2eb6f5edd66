"""Gemini: turns in, text chunks and usage out.

The only module that imports google-generativeai and its companions. It reads the API's stream itself: the
package's own wrapper looks one chunk ahead and breaks on chunks without parts.
Messages: https://ai.google.dev/api/generate-content
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import re
import warnings
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, cast

from bot import gemini_errors as errors

# gRPC's core writes its own lines to stderr, past logging; what matters comes as an exception.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

with warnings.catch_warnings():
    # The package announces its end of life at every import. Its successor will fit behind this module alone.
    warnings.filterwarnings("ignore", r"\s*All support for the `google.generativeai`", FutureWarning)
    # google.api_core announces, a year ahead, the last day of the Python it runs on.
    warnings.filterwarnings("ignore", "You are using a Python version", FutureWarning)
    from google.ai import generativelanguage as glm
    from google.api_core import exceptions as google_exceptions
    from google.generativeai.client import (
        configure,  # pyright: ignore[reportUnknownVariableType] - takes a dict without types
        get_default_generative_async_client,
    )
    from google.rpc.error_details_pb2 import RetryInfo

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from google.protobuf.message import Message

    from bot.config import Settings
    from bot.conversation.memory import Turn

log = logging.getLogger(__name__)

FALLBACK_MODEL = "gemini-flash-latest"

Ending = Literal["stop", "max_tokens"]
Translation: TypeAlias = "Callable[[_CallError, str], errors.GeminiError]"

_ENDINGS: Mapping[str, Ending] = {"STOP": "stop", "MAX_TOKENS": "max_tokens"}
_CONNECTION_LOST = re.compile(
    r"failed to connect|DNS resolution|socket closed|connection (reset|refused|timed out)|GOAWAY|RST_STREAM"
    r"|Cancelling all calls|handshake|keepalive|Broken pipe",
    re.IGNORECASE,
)
"""gRPC's own words for a broken connection; it reports that with the status of an overloaded service."""


class _Stream(Protocol):
    """What is used of a call's answer; the package types it as no more than iterable."""

    def __aiter__(self) -> AsyncIterator[glm.GenerateContentResponse]: ...
    def cancel(self) -> bool: ...


class _Client(Protocol):
    """What is used of the package's client."""

    def stream_generate_content(
        self, request: glm.GenerateContentRequest, *, retry: None, timeout: float
    ) -> Awaitable[_Stream]: ...


class _CallError(Protocol):
    """What is used of the package's exceptions."""

    message: str
    reason: str | None
    details: Sequence[object]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that an answer cost; ``total`` also counts the model's hidden thoughts."""

    prompt: int
    answer: int
    total: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an answer, as it arrives; the last one says how it ended."""

    text: str
    usage: Usage | None = None
    ending: Ending | None = None
    """``stop``: complete · ``max_tokens``: cut off at the length limit · None: more may come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, in seconds, and how often to try."""

    chunk: float = 60.0
    """Without a sign of life, also before the first chunk."""
    answer: float = 240.0
    """For the whole answer, with every try and wait before it."""
    tries: int = 4
    backoff: float = 1.0
    """The first wait is at most this; each further one at most twice the last."""
    longest_wait: float = 20.0
    """A wait that the service asks for is obeyed up to this; a longer one is passed on to the user."""


class Gemini:
    """One client of the Gemini API; belongs to the event loop of its first call."""

    def __init__(
        self, settings: Settings, *, patience: Patience | None = None, max_output_tokens: int = 8192
    ) -> None:
        self.model = settings.gemini_model
        """The model in use."""
        self.dead_model: str | None = None
        """The configured model, once it turned out not to exist and `FALLBACK_MODEL` took over."""
        self._settings = settings
        self._patience = patience or Patience()
        self._max_output_tokens = max_output_tokens
        self._client: glm.GenerativeServiceAsyncClient | None = None
        self._dice = random.SystemRandom()

    async def stream(self, turns: Sequence[Turn], *, system_instruction: str = "") -> AsyncGenerator[Chunk]:
        """Yield the answer to ``turns``, the last of which is the user's, as it is written.

        Tries again, with full jitter and never sooner than the service asks, as long as no text has been
        yielded. Wrap it in ``contextlib.aclosing``: leaving early cancels the call. Raises GeminiError.
        """
        deadline = asyncio.get_running_loop().time() + self._patience.answer
        tries = 1
        while True:
            answered = False
            try:
                async with aclosing(self._try(turns, system_instruction, deadline)) as chunks:
                    async for chunk in chunks:
                        answered = answered or bool(chunk.text.strip())
                        yield chunk
            except errors.ModelNotFoundError as error:
                if error.model == FALLBACK_MODEL:
                    raise
                self._fall_back(error.model)
            except errors.GeminiError as error:
                wait = None if answered else self._wait(error, tries, deadline)
                if wait is None:
                    raise
                log.info("Gemini: %s (%s); try %s in %.1f s", error, error.__cause__, tries + 1, wait)
                tries += 1
                await asyncio.sleep(wait)
            else:
                return

    async def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            await self._client.transport.close()
            self._client = None

    def _connect(self) -> glm.GenerativeServiceAsyncClient:
        """Return the client; made at first use, because gRPC binds a channel to the running loop."""
        if self._client is None:
            endpoint = self._settings.gemini_api_endpoint
            configure(
                api_key=str(self._settings.gemini_api_key),
                transport="grpc_asyncio",
                client_options={"api_endpoint": endpoint} if endpoint else None,
            )
            self._client = get_default_generative_async_client()
        return self._client

    def _request(
        self, model: str, turns: Sequence[Turn], system_instruction: str
    ) -> glm.GenerateContentRequest:
        # Neither temperature nor top_p, top_k or candidate_count: Gemini 3 wants its own defaults.
        return glm.GenerateContentRequest(
            model=f"models/{model}",
            contents=[_content(turn.role, turn.text) for turn in turns],
            system_instruction=_content("user", system_instruction) if system_instruction else None,
            generation_config=glm.GenerationConfig(max_output_tokens=self._max_output_tokens),
        )

    async def _try(
        self, turns: Sequence[Turn], system_instruction: str, deadline: float
    ) -> AsyncGenerator[Chunk]:
        """Make one call; the vendor's exceptions end here."""
        model = self.model
        remaining = max(0.0, deadline - asyncio.get_running_loop().time())
        request = self._request(model, turns, system_instruction)
        answered = False
        try:
            async with asyncio.timeout(self._patience.chunk):
                call = await cast("_Client", self._connect()).stream_generate_content(
                    request, retry=None, timeout=remaining
                )
            try:
                responses = aiter(call)
                while True:
                    async with asyncio.timeout(self._patience.chunk):
                        response = await anext(responses, None)
                    if response is None:
                        break
                    chunk, blocked = _read(response)
                    answered = answered or bool(chunk.text.strip())
                    yield chunk
                    if blocked:
                        raise errors.AnswerBlockedError(blocked)
            finally:
                call.cancel()
        except TimeoutError as error:
            raise errors.AnswerTimeoutError from error
        except google_exceptions.GoogleAPICallError as error:
            raise _translate(error, model) from error
        if not answered:
            raise errors.EmptyAnswerError

    def _fall_back(self, dead_model: str) -> None:
        """Use `FALLBACK_MODEL` from now on; of several calls that fail together, the first one says so."""
        if self.model == dead_model:
            log.warning(
                "Gemini has no model %s (any more); using %s. Please update GEMINI_MODEL.",
                dead_model,
                FALLBACK_MODEL,
            )
            self.dead_model, self.model = dead_model, FALLBACK_MODEL

    def _wait(self, error: errors.GeminiError, tries: int, deadline: float) -> float | None:
        """Return the seconds to wait before the next try, or None where there should be none."""
        if not error.transient or tries >= self._patience.tries:
            return None
        asked = (error.retry_after or 0.0) if isinstance(error, errors.QuotaError) else 0.0
        if asked > self._patience.longest_wait:
            return None
        wait = asked + self._dice.uniform(0.0, self._patience.backoff * 2 ** (tries - 1))
        remaining = deadline - asyncio.get_running_loop().time()
        return wait if wait < remaining else None


def _content(role: str, text: str) -> glm.Content:
    # A lone surrogate cannot be written as UTF-8, which protobuf does.
    return glm.Content(role=role, parts=[glm.Part(text=text.encode(errors="replace").decode())])


def _read(response: glm.GenerateContentResponse) -> tuple[Chunk, str | None]:
    """Return a response's chunk, and why the answer stops here if it is blocked; raises PromptBlockedError.

    Any part may be missing: a response may carry usage alone, or a candidate without content.
    """
    if blocked := _enum_name(response.prompt_feedback, "block_reason"):
        raise errors.PromptBlockedError(blocked)
    usage = response.usage_metadata
    counted = Usage(usage.prompt_token_count, usage.candidates_token_count, usage.total_token_count)
    text, reason = "", ""
    if response.candidates:
        candidate = response.candidates[0]
        text = "".join(part.text for part in candidate.content.parts)
        reason = _enum_name(candidate, "finish_reason")
    chunk = Chunk(text, counted if counted.total else None, _ENDINGS.get(reason))
    return chunk, None if reason in {"", *_ENDINGS} else reason


def _enum_name(message: glm.Candidate | glm.GenerateContentResponse.PromptFeedback, field: str) -> str:
    """Return the name of an enum field's value, its number if the package does not know it, "" if unset."""
    # Read from the protobuf below the wrapper, which warns of every value newer than the package.
    plain = cast("Message", type(message).pb(message))  # pyright: ignore[reportUnknownMemberType] - untyped
    number = cast("int", getattr(plain, field))
    kind = plain.DESCRIPTOR.fields_by_name[field].enum_type
    value = kind.values_by_number.get(number) if kind else None
    return "" if number == 0 else value.name if value else str(number)


def _translate(error: google_exceptions.GoogleAPICallError, model: str) -> errors.GeminiError:
    """Return our exception for the vendor's."""
    translation = next(_TRANSLATIONS[kind] for kind in type(error).__mro__ if kind in _TRANSLATIONS)
    return translation(cast("_CallError", error), model)


def _quota(error: _CallError, _model: str) -> errors.GeminiError:
    waits = [
        detail.retry_delay.ToNanoseconds() / 1e9 for detail in error.details if isinstance(detail, RetryInfo)
    ]
    return errors.QuotaError(max(waits, default=None))


def _unavailable(error: _CallError, _model: str) -> errors.GeminiError:
    return errors.UnreachableError() if _CONNECTION_LOST.search(error.message) else errors.OverloadedError()


def _invalid(error: _CallError, _model: str) -> errors.GeminiError:
    # An unknown key is answered with INVALID_ARGUMENT, not with UNAUTHENTICATED.
    return errors.BadKeyError() if error.reason == "API_KEY_INVALID" else errors.InvalidRequestError()


def _always(kind: type[errors.GeminiError]) -> Translation:
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
    google_exceptions.GoogleAPICallError: _always(errors.GeminiError),
}
"""Looked up by the error's own class first, then along its base classes (its MRO)."""
