"""JSON as Discord writes it, and the replies and times of its REST API."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, TypeAlias, cast

from aiohttp import web

from sandbox.discord.errors import ApiError

Json: TypeAlias = dict[str, Any]
"""An object of Discord's API; the tests check its shape by Discord's own OpenAPI description."""


def dump(value: object) -> str:
    """Return ``value`` as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def now() -> str:
    """Return the present as Discord writes timestamps (ISO 8601, microseconds, UTC)."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


def reply(value: object, status: int = 200) -> web.Response:
    """Return a JSON answer. The content type has no charset: discord.py compares it exactly."""
    # A lone surrogate cannot be encoded; Discord replaces it too.
    body = dump(value).encode("utf-8", "replace")
    return web.Response(body=body, status=status, content_type="application/json")


def no_content() -> web.Response:
    """Return 204 without a body."""
    return web.Response(status=204)


def object_in(value: object) -> Json:
    """Return ``value`` when it is an object, else an empty one."""
    return cast("Json", value) if isinstance(value, dict) else {}


def objects_in(value: object) -> list[Json]:
    """Return the objects in ``value`` when it is a list, else none."""
    entries = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Json", entry) for entry in entries if isinstance(entry, dict)]


def parse(raw: bytes | str) -> object:
    """Return the JSON value in ``raw``; raises ApiError 50109."""
    try:
        return json.loads(raw)
    except ValueError as error:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from error


def parse_object(raw: bytes | str) -> Json:
    """Return the JSON object in ``raw``; raises ApiError 50109 for anything else."""
    value = parse(raw)
    if not isinstance(value, dict):
        raise ApiError(400, 50109, "The request body contains invalid JSON.")
    return cast("Json", value)


async def read_object(request: web.Request) -> Json:
    """Return the request's JSON object, empty when there is no body; raises ApiError 50109."""
    raw = await request.read()
    return parse_object(raw) if raw else {}
