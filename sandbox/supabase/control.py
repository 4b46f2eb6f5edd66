"""The switches of the embedded Supabase, for tests and the sandbox's page.

====== ==================== =====================================================================
GET    /faults              the HTTP faults in force (see `sandbox.faults`); POST adds, DELETE clears
GET    /realtime            ``{"mode": …, "connections": n}``
PUT    /realtime            ``{"mode": "serve" | "refuse" | "too_many_connections"}``
POST   /realtime/cut        break every websocket; answers ``{"cut": n}``
PUT    /latency             ``{"ms": n}`` added to every HTTP round trip
PUT    /max_rows            ``{"rows": n}`` at most in an answer (null: as usual), the project's "Max rows"
POST   /postgres/stop       shut PostgreSQL down; ``/postgres/start`` starts it on the same port
POST   /schema/reload       apply the schema file again
POST   /users               ``{"email": …, "password": …}`` signs somebody up; answers ``{"id": …}``
====== ==================== =====================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast, get_args

from aiohttp import web

from sandbox.supabase.errors import StackError
from sandbox.supabase.realtime.server import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aiohttp.typedefs import Handler

    from sandbox.faults import Faults
    from sandbox.supabase.postgres import EmbeddedPostgres
    from sandbox.supabase.realtime import RealtimeServer
    from sandbox.supabase.relay import Relay


class Stack(Protocol):
    """What the switches act on; relay and realtime are there while it runs."""

    schema: Path
    faults: Faults
    postgres: EmbeddedPostgres

    @property
    def relay(self) -> Relay:
        """The server in front of REST and Auth."""
        ...

    @property
    def realtime(self) -> RealtimeServer:
        """The server of the websockets."""
        ...

    async def reload_schema(self) -> None:
        """Apply the schema file again."""
        ...

    async def create_user(self, email: str, password: str) -> str:
        """Sign somebody up; returns their id."""
        ...


class Controls:
    """Turns one stack's switches."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes, relative to ``/sandbox/supabase``."""
        return [
            *self._stack.faults.routes(),
            web.get("/realtime", self._realtime),
            web.put("/realtime", _explained(self._set_realtime)),
            web.post("/realtime/cut", self._cut_realtime),
            web.put("/latency", _explained(self._set_latency)),
            web.put("/max_rows", _explained(self._set_max_rows)),
            web.post("/postgres/stop", self._stop_postgres),
            web.post("/postgres/start", _explained(self._start_postgres)),
            web.post("/schema/reload", _explained(self._reload_schema)),
            web.post("/users", _explained(self._create_user)),
        ]

    async def _realtime(self, _request: web.Request) -> web.Response:
        server = self._stack.realtime
        return web.json_response({"mode": server.mode, "connections": server.connections})

    async def _set_realtime(self, request: web.Request) -> web.Response:
        mode = (await _body(request)).get("mode")
        if mode not in get_args(Mode):
            raise ValueError(f"mode must be one of {', '.join(get_args(Mode))}")
        self._stack.realtime.mode = cast("Mode", mode)
        return await self._realtime(request)

    async def _cut_realtime(self, _request: web.Request) -> web.Response:
        return web.json_response({"cut": self._stack.realtime.cut()})

    async def _set_latency(self, request: web.Request) -> web.Response:
        milliseconds = (await _body(request)).get("ms")
        if not isinstance(milliseconds, int | float) or milliseconds < 0:
            raise ValueError("ms must be a number from 0")
        self._stack.relay.latency_ms = float(milliseconds)
        return web.json_response({"ms": milliseconds})

    async def _set_max_rows(self, request: web.Request) -> web.Response:
        rows = (await _body(request)).get("rows")
        if rows is not None and (not isinstance(rows, int) or rows < 1):
            raise ValueError("rows must be a whole number from 1, or null")
        self._stack.relay.max_rows = rows
        return web.json_response({"rows": rows})

    async def _stop_postgres(self, _request: web.Request) -> web.Response:
        await self._stack.postgres.stop()
        return web.json_response({"running": False})

    async def _start_postgres(self, _request: web.Request) -> web.Response:
        if self._stack.postgres.pid is None:
            await self._stack.postgres.start()
        return web.json_response({"running": True})

    async def _reload_schema(self, _request: web.Request) -> web.Response:
        await self._stack.reload_schema()
        return web.json_response({"applied": str(self._stack.schema)})

    async def _create_user(self, request: web.Request) -> web.Response:
        body = await _body(request)
        user_id = await self._stack.create_user(str(body.get("email")), str(body.get("password")))
        return web.json_response({"id": user_id}, status=201)


async def _body(request: web.Request) -> dict[str, object]:
    body: object = await request.json()
    return cast("dict[str, object]", body) if isinstance(body, dict) else {}


def _explained(handler: Handler) -> Handler:
    """Answer what cannot be done with 400 or 503 and the reason."""

    async def explained(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        except StackError as error:
            return web.json_response({"error": str(error)}, status=503)

    return explained
