"""What the API does with a request, free of transport: chunks of an answer, or ApiError."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from google.ai import generativelanguage_v1beta as glm

from sandbox.gemini import errors, validation
from sandbox.gemini.generation import FinishReason, Generation, conversation_of, prompt_tokens
from sandbox.gemini.wire import raw

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from sandbox.gemini.faults import GeminiFault, GeminiFaults
    from sandbox.gemini.scripts import Scripts

MODELS = (
    "gemini-3.5-flash-lite",
    "gemini-3.5-flash",
    "gemini-3.5-pro",
    "gemini-flash-lite-latest",
    "gemini-flash-latest",
    "gemini-2.5-flash",
)
_ENDINGS = {"safety_stop": FinishReason.SAFETY, "max_tokens": FinishReason.MAX_TOKENS}


class GenerativeService:
    """Answers requests; ``pace`` is the time between two chunks, in seconds."""

    def __init__(self, *, faults: GeminiFaults, scripts: Scripts, pace: float) -> None:
        self._faults = faults
        self._scripts = scripts
        self._pace = pace

    async def generate(
        self, request: glm.GenerateContentRequest, cut: Callable[[], None]
    ) -> AsyncIterator[glm.GenerateContentResponse]:
        """Yield the chunks of the answer, struck by a fault where one is in force.

        ``cut`` resets the caller's connection. Raises ApiError.
        """
        check_model(request.model)
        is_old = request.model.startswith("models/gemini-2")
        validation.check_request(request, raw(request).ByteSize(), signatures_required=not is_old)
        fault = self._faults.take(request.model, conversation_of(request.contents).prompt)
        generation = Generation(request, self._scripts)
        if fault is not None and fault.fault == "prompt_block":
            yield generation.blocked()
            return
        end = len(generation.chunks)
        strike_at = min(fault.after_chunks, end) if fault is not None and fault.is_terminal else None
        for index, parts in enumerate([*generation.chunks, None]):
            if fault is not None and index == strike_at:
                yield await self._strike(fault, generation, cut)
                return
            if parts is None:
                break
            odd = await _before_chunk(fault, generation) if fault is not None else None
            if odd is not None:  # an empty message is false
                yield odd
            await asyncio.sleep(self._pace if index else 0)
            is_last = index == end - 1 and strike_at is None
            yield generation.chunk(parts, generation.finish_reason if is_last else None)
        if not end:
            yield generation.chunk([], generation.finish_reason)
        if fault is not None and fault.fault == "usage_only":
            yield generation.usage_only()

    async def _strike(
        self, fault: GeminiFault, generation: Generation, cut: Callable[[], None]
    ) -> glm.GenerateContentResponse:
        """Do what a terminal fault does; returns the chunk with which the answer ends, if it does end."""
        error = fault.error(generation.model)
        if error is not None:
            raise error
        if fault.fault in {"finish", *_ENDINGS}:
            return generation.chunk([], _ENDINGS.get(fault.fault, fault.finish_reason))
        if fault.fault == "drop":
            cut()
        await asyncio.Event().wait()
        raise AssertionError("an event that nobody sets")


async def _before_chunk(fault: GeminiFault, generation: Generation) -> glm.GenerateContentResponse | None:
    """Wait for a slow fault; return the odd chunk that goes before an ordinary one."""
    if fault.fault == "slow":
        await asyncio.sleep(fault.seconds)
    if fault.fault == "empty_chunks":
        return glm.GenerateContentResponse()
    return generation.partless() if fault.fault == "partless_chunks" else None


def joined(chunks: Sequence[glm.GenerateContentResponse]) -> glm.GenerateContentResponse:
    """Return the one answer that a stream's chunks amount to."""
    whole = chunks[-1]
    parts = [part for chunk in chunks for candidate in chunk.candidates for part in candidate.content.parts]
    if whole.candidates and parts:
        text = "".join(part.text for part in parts)
        calls = [part for part in parts if "text" not in part]
        whole.candidates[0].content = glm.Content(
            role="model", parts=[*([glm.Part(text=text)] if text else []), *calls]
        )
    return whole


def count_tokens(request: glm.CountTokensRequest) -> glm.CountTokensResponse:
    """Return what a prompt counts; raises ApiError for an unknown model."""
    check_model(request.model)
    contents = request.contents or request.generate_content_request.contents
    return glm.CountTokensResponse(total_tokens=prompt_tokens(contents))


def check_model(model: str) -> None:
    """Raise ApiError (NOT_FOUND) if there is no such model."""
    if model.removeprefix("models/") not in MODELS:
        raise errors.model_not_found(model)


def model_of(name: str) -> glm.Model:
    """Return the description of model ``name``."""
    return glm.Model(
        name=f"models/{name}",
        base_model_id=name,
        display_name=f"{name} (stand-in)",
        input_token_limit=1_048_576,
        output_token_limit=65_536,
        supported_generation_methods=["generateContent", "countTokens"],
    )
