"""The UDP side: IP discovery, keepalives, voice packets in and out.

https://docs.discord.com/developers/topics/voice-connections#ip-discovery
"""

from __future__ import annotations

import asyncio
import struct
from typing import TYPE_CHECKING, cast

from sandbox.ports import LOOPBACK
from sandbox.voice.rtp import UnreadableError, open_packet, seal_packet, ssrc_of
from sandbox.voice.timestamped_socket import TimestampedSocket

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.voice.faults import VoiceFaults
    from sandbox.voice.room import Room
    from sandbox.voice.session import Session

_DISCOVERY = struct.Struct(">HHI64sH")
"""Type, length, SSRC, address, port."""
_REQUEST, _RESPONSE, _LENGTH = 1, 2, 70


class VoiceUdp(asyncio.DatagramProtocol):
    """Knows sessions by their SSRC."""

    def __init__(self, faults: VoiceFaults, room_of: Callable[[Session], Room]) -> None:
        self._faults = faults
        self._room_of = room_of
        self._sessions: dict[int, Session] = {}
        self._socket: TimestampedSocket
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> int:
        """Listen on loopback; returns the port."""
        self._socket = TimestampedSocket()
        self._socket.bind((LOOPBACK, 0))
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=self._socket)
        return self._socket.getsockname()[1]

    def close(self) -> None:
        """Stop listening."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def add(self, session: Session) -> None:
        """Take the packets of a session."""
        self._sessions[session.ssrc] = session

    def remove(self, session: Session) -> None:
        """Take them no more."""
        self._sessions.pop(session.ssrc, None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket; asyncio calls this."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer or take a datagram; asyncio calls this."""
        came = asyncio.get_running_loop().time() - self._socket.waited
        if len(data) == _DISCOVERY.size and data[:2] == _REQUEST.to_bytes(2, "big"):
            self._discover(data, addr)
        elif (ssrc := ssrc_of(data)) is not None:
            if (session := self._sessions.get(ssrc)) is not None:
                self._receive(session, data, addr, came)
        elif session := next((one for one in self._sessions.values() if one.address == addr), None):
            # Discord sends keepalives back, whatever is in them.
            session.keepalives += 1
            self._send(data, addr)

    def _discover(self, data: bytes, addr: tuple[str, int]) -> None:
        ssrc = _DISCOVERY.unpack(data)[2]
        session = self._sessions.get(ssrc)
        if session is not None and not self._faults.take(session.member, "no_discovery"):
            session.address = addr
            self._send(_DISCOVERY.pack(_RESPONSE, _LENGTH, ssrc, addr[0].encode(), addr[1]), addr)

    def _receive(self, session: Session, data: bytes, addr: tuple[str, int], came: float) -> None:
        if session.cipher is None:
            return
        try:
            packet = open_packet(data, session.cipher)
        except UnreadableError:
            session.unreadable += 1
            return
        session.address = addr  # a client behind a changing address translation is followed
        if self._faults.drops(session.member):
            session.dropped.append(packet.sequence)
            return
        for other in self._room_of(session).receive(session, packet, came):
            if other.cipher is not None and other.address is not None:
                self._send(seal_packet(packet, other.cipher, other.sent_packets), other.address)
                other.sent_packets += 1

    def _send(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._transport is not None:
            self._transport.sendto(data, addr)
