"""Why the model stopped, as the API names it, and what follows from that. Pure.

Names: https://ai.google.dev/api/generate-content#FinishReason and, for the last two, ``FinishReason`` of
google-genai. Numbers, as gRPC sends them: google/ai/generativelanguage/v1beta/generative_service.proto, which
ends at 17; later ones are not published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.llm import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.llm.chunks import Ending

Consequence: TypeAlias = Literal["done", "cut", "blocked", "passing"]
"""done: the answer is complete · cut: at the length limit, and can be continued · blocked: the same request
would end in the same way · passing: another try may well succeed."""

CONSEQUENCES: Mapping[str, Consequence] = {
    "STOP": "done",
    "MAX_TOKENS": "cut",
    "SAFETY": "blocked",
    "RECITATION": "blocked",
    "LANGUAGE": "blocked",
    "OTHER": "blocked",  # "the query may violate the terms of service": gemini-api/docs/troubleshooting
    "BLOCKLIST": "blocked",
    "PROHIBITED_CONTENT": "blocked",
    "SPII": "blocked",
    "MALFORMED_FUNCTION_CALL": "passing",
    "IMAGE_SAFETY": "blocked",
    "UNEXPECTED_TOOL_CALL": "passing",
    "TOO_MANY_TOOL_CALLS": "passing",
    "IMAGE_PROHIBITED_CONTENT": "blocked",
    "IMAGE_OTHER": "passing",
    "NO_IMAGE": "passing",  # nobody asked for one
    "IMAGE_RECITATION": "blocked",
    "MISSING_THOUGHT_SIGNATURE": "blocked",  # the request lacks it, and will lack it again
    "MALFORMED_RESPONSE": "passing",
    "ESCALATION": "blocked",
    "PUP_LIMITED_DISABLED": "blocked",
}
NAMES = {
    12: "UNEXPECTED_TOOL_CALL",
    13: "TOO_MANY_TOOL_CALLS",
    14: "IMAGE_PROHIBITED_CONTENT",
    15: "IMAGE_OTHER",
    16: "NO_IMAGE",
    17: "IMAGE_RECITATION",
}
"""Of the numbers that google-generativeai does not know."""
_ENDINGS: Mapping[Consequence, Ending] = {"done": "stop", "cut": "max_tokens"}


def ending_of(reason: str) -> Ending | None:
    """Return how an answer ended that ends for ``reason`` and is no failure; "" is no end yet."""
    consequence = CONSEQUENCES.get(reason)
    return _ENDINGS.get(consequence) if consequence else None


def failure_of(reason: str) -> errors.LLMError | None:
    """Return what went wrong with an answer that ends for ``reason``, if anything did."""
    if not reason or ending_of(reason):
        return None
    match CONSEQUENCES.get(reason):
        case "passing":
            return errors.AnswerBrokenError(reason)
        case "blocked":
            return errors.AnswerBlockedError(reason)
        case _:
            return errors.UnknownEndingError(reason)
