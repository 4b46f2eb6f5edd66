"""Fault switches of the gateway: close, drop, silence, reconnect, invalidate."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord.gateway import INVALID_SESSION, RECONNECT
from sandbox.discord.people.api import Fields, PeopleError
from sandbox.discord.wire import no_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.gateway import Gateway


CLOSE_CODES = range(1000, 5000)


class GatewayFaults:
    """Serves ``/sandbox/discord/gateway/…``; each call strikes every connection there is."""

    def __init__(self, core: Core, gateway: Gateway) -> None:
        self._core = core
        self._gateway = gateway

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes, relative to ``/sandbox/discord``."""
        return [
            web.post("/gateway/close", self._close),
            web.post("/gateway/drop", self._drop),
            web.post("/gateway/silence", self._silence),
            web.post("/gateway/reconnect", self._reconnect),
            web.post("/gateway/invalidate", self._invalidate),
        ]

    def _forget(self) -> None:
        for session in self._core.sessions:
            self._gateway.end_session(session)

    async def _close(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        code = fields.raw.get("code", 4000)
        if not isinstance(code, int) or code not in CLOSE_CODES:
            raise PeopleError(400, "code must be a close code")
        if fields.raw.get("resumable", True) is False:
            self._forget()
        for connection in self._gateway.connections:
            connection.close(code)
        return no_content()

    async def _drop(self, _request: web.Request) -> web.Response:
        for connection in self._gateway.connections:
            connection.drop()
        return no_content()

    async def _silence(self, request: web.Request) -> web.Response:
        seconds = (await Fields.of(request)).raw.get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise PeopleError(400, "seconds must be a number")
        until = asyncio.get_running_loop().time() + seconds
        for connection in self._gateway.connections:
            connection.silent_until = until
        return no_content()

    async def _reconnect(self, _request: web.Request) -> web.Response:
        for connection in self._gateway.connections:
            connection.send(RECONNECT)
        return no_content()

    async def _invalidate(self, request: web.Request) -> web.Response:
        resumable = bool((await Fields.of(request)).raw.get("resumable", False))
        for connection in self._gateway.connections:
            connection.send(INVALID_SESSION, data=resumable)
        if not resumable:
            self._forget()
        return no_content()
