"""What people and tests ask of the voice server: what is heard, a stream of it, and its fault switches."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from aiohttp import web

from sandbox.voice.recording import KEPT_SECONDS, figures
from sandbox.voice.room import Follower, Room

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sandbox.voice.connection import Connection
    from sandbox.voice.gateway import Gateway
    from sandbox.voice.opcodes import Json
    from sandbox.voice.recording import Packet

_FEWEST, _MOST = 1000, 4999
"""Close codes that a websocket may end with."""
_LENGTHS = {"user": 8, "timestamp": 4}
"""Bytes of the numbers before the Opus frame in a binary message of the stream, big-endian."""


class Control:
    """Serves ``/sandbox/voice``; bodies are JSON, and may be left out.

    GET ``/channels`` who is connected where · GET ``/{channel}/heard?seconds=60`` figures of everybody who
    spoke there (.recording and .analysis say which) · GET ``/{channel}/listen`` a websocket of what is spoken
    from now on, see `_listen` · POST ``/close`` ``{code: 4006, user?}`` · POST ``/cut`` ``{user?}`` without a
    close frame · POST ``/e2ee`` ``{required}``: clients without DAVE are closed with 4017 · POST ``/region``:
    the server moves to other ports, and everybody is told.
    """

    def __init__(self, gateway: Gateway, move: Callable[[], Awaitable[None]]) -> None:
        self._gateway = gateway
        self._move = move
        self._streams: set[web.WebSocketResponse] = set()

    async def close(self) -> None:
        """End every stream, as a server that goes away."""
        await asyncio.gather(*(socket.close(code=1001) for socket in self._streams))

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes, relative to ``/sandbox/voice``."""
        return [
            web.get("/channels", self._channels),
            web.get(r"/{channel:\d+}/heard", self._heard),
            web.get(r"/{channel:\d+}/listen", self._listen),
            web.post("/close", self._close),
            web.post("/cut", self._cut),
            web.post("/e2ee", self._e2ee),
            web.post("/region", self._region),
            *self._gateway.faults.routes(),
        ]

    async def _channels(self, _request: web.Request) -> web.Response:
        rooms = self._gateway.rooms.values()
        return web.json_response({"channels": [_describe(room) for room in rooms]})

    async def _heard(self, request: web.Request) -> web.Response:
        try:
            seconds = min(float(request.query.get("seconds", KEPT_SECONDS)), KEPT_SECONDS)
        except ValueError:
            seconds = 0.0
        if not seconds > 0:
            return _error("seconds must be a number above 0")
        channel = request.match_info["channel"]
        room = self._gateway.rooms.get(channel) or Room(channel)
        return web.json_response(await heard(room, seconds))

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        """Send ``{codec, sample_rate, channels}``, then a binary message for each frame.

        It holds the user's id (8 bytes), the RTP timestamp (4 bytes, 48 kHz, both big-endian), and an Opus
        frame without any encryption, as WebCodecs' AudioDecoder takes it.
        """
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await socket.send_json({"codec": "opus", "sample_rate": 48_000, "channels": 2})
        room = self._gateway.room(request.match_info["channel"])
        follower = Follower()
        room.followers.add(follower)
        self._streams.add(socket)
        sending = asyncio.create_task(_send_frames(socket, follower), name="voice-listen")
        try:
            async for _ in socket:
                pass  # it has nothing to say; its end is waited for
        finally:
            room.followers.discard(follower)
            self._streams.discard(socket)
            sending.cancel()
            await asyncio.wait([sending])
        return socket

    async def _close(self, request: web.Request) -> web.Response:
        body = await _body(request)
        code = body.get("code", 4006)
        if isinstance(code, bool) or not isinstance(code, int) or not _FEWEST <= code <= _MOST:
            return _error("code must be a close code")
        for connection in self._connections(body):
            connection.close(code)
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _cut(self, request: web.Request) -> web.Response:
        for connection in self._connections(await _body(request)):
            connection.drop()
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _e2ee(self, request: web.Request) -> web.Response:
        self._gateway.require_e2ee = bool((await _body(request)).get("required", True))
        return web.json_response({"required": self._gateway.require_e2ee})

    async def _region(self, _request: web.Request) -> web.Response:
        await self._move()
        return web.Response(status=HTTPStatus.NO_CONTENT)

    def _connections(self, body: Json) -> list[Connection]:
        return [
            session.connection
            for session in self._gateway.sessions.values()
            if session.connection is not None and body.get("user", session.user_id) == session.user_id
        ]


async def heard(room: Room, seconds: float = KEPT_SECONDS) -> Json:
    """Return the figures of everybody who spoke in a room, of the last ``seconds``."""
    now = asyncio.get_running_loop().time()
    described = _describe(room)
    packets = {user_id: recording.since(now - seconds) for user_id, recording in room.recordings.items()}
    speakers: list[Json] = [
        {
            "user_id": user_id,
            "connected": user_id in room.sessions,
            **figures(packets[user_id]),
            "last_ms_ago": round(1000 * (now - packets[user_id][-1].at)) if packets[user_id] else None,
            "total": recording.totals(),
        }
        for user_id, recording in room.recordings.items()
    ]
    for speaker, theirs in zip(speakers, packets.values(), strict=True):
        speaker.update(await asyncio.to_thread(_listen_to, theirs))
    return {**described, "seconds": seconds, "speakers": speakers}


def _listen_to(packets: list[Packet]) -> Json:
    from sandbox.voice.analysis import listen  # numpy and FFmpeg, for those who listen

    return listen(packets)


def _describe(room: Room) -> Json:
    return {
        "channel_id": room.channel_id,
        "dave_protocol_version": room.group.version,
        "epoch": room.group.epoch,
        "members": sorted(room.group.members),
        "refused_commits": list(room.group.refusals),
        "listeners": sorted(room.listeners),
        "clients": [
            {
                "user_id": session.user_id,
                "ssrc": session.ssrc,
                "mode": session.mode,
                "speaking": session.speaking,
                "dave_protocol_version": session.dave_version,
                "silenced": session.member.silenced,
                "keepalives": session.keepalives,
                "unannounced": session.unannounced,
                "unreadable": session.unreadable,
                "dropped": session.dropped,
            }
            for session in room.sessions.values()
        ],
    }


async def _send_frames(socket: web.WebSocketResponse, follower: Follower) -> None:
    while True:
        frame = await follower.get()
        user = int(frame.user_id).to_bytes(_LENGTHS["user"], "big")
        await socket.send_bytes(user + frame.timestamp.to_bytes(_LENGTHS["timestamp"], "big") + frame.opus)


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    try:
        value: object = json.loads(raw) if raw else {}
    except ValueError:
        value = {}
    return cast("Json", value) if isinstance(value, dict) else {}


def _error(message: str) -> web.Response:
    return web.json_response({"error": message}, status=HTTPStatus.BAD_REQUEST)
