"""The voice gateway as a sender of MLS proposals: who is added to a group, and who removed.

https://daveprotocol.com/#external-sender
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.voice.mls import (
    ADD,
    BASIC,
    EXTERNAL,
    MLS10,
    PROPOSAL,
    PUBLIC_MESSAGE,
    REMOVE,
    KeyPackage,
    signed_content,
    vector,
)

IDENTITY = b"otonari-sandbox-voice"


class ExternalSender:
    """A key pair of P-256, and what it signs."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def package(self) -> bytes:
        """Return the public key and the credential, as members learn them."""
        encoding, form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        public = self._key.public_key().public_bytes(encoding, form)
        return vector(public) + BASIC.to_bytes(2, "big") + vector(IDENTITY)

    def add(self, group: bytes, epoch: int, package: KeyPackage) -> bytes:
        """Return the message that proposes to add somebody."""
        return self._propose(group, epoch, ADD.to_bytes(2, "big") + package.raw)

    def remove(self, group: bytes, epoch: int, leaf_index: int) -> bytes:
        """Return the message that proposes to remove whoever has a leaf."""
        return self._propose(group, epoch, REMOVE.to_bytes(2, "big") + leaf_index.to_bytes(4, "big"))

    def _propose(self, group: bytes, epoch: int, proposal: bytes) -> bytes:
        """Return a public message (RFC 9420, 6.2), signed without the group's context, as from outside."""
        sender = bytes([EXTERNAL]) + (0).to_bytes(4, "big")
        header = MLS10.to_bytes(2, "big") + PUBLIC_MESSAGE.to_bytes(2, "big")
        framing = vector(group) + epoch.to_bytes(8, "big") + sender + vector(b"")
        content = header + framing + bytes([PROPOSAL]) + proposal
        signature = self._key.sign(signed_content(b"FramedContentTBS", content), ec.ECDSA(hashes.SHA256()))
        return content + vector(signature)
