"""One websocket to a voice gateway, version 8: handshake, heartbeats, and what comes over it.

https://discord.com/developers/docs/topics/voice-connections
"""

from __future__ import annotations

import asyncio
import json
import logging
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import aiohttp

from audio_node.errors import VoiceClosedError, VoiceError
from audio_node.voice.opcodes import Close, Op

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    Data = Mapping[str, object]

logger = logging.getLogger(__name__)

_HANDSHAKE_SECONDS = 10
_MOST_MISSED = 3
"""Heartbeats without an answer, after which the connection counts as lost."""
_LONGEST_MESSAGE = 2**20
_SNOWFLAKES = 2**64
_SEQUENCED = struct.Struct(">HB")
"""What binary messages of the server begin with: sequence, opcode."""


@dataclass(frozen=True, slots=True)
class VoiceServer:
    """Where to connect, and as whom: what Discord told the bot, and the bot its node."""

    endpoint: str
    token: str
    session_id: str
    guild_id: str
    channel_id: str
    user_id: str

    def __post_init__(self) -> None:
        """Raise VoiceError for ids that are none."""
        for snowflake in (self.guild_id, self.channel_id, self.user_id):
            if not (snowflake.isascii() and snowflake.isdecimal() and int(snowflake) < _SNOWFLAKES):
                raise VoiceError(f"not an id of Discord's: {snowflake[:40]}")


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """How to connect; everything but the defaults is for test benches."""

    scheme: str = "wss"
    ssl: ssl.SSLContext | None = None
    """What certificates are trusted; None: those of the system."""
    dave_version: int = 1
    """The newest one that we offer; 0 is none."""


class GatewayHandler(Protocol):
    """Does what messages ask for. Its exceptions close the connection."""

    async def received(self, op: int, data: Data) -> None:
        """Take a JSON message, except for hello and heartbeats."""
        ...

    async def received_binary(self, op: int, payload: bytes) -> None:
        """Take a binary message."""
        ...


class VoiceGateway:
    """Speaks to one voice server; may be run again to resume its session."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        server: VoiceServer,
        options: VoiceOptions,
        handler: GatewayHandler,
    ) -> None:
        self._http = http
        self._server = server
        self._options = options
        self._handler = handler
        self._websocket: aiohttp.ClientWebSocketResponse | None = None
        self._heart: asyncio.Task[None] | None = None
        self._sequence = -1
        self._missed = 0
        self._heartbeat_sent = 0.0
        self.ping_ms = -1
        """How long the answer to a heartbeat takes; -1 before the first one."""

    async def run(self, *, resume: bool) -> None:
        """Connect and stay so until it is closed, which raises VoiceClosedError."""
        url = f"{self._options.scheme}://{self._server.endpoint}/?v=8"
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                websocket = await self._http.ws_connect(
                    url, ssl=self._options.ssl or True, max_msg_size=_LONGEST_MESSAGE
                )
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            reason = f"the voice server cannot be reached: {error or type(error).__name__}"
            raise VoiceClosedError(Close.ABNORMAL, reason, by_remote=False) from error
        async with websocket:
            self._websocket = websocket
            self._missed = 0
            try:
                await (self._resume() if resume else self._identify())
                await self._read(websocket)
            finally:
                self._websocket = None
                self._stop_heart()

    async def send(self, op: Op, data: object) -> None:
        """Send a message, if there is a connection: what is lost with it is said again by a new one."""
        if self._websocket is not None:
            with suppress(ConnectionError):  # which the reading side notices
                await self._websocket.send_str(json.dumps({"op": op, "d": data}))

    async def send_binary(self, op: Op, payload: bytes) -> None:
        """Send a binary message, if there is a connection."""
        if self._websocket is not None:
            with suppress(ConnectionError):
                await self._websocket.send_bytes(bytes([op]) + payload)

    async def _identify(self) -> None:
        self._sequence = -1
        await self.send(
            Op.IDENTIFY,
            {
                "server_id": self._server.guild_id,
                "user_id": self._server.user_id,
                "session_id": self._server.session_id,
                "token": self._server.token,
                "max_dave_protocol_version": self._options.dave_version,
            },
        )

    async def _resume(self) -> None:
        await self.send(
            Op.RESUME,
            {
                "server_id": self._server.guild_id,
                "session_id": self._server.session_id,
                "token": self._server.token,
                "seq_ack": self._sequence,
            },
        )

    async def _read(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            message = await websocket.receive()
            if message.type is aiohttp.WSMsgType.TEXT:
                await self._received(message.data)
            elif message.type is aiohttp.WSMsgType.BINARY:
                await self._received_binary(message.data)
            elif message.type is aiohttp.WSMsgType.CLOSE:
                raise VoiceClosedError(message.data or Close.NORMAL, message.extra or "", by_remote=True)
            else:
                silent = self._missed >= _MOST_MISSED
                reason = "heartbeats are not answered" if silent else "the connection broke"
                raise VoiceClosedError(Close.ABNORMAL, reason, by_remote=False)

    async def _received(self, text: str) -> None:
        try:
            message = cast("Data", json.loads(text))
            op, data = int(cast("int", message["op"])), cast("Data", message.get("d") or {})
            sequence = message.get("seq")
            if isinstance(sequence, int):
                self._sequence = sequence
            if op == Op.HELLO:
                interval = float(cast("float", data["heartbeat_interval"])) / 1000
                self._stop_heart()
                self._heart = asyncio.create_task(self._beat(interval), name="voice heartbeat")
            elif op == Op.HEARTBEAT_ACK:
                self._missed = 0
                self.ping_ms = round((time.monotonic() - self._heartbeat_sent) * 1000)
            else:
                await self._handler.received(op, data)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _malformed(error) from error

    async def _received_binary(self, message: bytes) -> None:
        if len(message) < _SEQUENCED.size:
            raise _malformed(ValueError("a binary message without opcode"))
        self._sequence, op = _SEQUENCED.unpack_from(message)
        await self._handler.received_binary(op, message[_SEQUENCED.size :])

    async def _beat(self, interval: float) -> None:
        """Send heartbeats; close the connection where they are not answered."""
        while True:
            await asyncio.sleep(interval)
            if self._missed >= _MOST_MISSED and self._websocket is not None:
                await self._websocket.close(code=Close.INTERNAL_ERROR)
                return
            self._missed += 1
            self._heartbeat_sent = time.monotonic()
            await self.send(Op.HEARTBEAT, {"t": round(time.time() * 1000), "seq_ack": self._sequence})

    def _stop_heart(self) -> None:
        if self._heart is not None:
            self._heart.cancel()
        self._heart = None


def _malformed(error: Exception) -> VoiceClosedError:
    reason = f"the voice server sent what makes no sense: {type(error).__name__}: {error}"
    return VoiceClosedError(Close.INTERNAL_ERROR, reason, by_remote=False)
