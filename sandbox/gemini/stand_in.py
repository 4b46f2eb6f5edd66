"""Starts and stops the Gemini stand-in, and tells the launcher about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.certificate import ensure_certificate
from sandbox.gemini.faults import GeminiFaults
from sandbox.gemini.journal import Journal
from sandbox.gemini.relay import Relay
from sandbox.gemini.rpc import RpcServer
from sandbox.gemini.scripts import Scripts
from sandbox.gemini.service import GenerativeService

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

API_KEY = "otonari-sandbox-gemini-key"


class GeminiStandIn:
    """The service at ``127.0.0.1:port`` (0: a free one); ``pace`` is the time between two chunks, in seconds.

    Control routes: GET/POST/DELETE ``/faults`` (sandbox.gemini.faults) and ``/answers`` (scripted
    answers, sandbox.gemini.scripts), GET ``/requests``, POST ``/stop`` and ``/start`` (refuse
    connections, and take them again on the same port).
    """

    name = "gemini"

    def __init__(self, state_dir: Path, *, port: int = 0, pace: float = 0.05, api_key: str = API_KEY) -> None:
        self.journal = Journal()
        self.faults = GeminiFaults()
        self.scripts = Scripts()
        self._certificate = ensure_certificate(state_dir, "gemini")
        self._api_key = api_key
        self._relay = Relay(port)
        self._upstream = 0
        self._rpc = RpcServer(
            generative=GenerativeService(faults=self.faults, scripts=self.scripts, pace=pace),
            journal=self.journal,
            api_key=api_key,
            certificate=self._certificate,
            cut=lambda peer: self._relay.cut(int(peer.rpartition(":")[2])),
        )

    async def start(self) -> None:
        """Listen; returns when requests are answered."""
        self._upstream = await self._rpc.start()
        await self._relay.start(self._upstream)

    async def close(self) -> None:
        """Stop listening and end everything that was started."""
        await self._relay.stop()
        await self._rpc.close()

    def environment(self) -> Mapping[str, str]:
        """Return the bot's settings that point it here, and the roots file by which gRPC trusts it."""
        return {
            "GEMINI_API_KEY": self._api_key,
            "GEMINI_API_ENDPOINT": self.address,
            "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(self._certificate.roots_file),
        }

    @property
    def address(self) -> str:
        """Return host:port; after start()."""
        return f"127.0.0.1:{self._relay.port}"

    def info(self) -> Mapping[str, object]:
        """Return the address, the key and the roots file."""
        return {
            "endpoint": self.address,
            "api_key": self._api_key,
            "roots_file": str(self._certificate.roots_file),
        }

    def control_routes(self) -> Sequence[web.RouteDef]:
        """Return the routes of its fault switches, relative to ``/sandbox/gemini``."""
        return [
            *self.faults.routes(),
            *self.scripts.routes(),
            *self.journal.routes(),
            web.post("/stop", self._stop),
            web.post("/start", self._start),
        ]

    async def _stop(self, _request: web.Request) -> web.Response:
        await self._relay.stop()
        return web.json_response({"listening": False})

    async def _start(self, _request: web.Request) -> web.Response:
        await self._relay.start(self._upstream)
        return web.json_response({"listening": True})
