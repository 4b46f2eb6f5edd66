"""One voice channel: who is connected, what they send, and who gets it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.voice.opcodes import CloseCode, Opcode, VoiceClose
from sandbox.voice.recording import Recording

if TYPE_CHECKING:
    from sandbox.voice.opcodes import Json
    from sandbox.voice.session import Session
    from sandbox.voice.transport import RtpPacket

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
        self.sessions: dict[str, Session] = {}
        """By user."""
        self.recordings: dict[str, Recording] = {}
        self.followers: set[Follower] = set()

    @property
    def dave_version(self) -> int:
        """Return the version of DAVE that is spoken, 0 for none."""
        return 0

    def describe(self, session: Session) -> None:
        """Send the session description, and let the client in."""
        data: Json = {
            "mode": session.mode,
            "secret_key": list(session.secret_key),
            "dave_protocol_version": self.dave_version,
            "media_session_id": f"{session.ssrc:032x}",
            "audio_codec": "opus",
            "video_codec": None,
        }
        session.dispatch(Opcode.SESSION_DESCRIPTION, data)
        if session.user_id not in self.sessions:
            self._join(session)

    def _join(self, session: Session) -> None:
        if self.sessions:
            session.dispatch(Opcode.CLIENTS_CONNECT, {"user_ids": list(self.sessions)})
        for other in self.sessions.values():
            other.dispatch(Opcode.CLIENTS_CONNECT, {"user_ids": [session.user_id]})
            if other.speaking is not None:
                session.dispatch(Opcode.SPEAKING, _speaking(other))
        self.sessions[session.user_id] = session

    def leave(self, session: Session) -> None:
        """Let a client go."""
        if self.sessions.get(session.user_id) is session:
            del self.sessions[session.user_id]
            for other in self.sessions.values():
                other.dispatch(Opcode.CLIENT_DISCONNECT, {"user_id": session.user_id})

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
        opus = packet.payload
        new = self.recordings.setdefault(session.user_id, Recording()).add(
            at, ssrc=packet.ssrc, sequence=packet.sequence, timestamp=packet.timestamp, opus=opus
        )
        if new:
            frame = HeardFrame(session.user_id, packet.timestamp, opus)
            for follower in self.followers:
                follower.put(frame)
        return [other for other in self.sessions.values() if other is not session]


def _speaking(session: Session) -> Json:
    return {"user_id": session.user_id, "ssrc": session.ssrc, "speaking": session.speaking, "delay": 0}
