"""The pieces in which an answer arrives. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ending = Literal["stop", "max_tokens"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that an answer used; ``total`` also counts the model's hidden thoughts."""

    prompt: int = 0
    answer: int = 0
    total: int = 0

    def plus(self, other: Usage) -> Usage:
        """Return the sum."""
        return Usage(self.prompt + other.prompt, self.answer + other.answer, self.total + other.total)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an answer, as it arrives; the last one says how it ended."""

    text: str
    usage: Usage | None = None
    """Of this attempt so far."""
    ending: Ending | None = None
    """``stop``: complete · ``max_tokens``: cut off at the length limit · None: more may come."""
    attempt: int = 0
    """Which try at the answer this is, from 0: one that failed was billed, too."""
