"""The client of the Gemini API.

It reads the API's stream itself: the package's own wrapper looks one chunk ahead and breaks on chunks without
parts.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from bot.backoff import full_jitter
from bot.llm import errors
from bot.llm.chunks import Usage
from bot.llm.gemini.failures import translate
from bot.llm.gemini.sdk import glm, google_exceptions, new_client, open_channel
from bot.llm.gemini.wire import Reply, add_turn, declared, instruction_of, read, results_of, talking_only
from bot.llm.patience import Patience
from bot.llm.tokens import OUTPUT_LIMIT

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bot.config import Settings
    from bot.llm.chunks import Chunk
    from bot.llm.gemini.sdk import Client
    from bot.llm.tools import Toolbox
    from bot.llm.turns import Turn

log = logging.getLogger(__name__)

FALLBACK_MODEL = "gemini-flash-latest"
ROUNDS = 4
"""How many times the model may call tools before it must answer in text."""


@dataclass(slots=True, kw_only=True)
class _Call:
    """One call of the model, which is tried until it works."""

    request: glm.GenerateContentRequest
    deadline: float
    may_be_silent: bool
    """Whether an answer without a word is one: after tools were run, there may be nothing to add."""
    attempt: int
    """How many tries at the answer have failed."""
    reply: Reply = field(default_factory=Reply)


class Gemini:
    """A client of the Gemini API, which is a `bot.llm.provider.Provider`."""

    def __init__(
        self, settings: Settings, *, patience: Patience | None = None, max_output_tokens: int = OUTPUT_LIMIT
    ) -> None:
        self.replaced_model: str | None = None
        """The last model that turned out not to exist, in whose place `FALLBACK_MODEL` answers."""
        self._missing: set[str] = set()
        self._settings = settings
        self._patience = patience or Patience()
        self._max_output_tokens = max_output_tokens
        self._client: glm.GenerativeServiceAsyncClient | None = None

    def model_for(self, chosen: str | None) -> str:
        """Return the model that answers where ``chosen`` is wanted; None: the configured one."""
        wanted = chosen or self._settings.gemini_model
        return FALLBACK_MODEL if wanted in self._missing else wanted

    def connect(self) -> None:
        """Begin to connect in the background, so that the first answer need not wait for that."""
        open_channel(self._connected())

    async def stream(
        self,
        turns: Sequence[Turn],
        *,
        system_instruction: str = "",
        model: str | None = None,
        toolbox: Toolbox | None = None,
    ) -> AsyncGenerator[Chunk]:
        """Yield the answer to ``turns``, the last of which is the user's, as it is written.

        Tries again, with full jitter and never sooner than the service asks, as long as no text has been
        yielded. Runs the tools that the model asks for, one after the other, and goes on with their results.
        Wrap it in ``contextlib.aclosing``: leaving early cancels the call. Raises LLMError.
        """
        deadline = asyncio.get_running_loop().time() + self._patience.answer
        request = self._request(turns, system_instruction, toolbox)
        earlier, usage, attempt, has_text = Usage(), Usage(), 0, False
        for left in reversed(range(ROUNDS + 1)):
            if toolbox and not left:
                request.tool_config = talking_only()
            call = _Call(request=request, deadline=deadline, may_be_silent=left < ROUNDS, attempt=attempt)
            gap = "\n\n" if has_text else ""
            async with aclosing(self._with_retries(call, model)) as chunks:
                async for chunk in chunks:
                    if call.attempt != attempt:
                        attempt, earlier, usage = call.attempt, Usage(), Usage()
                    usage = earlier.plus(chunk.usage) if chunk.usage else usage
                    text = gap + chunk.text if chunk.text else ""
                    gap, has_text = "" if text else gap, has_text or bool(text)
                    counted = usage if chunk.usage else None
                    yield replace(chunk, text=text, usage=counted, attempt=attempt)
            if toolbox is None or not (calls := call.reply.calls):
                return
            earlier = usage
            results = [(name, await toolbox.run(name, arguments)) for name, arguments in calls]
            request.contents.extend([call.reply.content, results_of(results)])

    async def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            await self._client.transport.close()
            self._client = None

    def _connected(self) -> glm.GenerativeServiceAsyncClient:
        """Return the client; made at first use, because gRPC binds a channel to the running loop."""
        if self._client is None:
            settings = self._settings
            self._client = new_client(str(settings.gemini_api_key), settings.gemini_api_endpoint)
        return self._client

    def _request(
        self, turns: Sequence[Turn], system_instruction: str, toolbox: Toolbox | None
    ) -> glm.GenerateContentRequest:
        # Neither temperature nor top_p, top_k or candidate_count: Gemini 3 wants its own defaults.
        request = glm.GenerateContentRequest(
            system_instruction=instruction_of(system_instruction) if system_instruction else None,
            tools=declared(toolbox.tools) if toolbox else [],
            generation_config=glm.GenerationConfig(max_output_tokens=self._max_output_tokens),
        )
        for turn in turns:
            add_turn(request, turn)
        return request

    async def _with_retries(self, call: _Call, chosen: str | None) -> AsyncGenerator[Chunk]:
        """Call until there is an answer or a reason to give up."""
        tries = 1
        while True:
            answered = False
            call.reply = Reply()
            try:
                async with aclosing(self._try(call, self.model_for(chosen))) as chunks:
                    async for chunk in chunks:
                        answered = answered or bool(chunk.text.strip())
                        yield chunk
            except errors.ModelNotFoundError as error:
                if error.model == FALLBACK_MODEL:
                    raise
                self._fall_back(error.model)
            except errors.LLMError as error:
                wait = None if answered else self._wait(error, tries, call.deadline)
                if wait is None:
                    raise
                log.info("Gemini: %s (%s); try %s in %.1f s", error, error.__cause__, tries + 1, wait)
                tries += 1
                call.attempt += 1
                await asyncio.sleep(wait)
            else:
                return

    async def _try(self, call: _Call, model: str) -> AsyncGenerator[Chunk]:
        """Make one call; the vendor's exceptions end here."""
        remaining = max(0.0, call.deadline - asyncio.get_running_loop().time())
        call.request.model = f"models/{model}"
        answered = call.may_be_silent
        try:
            async with asyncio.timeout(self._patience.chunk):
                stream = await cast("Client", self._connected()).stream_generate_content(
                    call.request, retry=None, timeout=remaining
                )
            try:
                responses = aiter(stream)
                while True:
                    async with asyncio.timeout(self._patience.chunk):
                        response = await anext(responses, None)
                    if response is None:
                        break
                    call.reply.add(response)
                    chunk, failure = read(response)
                    answered = answered or bool(chunk.text.strip())
                    yield chunk
                    if failure is not None:
                        raise failure
            finally:
                stream.cancel()
        except TimeoutError as error:
            raise errors.AnswerTimeoutError from error
        except google_exceptions.GoogleAPICallError as error:
            raise translate(error, model, str(self._settings.gemini_api_key)) from error
        if not answered and not call.reply.calls:
            raise errors.EmptyAnswerError

    def _fall_back(self, missing_model: str) -> None:
        """Use `FALLBACK_MODEL` from now on; of several calls that fail together, the first one says so."""
        if missing_model not in self._missing:
            log.warning(
                "Gemini has no model %s (any more); using %s. Please update GEMINI_MODEL.",
                missing_model,
                FALLBACK_MODEL,
            )
            self._missing.add(missing_model)
            self.replaced_model = missing_model

    def _wait(self, error: errors.LLMError, tries: int, deadline: float) -> float | None:
        """Return the seconds to wait before the next try, or None where there should be none."""
        if not error.transient or tries >= self._patience.tries:
            return None
        asked = (error.retry_after or 0.0) if isinstance(error, errors.QuotaError) else 0.0
        if asked > self._patience.longest_wait:
            return None
        wait = asked + full_jitter(tries - 1, first=self._patience.backoff, most=self._patience.longest_wait)
        remaining = deadline - asyncio.get_running_loop().time()
        return wait if wait < remaining else None
