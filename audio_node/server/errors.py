"""Lavalink's error answers (https://lavalink.dev/api/rest.html#error-responses)."""

from __future__ import annotations

import time
from http import HTTPStatus

from aiohttp import web


class RestError(Exception):
    """A request that Lavalink refuses with ``status`` and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def error_response(request: web.Request, error: RestError) -> web.Response:
    """Return the JSON that a client gets; a refused password gets no body."""
    if error.status in {401, 403}:
        return web.Response(status=error.status)
    body: dict[str, object] = {
        "timestamp": round(time.time() * 1000),
        "status": error.status,
        "error": HTTPStatus(error.status).phrase,
        "message": error.message,
        "path": request.path,
    }
    if request.query.get("trace") == "true":
        body["trace"] = f"{type(error).__name__}: {error.message}"
    return web.json_response(body, status=error.status)
