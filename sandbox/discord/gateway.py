"""The gateway websocket: hello, identify, resume, heartbeats, requests for members and voice.

https://discord.com/developers/docs/events/gateway
"""

from __future__ import annotations

import asyncio
import collections
import json
from typing import TYPE_CHECKING, cast

from aiohttp import WSMsgType, web

from sandbox.discord import intents, render
from sandbox.discord.sessions import Connection, Session

if TYPE_CHECKING:
    from sandbox.discord.core import Core
    from sandbox.discord.voice import Voice
    from sandbox.discord.wire import Json

HEARTBEAT_SECONDS = 41.25
ACK_SECONDS = 0.04
"""From a heartbeat to its acknowledgement: the way to Discord and back, from a city near by."""
SILENT_BEATS = 1.5
"""How long a client may say nothing, not even a heartbeat, in heartbeats."""
PAYLOAD_LIMIT = 4096
RESUME_SECONDS = 120
"""How long a session waits for its client to come back."""
RATE_LIMIT, RATE_SECONDS = 120, 60

HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME = 1, 2, 3, 4, 6
RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 8, 9, 10, 11


class GatewayClose(Exception):  # noqa: N818 - it asks for an end, it is no fault of ours
    """Ends a connection with one of Discord's close codes.

    https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
    """

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Gateway:
    """Serves ``/gateway``."""

    def __init__(self, core: Core, voice: Voice, *, allowed_intents: int, heartbeat_seconds: float) -> None:
        self._core = core
        self._voice = voice
        self._allowed_intents = allowed_intents
        self._heartbeat_seconds = heartbeat_seconds
        self.connections: set[Connection] = set()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse(compress=False, receive_timeout=SILENT_BEATS * self._heartbeat_seconds)
        await socket.prepare(request)
        compress = request.query.get("compress")
        connection = Connection(socket, request.transport, compressed=compress == "zlib-stream")
        if compress not in {None, "zlib-stream"} or request.query.get("encoding", "json") != "json":
            connection.close(4002)
        elif request.query.get("v", "10") != "10":
            connection.close(4012)
        self.connections.add(connection)
        try:
            connection.send(HELLO, {"heartbeat_interval": int(self._heartbeat_seconds * 1000), "_trace": []})
            await _Conversation(self, connection).run()
        finally:
            # First what cannot be interrupted: this task is cancelled when the client's socket goes.
            self.connections.discard(connection)
            self._disconnected(connection)
            await connection.end()
        return socket

    def _disconnected(self, connection: Connection) -> None:
        code = connection.socket.close_code if connection.closed_with is None else None
        for session in self._core.sessions:
            if session.connection is connection:
                session.connection = None
                if code in {1000, 1001}:
                    # The client said goodbye for good: such a session cannot be resumed.
                    self.end_session(session)
                else:
                    loop = asyncio.get_running_loop()
                    session.expiry = loop.call_later(RESUME_SECONDS, self.end_session, session)
                self._core.bot_status()

    def end_session(self, session: Session) -> None:
        """Forget a session: it cannot be resumed, and the bot leaves the voice channels it joined with it."""
        session.cancel_expiry()
        self._core.sessions.forget(session)
        self._voice.session_ended(session)

    async def close(self) -> None:
        """Close every connection as going away, and forget every session."""
        for session in self._core.sessions:
            session.cancel_expiry()
        for connection in list(self.connections):
            connection.close(1001)

    def identify(self, connection: Connection, data: Json) -> Session:
        """Begin a session: READY, then a GUILD_CREATE for each guild of the shard."""
        world = self._core.world
        if data.get("token") != world.meta["token"]:
            raise GatewayClose(4004)
        shard = _shard(data.get("shard"))
        wanted = data.get("intents")
        if not isinstance(wanted, int) or wanted & ~intents.KNOWN:
            raise GatewayClose(4013)
        if wanted & intents.PRIVILEGED & ~self._allowed_intents:
            raise GatewayClose(4014)
        for old in self._core.sessions:
            if old.shard == shard and old.connection is None:
                self.end_session(old)
        session = Session(shard, wanted, connection=connection)
        self._core.sessions.add(session)
        guilds = [guild for guild in world.bot_guilds() if session.holds(guild.id)]
        session.dispatch("READY", self._ready(session, [guild.id for guild in guilds]))
        for guild in guilds:
            if intents.wanted("GUILD_CREATE", wanted, in_guild=True):
                everybody = bool(wanted & intents.GUILD_PRESENCES)
                session.dispatch("GUILD_CREATE", render.gateway_guild(world, guild, everybody=everybody))
        self._core.bot_status()
        return session

    def _ready(self, session: Session, guild_ids: list[str]) -> Json:
        world = self._core.world
        user = world.users[world.bot_id]
        return {
            "v": 10,
            "user": user | {"verified": True, "mfa_enabled": True, "email": None, "locale": "ja"},
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": f"{world.base_url.replace('http', 'ws', 1)}/gateway",
            "shard": list(session.shard),
            "application": {"id": world.bot_id, "flags": 1 << 19 | 1 << 15},
            "guilds": [{"id": guild_id, "unavailable": True} for guild_id in guild_ids],
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "user_settings": {},
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": ["japan"],
            "_trace": [],
        }

    def resume(self, connection: Connection, data: Json) -> Session | None:
        """Continue a session and replay what it missed; None after answering "invalid session"."""
        if data.get("token") != self._core.world.meta["token"]:
            raise GatewayClose(4004)
        session = self._core.sessions.get(str(data.get("session_id")))
        after = data.get("seq")
        if not isinstance(after, int) or session is None or not session.can_replay(after):
            connection.send(INVALID_SESSION, data=False)
            return None
        if after > session.sequence:
            raise GatewayClose(4007)
        if session.connection is not None:
            session.connection.close(4000)
        session.cancel_expiry()
        session.resume(connection, after)
        self._core.bot_status()
        return session

    def update_voice(self, session: Session, data: Json) -> None:
        """Answer opcode 4."""
        self._voice.bot_request(session, data)

    def request_members(self, session: Session, data: Json) -> None:
        """Answer opcode 8 with GUILD_MEMBERS_CHUNK events of up to 1,000 members."""
        world = self._core.world
        guild = world.guilds.get(str(data.get("guild_id")))
        if guild is None or not session.holds(guild.id):
            return
        query, asked = data.get("query"), data.get("user_ids")
        if query == "" and not data.get("limit") and not session.intents & intents.GUILD_MEMBERS:
            # The whole list is for the privileged intent only.
            return
        wanted = {str(item) for item in (asked if isinstance(asked, list) else [asked])} if asked else None  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - ids or numbers, str() takes both
        limit = _limit(data.get("limit")) or len(guild.members)
        found = [
            render.member(world, member)
            for user_id, member in guild.members.items()
            if (
                user_id in wanted
                if wanted is not None
                else _named(world.users[user_id], member, str(query or ""))
            )
        ][:limit]
        chunks = [found[start : start + 1000] for start in range(0, len(found), 1000)] or [[]]
        known = {member["user"]["id"] for member in found}
        for index, chunk in enumerate(chunks):
            event: Json = {
                "guild_id": guild.id,
                "members": chunk,
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": sorted((wanted or set()) - known),
            }
            session.dispatch(
                "GUILD_MEMBERS_CHUNK", event | ({"nonce": data["nonce"]} if data.get("nonce") else {})
            )


class _Conversation:
    """Reads what one connection says."""

    def __init__(self, gateway: Gateway, connection: Connection) -> None:
        self._gateway = gateway
        self._connection = connection
        self._session: Session | None = None
        self._recent: collections.deque[float] = collections.deque(maxlen=RATE_LIMIT)

    async def run(self) -> None:
        """Answer until the connection ends; a fault of the client ends it with its code."""
        try:
            async for message in self._connection.socket:
                try:
                    self._receive(cast("object", message.data), text=message.type is WSMsgType.TEXT)
                except GatewayClose as close:
                    self._connection.close(close.code)
        except TimeoutError:
            self._connection.close(4009)

    def _receive(self, raw: object, *, text: bool) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._recent) == RATE_LIMIT and now - self._recent[0] < RATE_SECONDS:
            raise GatewayClose(4008)
        self._recent.append(now)
        if not text or not isinstance(raw, str) or len(raw) > PAYLOAD_LIMIT:
            raise GatewayClose(4002)
        try:
            payload: object = json.loads(raw)
        except ValueError as error:
            raise GatewayClose(4002) from error
        if not isinstance(payload, dict):
            raise GatewayClose(4002)
        frame = cast("Json", payload)
        data: object = frame.get("d")
        self._answer(frame.get("op"), cast("Json", data) if isinstance(data, dict) else {})

    def _answer(self, op: object, data: Json) -> None:
        if op == HEARTBEAT:
            loop = asyncio.get_running_loop()
            if loop.time() >= self._connection.silent_until:
                # To a connection that has ended meanwhile, nothing is sent any more.
                loop.call_later(ACK_SECONDS, self._connection.send, HEARTBEAT_ACK)
        elif op in {IDENTIFY, RESUME}:
            if self._session is not None:
                raise GatewayClose(4005)
            begin = self._gateway.identify if op == IDENTIFY else self._gateway.resume
            self._session = begin(self._connection, data)
        elif op not in {PRESENCE, VOICE_STATE, REQUEST_MEMBERS}:
            raise GatewayClose(4001)
        elif self._session is None:
            raise GatewayClose(4003)
        elif op == VOICE_STATE:
            self._gateway.update_voice(self._session, data)
        elif op == REQUEST_MEMBERS:
            self._gateway.request_members(self._session, data)


def _shard(value: object) -> tuple[int, int]:
    if value is None:
        return (0, 1)
    match value:
        case [int(index), int(count)] if 0 <= index < count:
            return (index, count)
        case _:
            raise GatewayClose(4010)


def _limit(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _named(user: Json, member: Json, query: str) -> bool:
    names = (user["username"], user["global_name"], member["nick"])
    return any(name is not None and name.lower().startswith(query.lower()) for name in names)
