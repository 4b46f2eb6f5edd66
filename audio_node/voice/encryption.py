"""Encryption between us and the voice server, in the two modes that Discord still offers.

https://discord.com/developers/docs/topics/voice-connections#transport-encryption-modes: the RTP header stays
readable and is authenticated; a counter of 32 bits, which begins the nonce, follows the encrypted packet.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt

from audio_node.errors import UnsupportedEncryptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

_COUNTER = struct.Struct(">I")
_COUNTERS = 2**32
KEY_SIZE = 32


class Encryption(Protocol):
    """Encrypts what follows an RTP header."""

    def seal(self, header: bytes, payload: bytes) -> bytes:
        """Return the whole packet."""
        ...


class _Counter:
    """A nonce that is never used again with its key: 2³² packets are years of them."""

    def __init__(self, size: int) -> None:
        self._padding = bytes(size - _COUNTER.size)
        self._next = 0

    def next(self) -> tuple[bytes, bytes]:
        """Return the nonce, and the part of it that is sent."""
        sent = _COUNTER.pack(self._next)
        self._next = (self._next + 1) % _COUNTERS
        return sent + self._padding, sent


class Aes256Gcm:
    """``aead_aes256_gcm_rtpsize``."""

    NONCE_SIZE = 12

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._counter = _Counter(self.NONCE_SIZE)

    def seal(self, header: bytes, payload: bytes) -> bytes:
        """Return the whole packet."""
        nonce, sent = self._counter.next()
        return header + self._cipher.encrypt(nonce, payload, header) + sent


class XChaCha20Poly1305:
    """``aead_xchacha20_poly1305_rtpsize``, which every voice server has."""

    NONCE_SIZE = 24

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._counter = _Counter(self.NONCE_SIZE)

    def seal(self, header: bytes, payload: bytes) -> bytes:
        """Return the whole packet."""
        nonce, sent = self._counter.next()
        return header + crypto_aead_xchacha20poly1305_ietf_encrypt(payload, header, nonce, self._key) + sent


MODES: dict[str, type[Aes256Gcm | XChaCha20Poly1305]] = {
    "aead_aes256_gcm_rtpsize": Aes256Gcm,
    "aead_xchacha20_poly1305_rtpsize": XChaCha20Poly1305,
}
"""The faster one first: processors have AES in hardware."""


def choose(offered: Iterable[str]) -> str:
    """Return the best of the modes that a server offers; raises UnsupportedEncryptionError."""
    available = set(offered)
    for mode in MODES:
        if mode in available:
            return mode
    modes = ", ".join(sorted(available)) or "nothing"
    raise UnsupportedEncryptionError(f"the voice server offers only {modes}")


def encryption(mode: str, key: bytes) -> Encryption:
    """Return the encryption of a session; raises UnsupportedEncryptionError."""
    kind = MODES.get(mode)
    if kind is None or len(key) != KEY_SIZE:
        raise UnsupportedEncryptionError(f"the voice server wants {mode} with a key of {len(key)} bytes")
    return kind(key)
