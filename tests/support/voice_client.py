"""A voice client of the tests' own: version 8 of the gateway, UDP, both ciphers; no code of the sandbox."""

from __future__ import annotations

import asyncio
import struct
from typing import TYPE_CHECKING, Any

import aiohttp
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

AES, XCHACHA = "aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"
PATIENCE = 60.0


def encrypt(mode: str, key: bytes, payload: bytes, header: bytes, nonce: bytes) -> bytes:
    if mode == AES:
        return AESGCM(key).encrypt(nonce.ljust(12, b"\0"), payload, header)
    return crypto_aead_xchacha20poly1305_ietf_encrypt(payload, header, nonce.ljust(24, b"\0"), key)


def decrypt(mode: str, key: bytes, payload: bytes, header: bytes, nonce: bytes) -> bytes:
    if mode == AES:
        return AESGCM(key).decrypt(nonce.ljust(12, b"\0"), payload, header)
    return crypto_aead_xchacha20poly1305_ietf_decrypt(payload, header, nonce.ljust(24, b"\0"), key)


class VoiceClient(asyncio.DatagramProtocol):
    """Connects as somebody that the server was told of, and keeps everything that it is sent."""

    def __init__(
        self,
        endpoint: str,
        *,
        server_id: str,
        user_id: str,
        session_id: str,
        token: str,
        mode: str = XCHACHA,
        tls: ssl.SSLContext | None = None,
        dave_version: int = 0,
    ) -> None:
        self.identity = {"server_id": server_id, "session_id": session_id, "token": token}
        self.user_id = user_id
        self.mode = mode
        self.dave_version = dave_version
        self.messages: list[dict[str, Any]] = []
        self.binary: list[bytes] = []
        self.datagrams: list[bytes] = []
        self.frames: list[tuple[int, int, bytes]] = []
        """What others sent: SSRC, sequence number, payload."""
        self.seq_ack = -1
        self.close_code: int | None = None
        self.ssrc = 0
        self.sequence, self.timestamp = 65_530, 2**32 - 960 * 5  # soon both begin again at 0
        self.nonce = 0
        self.key = b""
        self._url = f"{'wss' if tls else 'ws'}://{endpoint}/?v=8"
        self._tls = tls
        self._http = aiohttp.ClientSession()
        self.socket: aiohttp.ClientWebSocketResponse
        self.udp: asyncio.DatagramTransport | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> VoiceClient:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self, query: str = "") -> None:
        """Open the websocket, and read what comes."""
        url = f"{self._url.partition('?')[0]}?{query}" if query else self._url
        self.close_code = None
        self.socket = await self._http.ws_connect(url, ssl=self._tls or True)
        self._reader = asyncio.create_task(self._read())

    async def connect(self) -> None:
        """Go through the whole handshake."""
        await self.open()
        await self.identify()
        await self.select()

    async def identify(self) -> None:
        fields = {**self.identity, "user_id": self.user_id, "max_dave_protocol_version": self.dave_version}
        await self.send(0, fields)

    async def select(self, **changes: object) -> None:
        """Wait for Ready, discover the own address, and select the protocol."""
        ready = (await self.message(2))["d"]
        self.ssrc = ready["ssrc"]
        loop = asyncio.get_running_loop()
        if self.udp is None:
            self.udp, _ = await loop.create_datagram_endpoint(
                lambda: self, remote_addr=(ready["ip"], ready["port"])
            )
        self.discover()
        answer = await self.datagram(lambda data: data[:2] == b"\0\2")
        address, (port,) = answer[8:72].rstrip(b"\0").decode(), struct.unpack(">H", answer[72:])
        choice = {"address": address, "port": port, "mode": self.mode}
        await self.send(1, {"protocol": "udp", "data": choice} | changes)
        described = (await self.message(4))["d"]
        self.key = bytes(described["secret_key"])
        assert described["mode"] == self.mode

    def discover(self) -> None:
        """Ask for the own address."""
        assert self.udp is not None
        self.udp.sendto(struct.pack(">HHI66x", 1, 70, self.ssrc))

    async def resume(self) -> None:
        """Open a new websocket for the same session."""
        await self.open()
        await self.send(7, {**self.identity, "seq_ack": self.seq_ack})

    async def close(self, code: int = 1000) -> None:
        if self._reader is not None:
            await self.socket.close(code=code)
            await asyncio.wait([self._reader])
        if self.udp is not None:
            self.udp.close()
        await self._http.close()

    async def cut(self) -> None:
        """Lose the websocket without a close frame."""
        connection = self.socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.abort()
        assert self._reader is not None
        await asyncio.wait([self._reader])

    async def send(self, op: int, data: object) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def speak(self, bits: int = 1) -> None:
        await self.send(5, {"speaking": bits, "delay": 0, "ssrc": self.ssrc})
        await self.beat()  # answered after it, so that packets may follow

    async def beat(self) -> None:
        """Send a heartbeat and wait for its acknowledgement."""
        seen = sum(message["op"] == 6 for message in self.messages)
        await self.send(3, {"t": 1234, "seq_ack": self.seq_ack})
        await self.until(lambda: sum(message["op"] == 6 for message in self.messages) > seen)

    def send_frame(self, opus: bytes) -> None:
        """Send a voice packet."""
        header = struct.pack(">BBHII", 0x80, 0x78, self.sequence, self.timestamp, self.ssrc)
        nonce = struct.pack(">I", self.nonce)
        assert self.udp is not None
        self.udp.sendto(header + encrypt(self.mode, self.key, opus, header, nonce) + nonce)
        self.sequence = (self.sequence + 1) % 2**16
        self.timestamp = (self.timestamp + 960) % 2**32
        self.nonce += 1

    async def message(self, op: int, **fields: object) -> dict[str, Any]:
        """Wait for the newest message of a kind whose data has ``fields``."""

        def found() -> dict[str, Any] | None:
            fitting = (
                one
                for one in reversed(self.messages)
                if one["op"] == op and fields.items() <= (one["d"] or {}).items()
            )
            return next(fitting, None)

        await self.until(lambda: found() is not None)
        return found() or {}

    async def datagram(self, fits: Callable[[bytes], bool]) -> bytes:
        await self.until(lambda: any(map(fits, self.datagrams)))
        return next(filter(fits, reversed(self.datagrams)))

    async def closed(self) -> int:
        """Wait for the end of the connection; returns the code."""
        await self.until(lambda: self.close_code is not None)
        assert self.close_code is not None
        return self.close_code

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` is true, of what came or of the server's own state."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.005)

    async def on_message(self, message: dict[str, Any]) -> None:
        """Act on a message, before anybody who waits for it."""

    async def on_binary(self, op: int, payload: bytes) -> None:
        """Act on a binary message."""

    def on_frame(self, ssrc: int, payload: bytes) -> bytes | None:
        """Return the frame of somebody else's packet."""
        return payload

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                data = message.json()
                self.seq_ack = data.get("seq", self.seq_ack)
                self.messages.append(data)
                await self.on_message(data)
            elif message.type is aiohttp.WSMsgType.BINARY:
                (self.seq_ack,) = struct.unpack_from(">H", message.data)
                self.binary.append(message.data)
                await self.on_binary(message.data[2], message.data[3:])
        self.close_code = self.socket.close_code or 1006

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.datagrams.append(data)
        if data[0] == 0x80 and data[1] == 0x78:
            _, _, sequence, _, ssrc = struct.unpack_from(">BBHII", data)
            payload = decrypt(self.mode, self.key, data[12:-4], data[:12], data[-4:])
            if (frame := self.on_frame(ssrc, payload)) is not None:
                self.frames.append((ssrc, sequence, frame))
