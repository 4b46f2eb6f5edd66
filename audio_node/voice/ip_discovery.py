"""How we look from outside, which the voice server tells over UDP.

https://discord.com/developers/docs/topics/voice-connections#ip-discovery
"""

from __future__ import annotations

import struct

_REQUEST, _RESPONSE = 1, 2
_LENGTH = 70
"""Of what follows type and length."""
_PACKET = struct.Struct(">HHI64sH")
SIZE = _PACKET.size


def request(ssrc: int) -> bytes:
    """Return the question."""
    return _PACKET.pack(_REQUEST, _LENGTH, ssrc, b"", 0)


def read_answer(packet: bytes, ssrc: int) -> tuple[str, int] | None:
    """Return the address and port in an answer to ``ssrc``, None for anything else."""
    if len(packet) != SIZE:
        return None
    kind, length, asked, address, port = _PACKET.unpack(packet)
    if (kind, length, asked) != (_RESPONSE, _LENGTH, ssrc):
        return None
    try:
        return bytes(address).split(b"\0", 1)[0].decode("ascii"), port
    except UnicodeDecodeError:
        return None
