"""Limits in tokens, for every provider, and how many tokens a text has about. Pure."""

from __future__ import annotations

OUTPUT_LIMIT = 8_192
"""Of one answer, hidden thoughts included; it is continued on request."""
CONVERSATION_LIMIT = 2 * OUTPUT_LIMIT
"""Of the conversation that a model is given: an answer of full length, and as much again around it."""
_BYTES = 4
"""Of UTF-8 in one token: Gemini takes four letters or two thirds of a kanji for one
(https://ai.google.dev/gemini-api/docs/tokens)."""


def estimate(text: str) -> int:
    """Return about how many tokens a text has; rather too many."""
    return -(-len(text.encode(errors="replace")) // _BYTES)


def tail(text: str, limit: int) -> str:
    """Return the end of a text, after an ellipsis, in ``limit`` tokens (1 or more); all where it fits."""
    if estimate(text) <= limit:
        return text
    encoded = text.encode(errors="replace")
    return "…" + encoded[len(encoded) - (limit - 1) * _BYTES :].decode(errors="ignore")
