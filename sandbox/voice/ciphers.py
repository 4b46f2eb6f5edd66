"""The ciphers between a client and the server.

https://docs.discord.com/developers/topics/voice-connections#transport-encryption-modes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from sandbox.voice.rtp import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.voice.rtp import Cipher


class Aes256Gcm:
    """``aead_aes256_gcm_rtpsize``."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def encrypt(self, payload: bytes, header: bytes, counter: bytes) -> bytes:
        """Return the ciphertext with its tag."""
        return self._cipher.encrypt(counter.ljust(12, b"\0"), payload, header)

    def decrypt(self, payload: bytes, header: bytes, counter: bytes) -> bytes:
        """Return the plain text; raises UnreadableError."""
        try:
            return self._cipher.decrypt(counter.ljust(12, b"\0"), payload, header)
        except InvalidTag as error:
            raise UnreadableError("AES-GCM: wrong tag") from error


class XChaCha20Poly1305:
    """``aead_xchacha20_poly1305_rtpsize``."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encrypt(self, payload: bytes, header: bytes, counter: bytes) -> bytes:
        """Return the ciphertext with its tag."""
        return crypto_aead_xchacha20poly1305_ietf_encrypt(
            payload, header, counter.ljust(24, b"\0"), self._key
        )

    def decrypt(self, payload: bytes, header: bytes, counter: bytes) -> bytes:
        """Return the plain text; raises UnreadableError."""
        try:
            return crypto_aead_xchacha20poly1305_ietf_decrypt(
                payload, header, counter.ljust(24, b"\0"), self._key
            )
        except CryptoError as error:
            raise UnreadableError("XChaCha20-Poly1305: wrong tag") from error


CIPHERS: dict[str, Callable[[bytes], Cipher]] = {
    "aead_aes256_gcm_rtpsize": Aes256Gcm,
    "aead_xchacha20_poly1305_rtpsize": XChaCha20Poly1305,
}
"""By the name of the mode, preferred first."""
