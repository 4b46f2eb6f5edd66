"""The project's one address: REST and Auth go to lite, Realtime is served here, faults strike on the way."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from yarl import URL

from sandbox.browser_guard import browser_guard, on_this_machine
from sandbox.faults import fault_middleware
from sandbox.ports import LOOPBACK
from sandbox.supabase.cors import allow_pages_of_this_machine
from sandbox.supabase.differences import Question
from sandbox.supabase.errors import StackError
from sandbox.supabase.realtime.server import PATH as REALTIME_PATH

if TYPE_CHECKING:
    from sandbox.faults import Faults
    from sandbox.supabase.keys import Keys
    from sandbox.supabase.lite import Lite
    from sandbox.supabase.realtime import RealtimeServer

log = logging.getLogger(__name__)

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "host"}
)
"""Headers that end at each connection (RFC 9110, section 7.6.1)."""
NOT_PASSED_ON = HOP_BY_HOP | {"apikey"}
NOT_PASSED_BACK = HOP_BY_HOP | {"content-length"}
IDLE_SECONDS = 3.0
"""Node closes a silent connection after 5 s; one that we close first is never found closed by a request."""
SHUTDOWN_SECONDS = 1.0
NO_KEY = {
    "message": "No API key found in request",
    "hint": "No `apikey` request header or url param was found.",
}
WRONG_KEY = {
    "message": "Invalid API key",
    "hint": "Double check your Supabase `anon` or `service_role` API key.",
}
NO_ROUTE = {"message": "no Route matched with those values"}
BAD_GATEWAY = {"message": "An invalid response was received from the upstream server"}


class Relay:
    """One HTTP server on loopback in front of lite."""

    def __init__(self, keys: Keys, realtime: RealtimeServer, faults: Faults, lite: Lite) -> None:
        self.latency_ms = 0.0
        """What a request takes longer, half of it on the way there and half on the way back."""
        self.max_rows: int | None = None
        """Rows that an answer has at most, where the project's owner chose fewer than lite was told."""
        self.port = 0
        self._faults = faults
        self._keys = keys
        self._realtime = realtime
        self._lite = lite
        self._client: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The project's URL; after start()."""
        return f"http://{LOOPBACK}:{self.port}"

    async def start(self, port: int = 0) -> None:
        """Listen on ``port`` (0: any free one); raises StackError if it is taken."""
        guard = browser_guard(pages=on_this_machine)
        application = web.Application(middlewares=[guard, fault_middleware(self._faults)])
        application.on_response_prepare.append(allow_pages_of_this_machine)
        application.router.add_get(REALTIME_PATH, self._websocket)
        application.router.add_route("*", "/{service:rest|auth}/v1{rest:.*}", self._forward)
        application.router.add_route("*", "/{rest:.*}", self._unknown)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise StackError(f"port {port} for the embedded Supabase is taken: {error.strerror}") from error
        self.port = int(self._runner.addresses[0][1])
        self._client = aiohttp.ClientSession(
            headers=self._lite.headers,
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Stop listening; requests under way are broken off after a second."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        key = _api_key(request)
        role = self._keys.role_of(key) if key else None
        if role is None:
            return web.json_response(WRONG_KEY if key else NO_KEY, status=401)
        return await self._realtime.handle(request, role)

    async def _unknown(self, _request: web.Request) -> web.Response:
        return web.json_response(NO_ROUTE, status=404)

    async def _forward(self, request: web.Request) -> web.Response:
        key = _api_key(request)
        role = self._keys.role_of(key) if key else None
        if key and role is None and request.method != "OPTIONS":
            return web.json_response(WRONG_KEY, status=401)
        headers = {
            name: value for name, value in request.headers.items() if name.lower() not in NOT_PASSED_ON
        }
        if role is not None:
            # lite knows the new keys only; a hosted project also takes the legacy ones.
            headers["apikey"] = self._keys.secret if role == "service_role" else self._keys.publishable
        await asyncio.sleep(self.latency_ms / 2_000)
        answer = await self._ask_lite(request, headers)
        await asyncio.sleep(self.latency_ms / 2_000)
        return answer

    async def _ask_lite(self, request: web.Request, headers: dict[str, str]) -> web.Response:
        """Return lite's answer, in a hosted project's words where lite has its own.

        The request's body streams; the answer is held back whole, because a fault may have to cut it in half.
        """
        if self._client is None:
            return web.json_response(BAD_GATEWAY, status=502)
        question = Question(request.rel_url)
        url = URL(self._lite.url).join(question.for_lite)
        if self.max_rows is not None and _is_read(request):
            # https://docs.postgrest.org/en/stable/references/configuration.html#db-max-rows
            asked = int(url.query.get("limit", self.max_rows))
            url = url.update_query(limit=min(asked, self.max_rows))
        try:
            async with self._client.request(
                request.method,
                url,
                headers=headers,
                data=request.content if request.body_exists else None,
                allow_redirects=False,
            ) as answer:
                body = await answer.read()
        except aiohttp.ClientError as error:
            log.warning("@supabase/lite did not answer %s %s: %s", request.method, request.path, error)
            return web.json_response(BAD_GATEWAY, status=502)
        status, body = question.answer(answer.status, body)
        kept = [
            (name, value) for name, value in answer.headers.items() if name.lower() not in NOT_PASSED_BACK
        ]
        return web.Response(status=status, headers=kept, body=body)


def _is_read(request: web.Request) -> bool:
    return request.path.startswith("/rest/v1/rpc/") or (
        request.method in {"GET", "HEAD"} and request.path.startswith("/rest/v1/")
    )


def _api_key(request: web.Request) -> str | None:
    return request.headers.get("apikey") or request.query.get("apikey")
