"""The voice gateway: who is let in, the sessions and the rooms.

https://docs.discord.com/developers/topics/voice-connections
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, cast

from sandbox.ports import LOOPBACK
from sandbox.voice.opcodes import CloseCode, Opcode, VoiceClose
from sandbox.voice.room import Room
from sandbox.voice.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.voice.connection import Connection
    from sandbox.voice.faults import VoiceFaults
    from sandbox.voice.opcodes import Json
    from sandbox.voice.roster import Roster
    from sandbox.voice.udp import VoiceUdp
    from sandbox.voice_server import VoiceMember

HEARTBEAT_SECONDS = 13.75
RESUME_SECONDS = 60.0
"""How long a session waits for its client to come back."""
_GONE = {1000, 1001, CloseCode.DISCONNECTED}
"""Codes with which a client ends its session for good."""


class Gateway:
    """Holds the sessions and the rooms; what clients say comes from .websocket."""

    def __init__(
        self,
        roster: Roster,
        faults: VoiceFaults,
        *,
        modes: Sequence[str],
        heartbeat_seconds: float,
        dave_version: int,
        require_e2ee: bool,
    ) -> None:
        self.roster = roster
        self.faults = faults
        self.modes = list(modes)
        self.heartbeat_seconds = heartbeat_seconds
        self.dave_version = dave_version
        self.require_e2ee = require_e2ee
        self.udp: VoiceUdp
        self.udp_port = 0
        self.rooms: dict[str, Room] = {}
        self.sessions: dict[tuple[str, str], Session] = {}
        """By guild and user."""

    def room(self, channel_id: str) -> Room:
        """Return a channel's room."""
        if channel_id not in self.rooms:
            self.rooms[channel_id] = Room(channel_id)
        return self.rooms[channel_id]

    def room_of(self, session: Session) -> Room:
        """Return the room that a session is for."""
        return self.room(session.member.channel_id)

    def disconnected(self, connection: Connection, session: Session) -> None:
        """Let a session wait for its client to come back, unless that was a goodbye."""
        if session.connection is not connection:
            return
        session.connection = None
        # After a close frame of our own, close_code is not the client's.
        code = connection.closed_with or connection.socket.close_code
        if connection.closed_with not in {None, CloseCode.SERVER_CRASHED} or code in _GONE:
            self.end(session)
        else:
            loop = asyncio.get_running_loop()
            session.expiry = loop.call_later(RESUME_SECONDS, self.end, session)

    def end(self, session: Session, code: CloseCode | None = None) -> None:
        """Forget a session, and close its connection with ``code``."""
        session.cancel_expiry()
        self.udp.remove(session)
        key = (session.member.guild_id, session.user_id)
        if self.sessions.get(key) is session:
            del self.sessions[key]
        self.room_of(session).leave(session)
        if code is not None and session.connection is not None:
            session.connection.close(code)

    def end_all(self, code: CloseCode) -> None:
        """End every session."""
        for session in list(self.sessions.values()):
            self.end(session, code)

    def close(self) -> None:
        """End every session, as a server that goes away."""
        for session in list(self.sessions.values()):
            self.end(session)
        for room in self.rooms.values():
            room.group.close()

    def place(self, member: VoiceMember) -> None:
        """Let somebody in, or note what changed; a session with an older token ends."""
        old = self.roster.place(member)
        if old is not None and old.channel_id != member.channel_id:
            self.room(old.channel_id).remove_person(member.user_id)
        session = self.sessions.get((member.guild_id, member.user_id))
        if session is not None and session.member.token != member.token:
            self.end(session, CloseCode.DISCONNECTED)
        elif session is not None:
            session.member = member
        if member.person and not member.stage and self.dave_version:
            self.room(member.channel_id).add_person(member.user_id)

    def remove(self, guild_id: str, user_id: str, *, call_ended: bool = False) -> None:
        """Disconnect somebody who left."""
        if old := self.roster.remove(guild_id, user_id):
            self.room(old.channel_id).remove_person(user_id)
        if session := self.sessions.get((guild_id, user_id)):
            self.end(session, CloseCode.CALL_TERMINATED if call_ended else CloseCode.DISCONNECTED)

    def identify(self, connection: Connection, data: Json) -> Session | None:
        """Begin a session and answer Ready; None where a fault keeps it unanswered. Raises VoiceClose."""
        server, user, token = (_text(data, key) for key in ("server_id", "user_id", "token"))
        version = _number(data, "max_dave_protocol_version", 0)
        member = self.roster.find(server, user)
        if member is None and not self.roster.has_guild(server):
            raise VoiceClose(CloseCode.SERVER_NOT_FOUND)
        if member is None or data.get("session_id") != member.session_id:
            raise VoiceClose(CloseCode.SESSION_NO_LONGER_VALID)
        if not secrets.compare_digest(token, member.token):
            raise VoiceClose(CloseCode.AUTHENTICATION_FAILED)
        if self.require_e2ee and version == 0 and not member.stage:
            raise VoiceClose(CloseCode.E2EE_REQUIRED)
        if fault := self.faults.take(member, "ignore", "close"):
            if fault.fault == "close":
                connection.close(fault.code)
            return None
        if old := self.sessions.get((server, user)):
            self.end(old, CloseCode.SESSION_NO_LONGER_VALID)
        spoken = 0 if member.stage else min(version, self.dave_version)
        session = Session(member, ssrc=self._new_ssrc(), dave_version=spoken, connection=connection)
        self.sessions[server, user] = session
        self.udp.add(session)
        ready: Json = {
            "ssrc": session.ssrc,
            "ip": LOOPBACK,
            "port": self.udp_port,
            "modes": self.modes,
            "experiments": [],
            "streams": [],
        }
        connection.send_json(Opcode.READY, ready)
        return session

    def _new_ssrc(self) -> int:
        taken = {session.ssrc for session in self.sessions.values()}
        while (ssrc := secrets.randbits(31)) in taken:
            pass
        return ssrc

    def resume(self, connection: Connection, data: Json) -> Session:
        """Continue a session: Resumed, then what it missed. Raises VoiceClose."""
        acknowledged = _number(data, "seq_ack", -1)
        session = next(
            (
                one
                for one in self.sessions.values()
                if one.member.session_id == data.get("session_id")
                and one.member.guild_id == data.get("server_id")
            ),
            None,
        )
        if session is None:
            raise VoiceClose(CloseCode.SESSION_NO_LONGER_VALID)
        if data.get("token") != session.member.token:
            raise VoiceClose(CloseCode.AUTHENTICATION_FAILED)
        if not session.acknowledge(acknowledged):
            raise VoiceClose(CloseCode.SESSION_NO_LONGER_VALID)
        session.cancel_expiry()
        if session.connection is not None:
            session.connection.close(CloseCode.SESSION_NO_LONGER_VALID)
        session.connection = connection
        connection.send_json(Opcode.RESUMED, None)
        for frame in session.missed():
            connection.queue(frame)
        return session

    def select_protocol(self, session: Session, data: Json) -> None:
        """Answer with the session description. Raises VoiceClose."""
        from sandbox.voice.ciphers import CIPHERS  # two libraries that nobody needs before

        options = data.get("data")
        if data.get("protocol") != "udp":
            raise VoiceClose(CloseCode.UNKNOWN_PROTOCOL)
        if not isinstance(options, dict):
            raise VoiceClose(CloseCode.BAD_REQUEST)
        chosen = cast("Json", options)
        mode = chosen.get("mode")
        if not isinstance(chosen.get("address"), str) or not isinstance(chosen.get("port"), int):
            raise VoiceClose(CloseCode.BAD_REQUEST)
        if not isinstance(mode, str) or mode not in self.modes:
            raise VoiceClose(CloseCode.UNKNOWN_ENCRYPTION_MODE)
        session.mode, session.cipher = mode, CIPHERS[mode](session.secret_key)
        self.room_of(session).describe(session)


def _text(data: Json, key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise VoiceClose(CloseCode.FAILED_TO_DECODE)
    return value


def _number(data: Json, key: str, default: int) -> int:
    value = data.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise VoiceClose(CloseCode.FAILED_TO_DECODE)
    return value
