"""Faults that a test throws into an HTTP stand-in: what to match, what to do, how often.

A fault travels as JSON, e.g. ``{"action": "status", "status": 429, "headers": {"Retry-After": "3"},
"path": "/rest/v1/", "times": 2}``; every key but ``action`` is optional.
"""

from __future__ import annotations

import asyncio
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from aiohttp import web

from sandbox.rules import Rules

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.typedefs import Handler, Middleware

Action = Literal["status", "delay", "hang", "reset", "truncate", "drop_answer"]
"""status: answer with ``status``, ``headers``, ``body`` · delay: serve after ``seconds`` · hang: never answer
·
reset: close the connection before serving · truncate: serve, then cut the answer's body in half and reset ·
drop_answer: serve (so that the effect stays), then reset without an answer."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule; ``method`` and ``path`` are regular expressions searched in the request's."""

    action: Action
    method: str = ""
    path: str = ""
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: str = ""
    seconds: float = 0.0
    times: int | None = None
    """How many requests it still strikes; None: until it is cleared."""
    probability: float = 1.0

    def matches(self, method: str, path: str, rng: random.Random) -> bool:
        """Tell whether this request is struck."""
        return (
            re.search(self.method, method) is not None
            and re.search(self.path, path) is not None
            and rng.random() < self.probability
        )


class Faults(Rules[Fault]):
    """The HTTP faults of one stand-in."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(Fault, key="action", allowed=get_args(Action))
        self._rng = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that strikes this request, counted off, or None."""
        return self.strike(lambda fault: fault.matches(method, path, self._rng))


def fault_middleware(faults: Faults) -> Middleware:
    """Return an aiohttp middleware that strikes requests by ``faults``."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = faults.take(request.method, request.path)
        if fault is None:
            return await handler(request)
        if fault.action == "status":
            return web.Response(status=fault.status, headers=fault.headers, body=fault.body.encode())
        if fault.action == "hang":
            await asyncio.Event().wait()
        if fault.action == "reset":
            return Reset()
        if fault.action == "delay":
            await asyncio.sleep(fault.seconds)
        response = await handler(request)
        if fault.action == "drop_answer":
            return Reset()
        if fault.action == "truncate":
            return _Truncated(response)
        return response

    return middleware


class Reset(web.Response):
    """An answer that never comes: the connection is reset instead."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Reset the connection; aiohttp calls this."""
        raise _reset(request)


class _Truncated(web.StreamResponse):
    """The head and half of the body of ``whole``, then a reset."""

    def __init__(self, whole: web.StreamResponse) -> None:
        super().__init__(status=whole.status, headers=whole.headers)
        body = whole.body if isinstance(whole, web.Response) else None
        self._half = body[: len(body) // 2] if isinstance(body, bytes) else b""
        self.content_length = max(2 * len(self._half), 2)

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        await super().prepare(request)
        await self.write(self._half)
        raise _reset(request)


def _reset(request: web.BaseRequest) -> ConnectionResetError:
    """Reset the connection; aiohttp takes the error for a client that went away, and does not log it."""
    if request.transport is not None:
        request.transport.abort()
    return ConnectionResetError("fault: connection reset")
