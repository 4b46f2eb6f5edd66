"""How long to wait for a language model, and how often to try. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Time limits of one answer, in seconds, and its number of tries."""

    chunk: float = 60.0
    """For each chunk, the first one included."""
    answer: float = 240.0
    """For the whole answer, with every try and wait before it."""
    tries: int = 4
    backoff: float = 1.0
    """The bound of the first wait; it doubles for each further one."""
    longest_wait: float = 20.0
    """The bound of any wait. Where the service asks for a longer one, the user is asked to wait instead."""
