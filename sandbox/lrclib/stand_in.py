"""Starts and stops the stand-in of LRCLIB, and tells the launcher about it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.browser_guard import browser_guard
from sandbox.faults import Faults, fault_middleware
from sandbox.lrclib.records import Records, Song

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aiohttp.typedefs import Handler, Middleware

LOOPBACK = "127.0.0.1"
KEPT_REQUESTS = 200


class LrclibStandIn:
    """LRCLIB's API (https://lrclib.net/docs) on a free port of loopback, for these ``songs``.

    Control routes: GET/POST/DELETE ``/faults`` (sandbox.faults), and GET ``/requests``.
    """

    name = "lrclib"

    def __init__(self, songs: Iterable[tuple[str, str, int]]) -> None:
        """``songs`` are titles, artists and lengths in seconds."""
        self.faults = Faults()
        self.requests: deque[dict[str, object]] = deque(maxlen=KEPT_REQUESTS)
        """What was asked, oldest first: path, query and user agent."""
        self._records = Records(Song(*song) for song in songs)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The address, without a slash at the end; after `start`."""
        return f"http://{LOOPBACK}:{self._port}"

    async def start(self) -> None:
        """Listen; returns when requests are answered."""
        app = web.Application(middlewares=[browser_guard(), self._journal(), fault_middleware(self.faults)])
        app.add_routes([web.get("/api/get", self._get), web.get("/api/search", self._search)])
        self._runner = web.AppRunner(app, shutdown_timeout=1, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, self._port).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def environment(self) -> Mapping[str, str]:
        """Return the bot's setting that points it here."""
        return {"LYRICS_URL": self.url}

    def info(self) -> Mapping[str, object]:
        """Return the address."""
        return {"url": self.url}

    def control_routes(self) -> Sequence[web.RouteDef]:
        """Return the routes of its switches, relative to ``/sandbox/lrclib``."""
        return [*self.faults.routes(), web.get("/requests", self._show_requests)]

    def _journal(self) -> Middleware:
        @web.middleware
        async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
            agent = request.headers.get("User-Agent", "")
            self.requests.append({"path": request.path, "query": dict(request.query), "agent": agent})
            return await handler(request)

        return note

    async def _show_requests(self, _request: web.Request) -> web.Response:
        return web.json_response(list(self.requests))

    async def _get(self, request: web.Request) -> web.Response:
        title, artist = request.query.get("track_name"), request.query.get("artist_name")
        try:
            seconds = float(request.query["duration"]) if "duration" in request.query else None
        except ValueError:
            seconds = -1.0
        if not title or not artist or (seconds is not None and not seconds > 0):
            return _error(400, "ValidationError", "Invalid request query")
        record = self._records.get(title, artist, seconds)
        if record is None:
            return _error(404, "TrackNotFound", "Failed to find specified track")
        return web.json_response(record)

    async def _search(self, request: web.Request) -> web.Response:
        words, title, artist = (request.query.get(key, "") for key in ("q", "track_name", "artist_name"))
        if not words and not title:
            return web.json_response([])
        return web.json_response(self._records.search(words, title, artist))


def _error(status: int, name: str, message: str) -> web.Response:
    return web.json_response({"code": status, "name": name, "message": message}, status=status)
