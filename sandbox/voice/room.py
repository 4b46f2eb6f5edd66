"""One voice channel: who is connected, what they send, and who gets it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from sandbox.voice.group import MARKER, Group
from sandbox.voice.mls import MlsError
from sandbox.voice.opcodes import CloseCode, Opcode, VoiceClose
from sandbox.voice.recording import Recording

if TYPE_CHECKING:
    from sandbox.voice.group import Peer
    from sandbox.voice.listener import Listener
    from sandbox.voice.opcodes import Json
    from sandbox.voice.rtp import RtpPacket
    from sandbox.voice.session import Session

WAITING_FRAMES = 250
"""Of a follower that does not read, five seconds; then the oldest go."""


@dataclass(frozen=True, slots=True)
class HeardFrame:
    """An Opus frame as a follower gets it, without any encryption."""

    user_id: str
    timestamp: int
    opus: bytes


class Follower:
    """Somebody who listens to a channel as it is spoken in, such as the page."""

    def __init__(self) -> None:
        self._frames: asyncio.Queue[HeardFrame] = asyncio.Queue(WAITING_FRAMES)

    def put(self, frame: HeardFrame) -> None:
        """Hand over a frame."""
        if self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(frame)

    async def get(self) -> HeardFrame:
        """Wait for the next frame."""
        return await self._frames.get()


class Room:
    """A channel with its connected clients, and the recordings of everybody who has spoken."""

    def __init__(self, channel_id: str) -> None:
        self.channel_id = channel_id
        self.group = Group(channel_id)
        self.sessions: dict[str, Session] = {}
        """The clients that are connected, by user."""
        self.listeners: dict[str, Listener] = {}
        """Those of the people who have none of their own, while anybody is connected."""
        self.people: set[str] = set()
        self.recordings: dict[str, Recording] = {}
        self.followers: set[Follower] = set()

    def describe(self, session: Session) -> None:
        """Send the session description, and let the client in."""
        self.leave(session)
        if self.listeners.pop(session.user_id, None):
            self._left(session.user_id)
        data: Json = {
            "mode": session.mode,
            "secret_key": list(session.secret_key),
            "dave_protocol_version": self.group.version_with(session),
            "media_session_id": f"{session.ssrc:032x}",
            "audio_codec": "opus",
            "video_codec": None,
        }
        session.dispatch(Opcode.SESSION_DESCRIPTION, data)
        self._introduce(session)
        for other in self.sessions.values():
            if other.speaking is not None:
                session.dispatch(Opcode.SPEAKING, _speaking(other))
        self.sessions[session.user_id] = session
        self.group.join(session)
        self._listen()

    def _introduce(self, peer: Peer) -> None:
        """Tell a client who is here, and those who it is."""
        others = [*self.sessions.values(), *self.listeners.values()]
        if others:
            peer.dispatch(Opcode.CLIENTS_CONNECT, {"user_ids": [other.user_id for other in others]})
        for other in others:
            other.dispatch(Opcode.CLIENTS_CONNECT, {"user_ids": [peer.user_id]})

    def leave(self, session: Session) -> None:
        """Let a client go."""
        if self.sessions.get(session.user_id) is session:
            del self.sessions[session.user_id]
            self._left(session.user_id)
            self._listen()

    def _left(self, user_id: str) -> None:
        for other in self.sessions.values():
            other.dispatch(Opcode.CLIENT_DISCONNECT, {"user_id": user_id})
        self.group.leave(user_id)

    def add_person(self, user_id: str) -> None:
        """Let somebody listen whose client the sandbox is."""
        self.people.add(user_id)
        self._listen()

    def remove_person(self, user_id: str) -> None:
        """Let them go."""
        self.people.discard(user_id)
        if self.listeners.pop(user_id, None):
            self._left(user_id)

    def _listen(self) -> None:
        """Let the people listen who have no client of their own, while there is anything to hear."""
        if not any(session.dave_version for session in self.sessions.values()):
            for user_id in list(self.listeners):
                del self.listeners[user_id]
                self._left(user_id)
            return
        from sandbox.voice.listener import Listener

        for user_id in sorted(self.people - self.sessions.keys() - self.listeners.keys()):
            listener = Listener(user_id, self.channel_id, partial(self._answered, user_id))
            data: Json = {"dave_protocol_version": self.group.version_with(listener)}
            listener.dispatch(Opcode.SESSION_DESCRIPTION, data)
            self._introduce(listener)
            self.listeners[user_id] = listener
            self.group.join(listener)

    def _answered(self, user_id: str, op: Opcode, data: Json | bytes) -> None:
        """Take what a listener answers, once what it answers to has been told to everybody."""
        asyncio.get_running_loop().call_soon(self._take_answer, user_id, op, data)

    def _take_answer(self, user_id: str, op: Opcode, data: Json | bytes) -> None:
        if (listener := self.listeners.get(user_id)) is not None:
            self.take(listener, op, data)

    def take(self, peer: Peer, op: Opcode, data: Json | bytes) -> None:
        """Take what a client says of end-to-end encryption; raises VoiceClose.

        It is nothing once the client has left, or before it has its session description.
        """
        if not self.group.has(peer):
            return
        if isinstance(data, bytes):
            if op is Opcode.KEY_PACKAGE:
                try:
                    self.group.take_key_package(peer, data)
                except MlsError as error:
                    raise VoiceClose(CloseCode.BAD_REQUEST) from error
            else:
                self.group.take_commit(peer, data)
        elif op is Opcode.TRANSITION_READY:
            self.group.ready(peer, cast("int", data["transition_id"]))
        else:
            self.group.invalid(peer)

    def speak(self, session: Session, bits: int) -> None:
        """Note what a client said of its speaking, and tell the others."""
        if self.sessions.get(session.user_id) is not session:
            raise VoiceClose(CloseCode.BAD_REQUEST)
        session.speaking = bits
        for other in self.sessions.values():
            if other is not session:
                other.dispatch(Opcode.SPEAKING, _speaking(session))

    def receive(self, session: Session, packet: RtpPacket, at: float) -> list[Session]:
        """Note a packet that came ``at`` a moment of the loop's clock; returns whom it is forwarded to."""
        if session.speaking is None:
            session.unannounced += 1
            return []
        if session.member.silenced:
            return []
        encrypted = packet.payload.endswith(MARKER)
        opus = self._decrypt(session.user_id, packet.payload) if encrypted else packet.payload
        new = self.recordings.setdefault(session.user_id, Recording()).add(
            at,
            ssrc=packet.ssrc,
            sequence=packet.sequence,
            timestamp=packet.timestamp,
            opus=opus,
            encrypted=encrypted,
        )
        if new and opus is not None:
            frame = HeardFrame(session.user_id, packet.timestamp, opus)
            for follower in self.followers:
                follower.put(frame)
        # What is encrypted would only confuse a client that does not know of it.
        others = [other for other in self.sessions.values() if other is not session]
        return [other for other in others if other.dave_version or not encrypted]

    def _decrypt(self, user_id: str, frame: bytes) -> bytes | None:
        clear = (listener.decrypt(user_id, frame) for listener in self.listeners.values())
        return next((opus for opus in clear if opus is not None), None)


def _speaking(session: Session) -> Json:
    return {"user_id": session.user_id, "ssrc": session.ssrc, "speaking": session.speaking, "delay": 0}
