"""Faults that a test throws into the Gemini stand-in.

A fault travels as JSON, e.g. ``{"fault": "quota", "times": 2, "retry_delay": 3.5}``; all but ``fault`` is
optional. ``after_chunks`` lets that many chunks of text through first, so every error can come before,
between or after chunks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from sandbox.gemini import errors
from sandbox.rules import Rules

Kind = Literal[
    "quota", "overloaded", "deadline", "internal", "invalid_key", "permission_denied", "unauthenticated",
    "not_found", "prompt_block", "finish", "safety_stop", "max_tokens", "empty_chunks", "partless_chunks",
    "usage_only", "slow", "hang", "drop",
]  # fmt: skip
"""quota: 429 with RetryInfo(retry_delay) · overloaded: 503 · deadline: 504 · internal: 500 ·
invalid_key: 400 · permission_denied: 403 · unauthenticated: 401 · not_found: the model is gone ·
prompt_block: no candidates, a block_reason · finish: the answer ends after ``after_chunks`` with the
``finish_reason`` of that number; safety_stop and max_tokens with theirs · empty_chunks, partless_chunks:
chunks without candidates, or with a candidate without parts, between the others · usage_only: a last chunk
with nothing but usage_metadata · slow: ``seconds`` before every chunk · hang: nothing more comes ·
drop: a TCP reset."""

_PASSING = {"prompt_block", "empty_chunks", "partless_chunks", "usage_only", "slow"}


@dataclass(slots=True, kw_only=True)
class GeminiFault:
    """One rule; ``model`` and ``prompt`` are regular expressions searched in the request's."""

    fault: Kind
    times: int | None = None
    """How many requests it still strikes; None: until it is cleared."""
    after_chunks: int = 0
    retry_delay: float = 20.0
    """Seconds, in the RetryInfo of ``quota``."""
    seconds: float = 1.0
    finish_reason: int = 5
    """In the number that gRPC sends, also where the package has no name for it; 5 is OTHER."""
    model: str = ""
    prompt: str = ""

    def matches(self, model: str, prompt: str) -> bool:
        """Tell whether this request is struck."""
        return re.search(self.model, model) is not None and re.search(self.prompt, prompt) is not None

    @property
    def is_terminal(self) -> bool:
        """Whether the answer does not go on after this fault."""
        return self.fault not in _PASSING

    def error(self, model: str) -> errors.ApiError | None:
        """Return the error that this fault answers with, or None where it is not an error."""
        name = model.removeprefix("models/")
        makers = {
            "quota": lambda: errors.quota_exceeded(name, self.retry_delay),
            "overloaded": errors.overloaded,
            "deadline": errors.deadline_exceeded,
            "internal": errors.internal,
            "invalid_key": errors.api_key_invalid,
            "permission_denied": errors.permission_denied,
            "unauthenticated": errors.unauthenticated,
            "not_found": lambda: errors.model_not_found(model),
        }
        maker = makers.get(self.fault)
        return maker() if maker else None


class GeminiFaults(Rules[GeminiFault]):
    """The faults of the stand-in's answers."""

    def __init__(self) -> None:
        super().__init__(GeminiFault, key="fault", allowed=get_args(Kind))

    def take(self, model: str, prompt: str) -> GeminiFault | None:
        """Return the fault that strikes this request, counted off, or None."""
        return self.strike(lambda fault: fault.matches(model, prompt))
