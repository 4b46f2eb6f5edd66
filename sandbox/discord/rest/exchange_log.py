"""The last REST exchanges, so that a test of another process can check them."""

from __future__ import annotations

import collections
from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord.wire import reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.rest.api import Exchange

KEPT = 2_000


class ExchangeLog:
    """Keeps the last `KEPT` exchanges; serves ``GET`` and ``DELETE /exchanges``."""

    def __init__(self) -> None:
        self._exchanges: collections.deque[Exchange] = collections.deque(maxlen=KEPT)

    def __call__(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        self._exchanges.append(exchange)

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes, relative to ``/sandbox/discord``."""
        return [web.get("/exchanges", self._list), web.delete("/exchanges", self._clear)]

    async def _list(self, _request: web.Request) -> web.Response:
        return reply({"exchanges": [asdict(exchange) for exchange in self._exchanges]})

    async def _clear(self, request: web.Request) -> web.Response:
        self._exchanges.clear()
        return await self._list(request)
