"""RTP headers as Discord takes them (https://www.rfc-editor.org/rfc/rfc3550#section-5.1)."""

from __future__ import annotations

import secrets
import struct

_VERSION_2 = 0x80
_OPUS = 0x78
_SEQUENCE = 0xFFFF
_TIMESTAMP = 0xFFFF_FFFF
_HEADER = struct.Struct(">BBHII")
HEADER_SIZE = _HEADER.size


class RtpStream:
    """Numbers the packets of one sender; sequence and timestamp begin anywhere, as RFC 3550 recommends."""

    def __init__(self, ssrc: int, *, sequence: int | None = None, timestamp: int | None = None) -> None:
        self.ssrc = ssrc
        self._sequence = secrets.randbelow(_SEQUENCE) if sequence is None else sequence
        self._timestamp = secrets.randbelow(_TIMESTAMP) if timestamp is None else timestamp

    def header(self) -> bytes:
        """Return the header of the next packet."""
        self._sequence = (self._sequence + 1) & _SEQUENCE
        return _HEADER.pack(_VERSION_2, _OPUS, self._sequence, self._timestamp, self.ssrc)

    def advance(self, samples: int) -> None:
        """Let time pass, whether a packet was sent in it or not."""
        self._timestamp = (self._timestamp + samples) & _TIMESTAMP
