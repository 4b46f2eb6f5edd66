"""Starts and stops the voice server, and tells Discord's stand-in and the launcher about it."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.browser_guard import browser_guard
from sandbox.certificate import ensure_certificate
from sandbox.ports import LOOPBACK
from sandbox.voice.control import Control
from sandbox.voice.faults import VoiceFaults
from sandbox.voice.gateway import HEARTBEAT_SECONDS, Gateway
from sandbox.voice.opcodes import CloseCode
from sandbox.voice.roster import Roster
from sandbox.voice.udp import VoiceUdp
from sandbox.voice.websocket import VoiceWebsocket

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sandbox.voice_server import VoiceMember

MODES = ("aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize")


class VoiceStandIn:
    """Discord's voice server on loopback; its switches: .control.

    ``certificate_dir``: where the certificate for wss:// is kept, None for plain ws://, which real clients do
    not speak. ``modes``: the encryption modes that Ready offers, in this order. ``dave_version``: of
    end-to-end encryption, the highest that the server knows, 0 for none. ``require_e2ee``: close clients
    without it with 4017, but on stages, as Discord does since March 2026.
    """

    name = "voice"

    def __init__(
        self,
        certificate_dir: Path | None,
        *,
        modes: Sequence[str] = MODES,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        dave_version: int = 1,
        require_e2ee: bool = False,
    ) -> None:
        self.certificate = None if certificate_dir is None else ensure_certificate(certificate_dir, "voice")
        self.faults = VoiceFaults()
        self.gateway = Gateway(
            Roster(),
            self.faults,
            modes=modes,
            heartbeat_seconds=heartbeat_seconds,
            dave_version=dave_version,
            require_e2ee=require_e2ee,
        )
        self.gateway.udp = VoiceUdp(self.faults, self.gateway.room_of)
        self._websocket = VoiceWebsocket(self.gateway)
        self._control = Control(self.gateway, self.move)
        self._tells: list[Callable[[], None]] = []
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def endpoint(self) -> str:
        """Return ``host:port``, as VOICE_SERVER_UPDATE has it; after start()."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def trust(self) -> ssl.SSLContext | None:
        """Return what a client is to trust, None for a server of plain websockets."""
        return self.certificate and ssl.create_default_context(cafile=self.certificate.roots_file)

    def place(self, member: VoiceMember) -> None:
        """Let somebody in, or note what changed; a connection with an older token or session ends."""
        self.gateway.place(member)

    def remove(self, guild_id: str, user_id: str, *, call_ended: bool = False) -> None:
        """Disconnect somebody who left; ``call_ended``: the whole channel is gone."""
        self.gateway.remove(guild_id, user_id, call_ended=call_ended)

    def on_move(self, tell: Callable[[], None]) -> None:
        """Call ``tell`` when the endpoint has changed."""
        self._tells.append(tell)

    async def start(self) -> None:
        """Listen on loopback, at any free ports."""
        app = web.Application(middlewares=[browser_guard()])
        app.router.add_get("/", self._websocket.handle)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1, access_log=None)
        await runner.setup()
        context = None
        if self.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate.chain_file, self.certificate.key_file)
        await web.TCPSite(runner, LOOPBACK, 0, ssl_context=context).start()
        self._runner = runner
        self._port = runner.addresses[0][1]
        self.gateway.udp_port = await self.gateway.udp.start()

    async def close(self) -> None:
        """Close every connection."""
        self._websocket.close()
        self.gateway.close()
        await self._control.close()
        await self._stop()

    async def _stop(self) -> None:
        self.gateway.udp.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def move(self) -> None:
        """Listen at other ports, end every connection, and tell everybody, as a change of region does."""
        self.gateway.end_all(CloseCode.CALL_TERMINATED)
        await self._stop()
        await self.start()
        for tell in self._tells:
            tell()

    def info(self) -> Mapping[str, object]:
        """Return the address, and the roots file by which clients trust it (``SSL_CERT_FILE``)."""
        roots = {} if self.certificate is None else {"roots_file": str(self.certificate.roots_file)}
        return {"endpoint": self.endpoint, "udp_port": self.gateway.udp_port, **roots}

    def control_routes(self) -> Sequence[web.RouteDef]:
        """Return the routes of what is heard and of the switches, relative to ``/sandbox/voice``."""
        return self._control.routes()
