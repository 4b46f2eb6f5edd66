"""The voice gateway's websocket: hello, identify, select protocol, speaking, heartbeats, resume.

https://docs.discord.com/developers/topics/voice-connections
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, cast

from aiohttp import WSMsgType, web

from sandbox.faults import Reset
from sandbox.voice.connection import Connection
from sandbox.voice.opcodes import VERSION, CloseCode, Opcode, VoiceClose

if TYPE_CHECKING:
    from sandbox.voice.gateway import Gateway
    from sandbox.voice.opcodes import Json
    from sandbox.voice.session import Session

SILENT_BEATS = 1.5
"""How long a client may send no heartbeat, in heartbeats."""
PAYLOAD_LIMIT = 1 << 18
"""Bytes of a message; commits and welcomes of large groups are long."""
_AFTER_IDENTIFY = (
    Opcode.SELECT_PROTOCOL,
    Opcode.SPEAKING,
    Opcode.TRANSITION_READY,
    Opcode.INVALID_COMMIT_WELCOME,
)


class VoiceWebsocket:
    """Serves ``/?v=8``."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._connections: set[Connection] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        fault = self._gateway.faults.take(None, "refuse", "hang")
        if fault is not None and fault.fault == "hang":
            await asyncio.Event().wait()
        if fault is not None:
            return Reset()
        socket = web.WebSocketResponse(compress=False, max_msg_size=PAYLOAD_LIMIT)
        await socket.prepare(request)
        connection = Connection(socket, request.transport)
        self._connections.add(connection)
        if request.query.get("v") != str(VERSION):
            connection.close(CloseCode.UNKNOWN_PROTOCOL)
        conversation = _Conversation(self._gateway, connection)
        try:
            await conversation.run()
        finally:
            # First what cannot be interrupted: this task is cancelled when the client's socket goes.
            self._connections.discard(connection)
            if conversation.session is not None:
                self._gateway.disconnected(connection, conversation.session)
            await connection.end()
        return socket

    def close(self) -> None:
        """Close every connection as going away."""
        for connection in self._connections:
            connection.close(1001)


class _Conversation:
    """Reads what one connection says."""

    def __init__(self, gateway: Gateway, connection: Connection) -> None:
        self._gateway = gateway
        self._connection = connection
        self.session: Session | None = None
        self._deadline: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Answer until the connection ends; a fault of the client ends it with its code."""
        hello = {"v": VERSION, "heartbeat_interval": self._gateway.heartbeat_seconds * 1000}
        self._connection.send_json(Opcode.HELLO, hello)
        self._beat()
        try:
            async for message in self._connection.socket:
                try:
                    self._receive(message.type, cast("object", message.data))
                except VoiceClose as close:
                    self._connection.close(close.code)
        finally:
            if self._deadline is not None:
                self._deadline.cancel()

    def _beat(self) -> None:
        """Wait for the next heartbeat from now on."""
        if self._deadline is not None:
            self._deadline.cancel()
        patience = SILENT_BEATS * self._gateway.heartbeat_seconds
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(patience, self._connection.close, CloseCode.SESSION_TIMEOUT)

    def _receive(self, kind: WSMsgType, raw: object) -> None:
        if kind is WSMsgType.BINARY and isinstance(raw, bytes):
            self._take_binary(raw)
            return
        if kind is not WSMsgType.TEXT or not isinstance(raw, str):
            raise VoiceClose(CloseCode.FAILED_TO_DECODE)
        try:
            payload: object = json.loads(raw)
        except ValueError as error:
            raise VoiceClose(CloseCode.FAILED_TO_DECODE) from error
        if not isinstance(payload, dict):
            raise VoiceClose(CloseCode.FAILED_TO_DECODE)
        frame = cast("Json", payload)
        data = frame.get("d")
        self._answer(frame.get("op"), cast("Json", data) if isinstance(data, dict) else {})

    def _answer(self, op: object, data: Json) -> None:
        if op == Opcode.HEARTBEAT:
            self._heartbeat(data)
        elif op in {Opcode.IDENTIFY, Opcode.RESUME}:
            if self.session is not None:
                raise VoiceClose(CloseCode.ALREADY_AUTHENTICATED)
            begin = self._gateway.identify if op == Opcode.IDENTIFY else self._gateway.resume
            self.session = begin(self._connection, data)
        elif op not in _AFTER_IDENTIFY:
            raise VoiceClose(CloseCode.UNKNOWN_OPCODE)
        elif self.session is None:
            raise VoiceClose(CloseCode.NOT_AUTHENTICATED)
        elif op == Opcode.SELECT_PROTOCOL:
            self._gateway.select_protocol(self.session, data)
        elif op == Opcode.SPEAKING:
            self._speak(self.session, data)
        else:
            if not isinstance(data.get("transition_id"), int):
                raise VoiceClose(CloseCode.BAD_REQUEST)
            self._gateway.room_of(self.session).take(self.session, Opcode(op), data)

    def _take_binary(self, raw: bytes) -> None:
        """Take a binary message: an opcode, then its payload."""
        op = raw[0] if raw else None
        if op not in {Opcode.KEY_PACKAGE, Opcode.COMMIT_WELCOME}:
            raise VoiceClose(CloseCode.UNKNOWN_OPCODE)
        if self.session is None:
            raise VoiceClose(CloseCode.NOT_AUTHENTICATED)
        self._gateway.room_of(self.session).take(self.session, Opcode(op), raw[1:])

    def _heartbeat(self, data: Json) -> None:
        nonce, number = data.get("t"), data.get("seq_ack", -1)
        if not isinstance(nonce, int) or not isinstance(number, int):
            raise VoiceClose(CloseCode.BAD_REQUEST)
        if self.session is not None:
            # discord.py goes on with the numbers of the session before: what was never sent is no matter.
            self.session.acknowledge(number)
        self._beat()
        if not self._gateway.faults.take(self.session and self.session.member, "no_heartbeat_ack"):
            self._connection.send_json(Opcode.HEARTBEAT_ACK, {"t": nonce})

    def _speak(self, session: Session, data: Json) -> None:
        bits, ssrc = data.get("speaking"), data.get("ssrc", session.ssrc)
        if not isinstance(bits, int) or ssrc != session.ssrc:
            raise VoiceClose(CloseCode.BAD_REQUEST)
        self._gateway.room_of(session).speak(session, int(bits))
