"""RTP packets, and where in them the encryption between a client and the server begins.

https://docs.discord.com/developers/topics/voice-connections#transport-encryption-and-sending-voice
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Protocol

FIXED_HEADER = struct.Struct(">BBHII")
"""Flags, payload type, sequence number, timestamp, SSRC: https://www.rfc-editor.org/rfc/rfc3550#section-5.1"""
OPUS = 0x78
"""The payload type of Discord's voice packets."""
_VERSION_2, _EXTENSION, _CSRC_COUNT = 0x80, 0x10, 0x0F
_NONCE = 4
"""Bytes of the counter at the end of a packet; the rest of the cipher's nonce is zero."""


class UnreadableError(Exception):
    """A packet is no RTP, or was not encrypted with this key."""


class Cipher(Protocol):
    """Authenticated encryption; ``header`` is authenticated only, ``counter`` are 4 bytes."""

    def encrypt(self, payload: bytes, header: bytes, counter: bytes) -> bytes:
        """Return the ciphertext with its tag."""
        ...

    def decrypt(self, payload: bytes, header: bytes, counter: bytes) -> bytes:
        """Return the plain text; raises UnreadableError."""
        ...


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """What a client sent: an Opus frame, which may be end-to-end encrypted."""

    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def ssrc_of(datagram: bytes) -> int | None:
    """Return the SSRC of a voice packet, None where it is no voice packet (RTCP, keepalives)."""
    if len(datagram) < FIXED_HEADER.size:
        return None
    flags, kind, _, _, ssrc = FIXED_HEADER.unpack_from(datagram)
    return ssrc if flags & 0xC0 == _VERSION_2 and kind & 0x7F == OPUS else None


def open_packet(datagram: bytes, cipher: Cipher) -> RtpPacket:
    """Decrypt a voice packet; raises UnreadableError.

    As in SRTP, contributing sources and the first four bytes of an extension are in the clear; the rest of
    the extension is not (https://www.rfc-editor.org/rfc/rfc3711#section-3.1).
    """
    flags, _, sequence, timestamp, ssrc = FIXED_HEADER.unpack_from(datagram)
    clear = FIXED_HEADER.size + 4 * (flags & _CSRC_COUNT)
    extension = 0
    if flags & _EXTENSION:
        clear += 4
        if len(datagram) >= clear:
            extension = 4 * int.from_bytes(datagram[clear - 2 : clear], "big")
    if len(datagram) < clear + _NONCE:
        raise UnreadableError("too short")
    plain = cipher.decrypt(datagram[clear:-_NONCE], datagram[:clear], datagram[-_NONCE:])
    return RtpPacket(sequence, timestamp, ssrc, plain[extension:])


def seal_packet(packet: RtpPacket, cipher: Cipher, counter: int) -> bytes:
    """Encrypt a voice packet for its receiver; ``counter`` may not come again with the same key."""
    header = FIXED_HEADER.pack(_VERSION_2, OPUS, packet.sequence, packet.timestamp, packet.ssrc)
    nonce = (counter & 0xFFFFFFFF).to_bytes(_NONCE, "big")
    return header + cipher.encrypt(packet.payload, header, nonce) + nonce
