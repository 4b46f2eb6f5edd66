"""What every REST handler stands behind: token, rate limits, errors, and who may watch.

The reference is https://discord.com/developers/docs/reference
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord.errors import ApiError, unauthorized
from sandbox.discord.uploads import PAYLOAD
from sandbox.discord.wire import parse, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Handler, Middleware

    from sandbox.discord.rest.rate_limits import RateLimits

PREFIX = "/api/v10"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One REST request and its answer, as an observer sees it."""

    method: str
    route: str
    """The path with parameter names, ``/channels/{channel_id}/messages``; empty when unknown."""
    path: str
    """The path as it was asked, without ``/api/v10``."""
    request: object
    status: int
    response: object
    headers: dict[str, str]


Observers = list["Callable[[Exchange], None]"]


def middleware(token: str, limits: RateLimits, observers: Observers) -> Middleware:
    """Return the middleware that every request under `PREFIX` passes through."""

    @web.middleware
    async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(f"{PREFIX}/"):
            return await handler(request)
        resource = request.match_info.route.resource
        route = "" if resource is None else resource.canonical.removeprefix(PREFIX)
        parameters = dict(request.match_info)
        headers, refused = limits.check(request.method, route, parameters)
        if refused is None:
            response = await _answer(request, handler, token, route)
            response.headers.update(headers)
        else:
            response = refused
        # discord.py takes a 429 without Via for a ban by the proxy in front of Discord.
        response.headers["Via"] = "1.1 sandbox"
        if observers:
            exchange = await _exchange(request, route, response)
            for observe in observers:
                observe(exchange)
        return response

    return handle


async def _answer(request: web.Request, handler: Handler, token: str, route: str) -> web.StreamResponse:
    try:
        # Interaction tokens in the path stand for the bot's token.
        public = route.startswith(("/interactions/", "/webhooks/")) or route == "/gateway"
        if not public and request.headers.get("Authorization") != f"Bot {token}":
            raise unauthorized()
        return await handler(request)
    except ApiError as error:
        return reply(error.body(), error.status)
    except web.HTTPException as error:
        # The router's 404 and 405, and bodies over the server's limit.
        if error.status == web.HTTPRequestEntityTooLarge.status_code:
            return reply({"message": "Request entity too large", "code": 40005}, 413)
        return reply({"message": f"{error.status}: {error.reason}", "code": 0}, error.status)


async def _exchange(request: web.Request, route: str, response: web.StreamResponse) -> Exchange:
    asked: object = request.get(PAYLOAD)
    if request.content_type == "application/json" and (raw := await request.read()):
        try:
            asked = parse(raw)
        except ApiError:
            # The answer tells the client.
            asked = None
    body = response.body if isinstance(response, web.Response) else None
    answered = None
    if isinstance(body, bytes) and body and response.content_type == "application/json":
        answered = json.loads(body)
    path = request.path.removeprefix(PREFIX)
    return Exchange(request.method, route, path, asked, response.status, answered, dict(response.headers))
