"""A REST server that answers upserts as PostgREST does, on a real socket, and fails as it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Answer = Callable[[web.Request, list[dict[str, object]]], Awaitable[web.StreamResponse]]


@dataclass
class PostgrestDouble:
    """Tables as dictionaries of rows by id. ``script`` holds the answers to the next upserts."""

    url: str = ""
    tables: dict[str, dict[str, dict[str, object]]] = field(default_factory=dict)
    script: deque[Answer] = field(default_factory=deque)
    always: dict[str, Answer] = field(default_factory=dict)
    """Answers for one table, whenever the script is empty."""
    requests: list[tuple[str, list[dict[str, object]]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def rows(self, table: str) -> list[dict[str, object]]:
        return list(self.tables.get(table, {}).values())

    async def handle(self, request: web.Request) -> web.StreamResponse:
        table = request.match_info["table"]
        rows = json.loads(await request.read())
        self.requests.append((table, rows))
        self.headers.append({**request.headers, "query": request.query_string})
        answer = self.script.popleft() if self.script else self.always.get(table, self.store)
        try:
            return await answer(request, rows)
        finally:
            async with self.arrived:
                self.arrived.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition``, looked at after every request, is true."""
        async with asyncio.timeout(60), self.arrived:
            await self.arrived.wait_for(condition)

    async def store(self, request: web.Request, rows: list[dict[str, object]]) -> web.StreamResponse:
        """Do what PostgREST does."""
        table = self.tables.setdefault(request.match_info["table"], {})
        new = [row for row in rows if row["id"] not in table]
        table.update((str(row["id"]), row) for row in new)
        applied = "resolution=ignore-duplicates, missing=default, return=minimal, count=exact"
        return web.Response(
            status=201, headers={"Preference-Applied": applied, "Content-Range": f"*/{len(new)}"}
        )


def failing(status: int, code: str | None = None, message: str = "refused", **headers: str) -> Answer:
    """Return an answer with PostgREST's error body."""

    async def answer(_request: web.Request, _rows: list[dict[str, object]]) -> web.StreamResponse:
        body = {"code": code, "message": message, "details": None, "hint": None}
        return web.json_response(
            body, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    return answer


def page(status: int) -> Answer:
    """Return an answer as a gateway gives it."""

    async def answer(_request: web.Request, _rows: list[dict[str, object]]) -> web.StreamResponse:
        return web.Response(status=status, text="<html><h1>Hello</h1></html>", content_type="text/html")

    return answer


async def hang_up(request: web.Request, _rows: list[dict[str, object]]) -> web.StreamResponse:
    """Close the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    raise ConnectionResetError


async def cut_short(request: web.Request, _rows: list[dict[str, object]]) -> web.StreamResponse:
    """Announce a body, send half of it and close the connection."""
    response = web.StreamResponse(status=503)
    response.content_length = 100
    await response.prepare(request)
    await response.write(b'{"message": "the database')
    return await hang_up(request, _rows)


def poisoned(
    *poison: object, code: str = "22P05", status: int = 400, column: str = "prompt"
) -> Callable[[PostgrestDouble], Answer]:
    """Return a maker of answers that refuse a batch with one of ``poison`` in ``column``."""

    def make(double: PostgrestDouble) -> Answer:
        async def answer(request: web.Request, rows: list[dict[str, object]]) -> web.StreamResponse:
            if any(row.get(column) in poison for row in rows):
                return await failing(status, code)(request, rows)
            return await double.store(request, rows)

        return answer

    return make


def committing(double: PostgrestDouble) -> Answer:
    """Return an answer that stores the rows and then loses the connection."""

    async def answer(request: web.Request, rows: list[dict[str, object]]) -> web.StreamResponse:
        await double.store(request, rows)
        return await hang_up(request, rows)

    return answer


@contextlib.asynccontextmanager
async def running_double() -> AsyncIterator[PostgrestDouble]:
    """Serve a double on a free loopback port."""
    double = PostgrestDouble()
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/rest/v1/{table}", double.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    double.url = f"http://127.0.0.1:{port}"
    yield double
    await runner.cleanup()
