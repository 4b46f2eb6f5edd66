"""The voice server's side of DAVE for tests: an external sender that proposes who joins and leaves.

MLS is RFC 9420; what of it travels how is told by https://daveprotocol.com/.
"""

from __future__ import annotations

import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_EXTERNAL, _PROPOSAL, _ADD, _REMOVE = 2, 2, 1, 3
_MLS_10, _PUBLIC_MESSAGE, _KEY_PACKAGE = 1, 1, 5


def vector(content: bytes) -> bytes:
    """Return a vector of variable size (RFC 9420, 2.1.2)."""
    size = len(content)
    if size < 1 << 6:
        return bytes([size]) + content
    return struct.pack(">H", size | 0x4000) + content if size < 1 << 14 else _long(content)


def _long(content: bytes) -> bytes:
    return struct.pack(">I", len(content) | 0x8000_0000) + content


class DaveGroup:
    """Proposes changes of one group."""

    def __init__(self, channel_id: int) -> None:
        self._channel_id = channel_id
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.external_sender = vector(public) + struct.pack(">H", 1) + vector(b"voice server")
        """The payload of opcode 25."""

    def add(self, key_package: bytes, epoch: int) -> bytes:
        """Return the payload of opcode 27 by which the owner of a key package joins."""
        if key_package[:4] == struct.pack(">HH", _MLS_10, _KEY_PACKAGE):
            key_package = key_package[4:]
        return self._proposals(struct.pack(">H", _ADD) + key_package, epoch)

    def remove(self, leaf: int, epoch: int) -> bytes:
        """Return the payload of opcode 27 by which the member of a leaf leaves."""
        return self._proposals(struct.pack(">HI", _REMOVE, leaf), epoch)

    def _proposals(self, proposal: bytes, epoch: int) -> bytes:
        group = vector(struct.pack(">Q", self._channel_id))
        sender = bytes([_EXTERNAL]) + struct.pack(">I", 0) + vector(b"") + bytes([_PROPOSAL])
        content = group + struct.pack(">Q", epoch) + sender + proposal
        head = struct.pack(">HH", _MLS_10, _PUBLIC_MESSAGE)
        signed = vector(b"MLS 1.0 FramedContentTBS") + vector(head + content)
        signature = self._key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return b"\0" + vector(head + content + vector(signature))
