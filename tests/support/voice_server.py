"""A small voice server: gateway version 8 and UDP on loopback, which decrypts what arrives.

What it says beyond the handshake, tests say through it.
"""

from __future__ import annotations

import asyncio
import json
import struct
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEY = bytes(range(32))
SSRC = 4242
GCM, XCHACHA = "aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"


@dataclass(frozen=True)
class Received:
    """An RTP packet."""

    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def decrypted(packet: bytes, mode: str) -> Received:
    header, sealed, counter = packet[:12], packet[12:-4], packet[-4:]
    assert header[:2] == b"\x80\x78"
    if mode == GCM:
        payload = AESGCM(KEY).decrypt(counter + bytes(8), sealed, header)
    else:
        payload = crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, header, counter + bytes(20), KEY)
    return Received(*struct.unpack(">HII", header[2:]), payload)


@dataclass
class VoiceServerDouble(asyncio.DatagramProtocol):
    """Its switches, and what it has been told."""

    modes: list[str] = field(default_factory=lambda: [XCHACHA, GCM])
    mode: str | None = None
    """The one that is used whatever was selected."""
    dave_version: int = 0
    heartbeat_interval: int = 60_000
    answers_heartbeats: bool = True
    answers_discovery: bool = True
    resumes: bool = True
    refuse_with: int | None = None
    """Closes with this instead of a session."""
    said: list[tuple[int, Any]] = field(default_factory=list)
    """Every JSON message of the client; binary ones as bytes."""
    packets: list[Received] = field(default_factory=list)
    endpoint: str = ""
    _websocket: web.WebSocketResponse | None = None
    _transport: asyncio.DatagramTransport | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _mode: str = ""

    async def until(self, condition: Any) -> None:
        """Wait for ``condition()``, which what arrives may make true."""
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    def data_of(self, op: int) -> list[Any]:
        return [data for said, data in self.said if said == op]

    async def send(self, op: int, data: object, **more: object) -> None:
        assert self._websocket is not None
        await self._websocket.send_str(json.dumps({"op": op, "d": data, **more}))

    async def send_text(self, text: str) -> None:
        assert self._websocket is not None
        await self._websocket.send_str(text)

    async def send_binary(self, sequence: int, op: int, payload: bytes) -> None:
        assert self._websocket is not None
        await self._websocket.send_bytes(struct.pack(">HB", sequence, op) + payload)

    async def close(self, code: int, reason: str = "") -> None:
        assert self._websocket is not None
        await self._websocket.close(code=code, message=reason.encode())

    def cut(self) -> None:
        """Lose the connection without a word."""
        assert self._websocket is not None
        transport = self._websocket._req.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.abort()

    async def talk(self, request: web.Request) -> web.WebSocketResponse:
        assert request.query["v"] == "8"
        websocket = self._websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        await self.send(8, {"v": 8, "heartbeat_interval": self.heartbeat_interval})
        async for message in websocket:
            if message.type is WSMsgType.TEXT:
                payload = json.loads(message.data)
                self.said.append((payload["op"], payload["d"]))
                await self._answer(payload["op"], payload["d"])
            elif message.type is WSMsgType.BINARY:
                self.said.append((message.data[0], message.data[1:]))
            self._changed.set()
        return websocket

    async def _answer(self, op: int, data: Any) -> None:
        if op in {0, 7} and self.refuse_with is not None:
            await self.close(self.refuse_with, "refused")
        elif op == 0:
            assert self._transport is not None
            host, port = self._transport.get_extra_info("sockname")
            await self.send(2, {"ssrc": SSRC, "ip": host, "port": port, "modes": self.modes}, seq=1)
        elif op == 1:
            self._mode = self.mode or data["data"]["mode"]
            session = {"mode": self._mode, "secret_key": list(KEY)}
            await self.send(4, {**session, "dave_protocol_version": self.dave_version}, seq=2)
        elif op == 3 and self.answers_heartbeats:
            await self.send(6, {"t": data["t"]})
        elif op == 7:
            await (self.send(9, None) if self.resumes else self.close(4006, "forgotten"))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) == 74 and data[:2] == b"\0\1":
            if self.answers_discovery:
                answer = struct.pack(">HHI64sH", 2, 70, SSRC, b"203.0.113.7", addr[1])
                assert self._transport is not None
                self._transport.sendto(answer, addr)
        else:
            self.packets.append(decrypted(data, self._mode))
        self._changed.set()


@asynccontextmanager
async def voice_server() -> AsyncIterator[VoiceServerDouble]:
    double = VoiceServerDouble()
    app = web.Application()
    app.router.add_get("/", double.talk)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    double.endpoint = f"127.0.0.1:{runner.addresses[0][1]}"
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: double, local_addr=("127.0.0.1", 0))
    try:
        yield double
    finally:
        transport.close()
        if double._websocket is not None:
            await double._websocket.close(code=WSCloseCode.GOING_AWAY)
        await runner.cleanup()
