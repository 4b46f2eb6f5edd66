"""The bytes of Messaging Layer Security that a delivery service reads and writes.

https://www.rfc-editor.org/rfc/rfc9420, with what DAVE chooses of it
(https://daveprotocol.com/#mls-parameters): ciphersuite 2 (P-256, AES-128-GCM, SHA-256), basic credentials
that hold a user's id in 8 bytes, public messages.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

MLS10, CIPHERSUITE, BASIC = 1, 2, 1
PUBLIC_MESSAGE = 1
_KEY_PACKAGE_HEADER = b"\0\1\0\5"
"""Of an MLSMessage: the version, and what is in it."""
MEMBER, EXTERNAL = 1, 2
PROPOSAL, COMMIT = 2, 3
ADD, REMOVE = 1, 3
_BY_REFERENCE = 2
_OF_KEY_PACKAGE, _OF_UPDATE, _OF_COMMIT = 1, 2, 3
_ALWAYS = (0, 2**64 - 1)
"""The lifetime that key packages must have: https://daveprotocol.com/#validation"""


class MlsError(Exception):
    """Bytes that are not what they should be."""


def vector(content: bytes) -> bytes:
    """Return ``content`` behind its length (RFC 9420, 2.1.2)."""
    length = len(content)
    for size, prefix in ((1, 0), (2, 1), (4, 2)):
        if length < 1 << (8 * size - 2):
            return (length | prefix << (8 * size - 2)).to_bytes(size, "big") + content
    raise MlsError("too long")


class Reader:
    """Takes values off the front of bytes; raises MlsError where they end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    @property
    def ended(self) -> bool:
        """Whether everything was read."""
        return self.at == len(self.data)

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        if self.at + size > len(self.data):
            raise MlsError("too short")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int) -> int:
        """Return the next number of so many bytes."""
        return int.from_bytes(self.take(size), "big")

    def vector(self) -> bytes:
        """Return the next bytes with a length in front."""
        first = self.number(1)
        size = 1 << (first >> 6)
        if size > 4:  # noqa: PLR2004 - the two bits 11 mean nothing
            raise MlsError("no length")
        length = first & 0x3F
        for byte in self.take(size - 1):
            length = length << 8 | byte
        return self.take(length)

    def expect(self, *numbers: int) -> None:
        """Raise MlsError unless these numbers, 2 bytes each, come next."""
        if any(self.number(2) != number for number in numbers):
            raise MlsError("unexpected kind of message")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf node: who, by which key."""

    identity: bytes
    signature_key: bytes
    source: int
    lifetime: tuple[int, int]


@dataclass(frozen=True, slots=True)
class KeyPackage:
    """What somebody is added with, checked."""

    raw: bytes
    identity: bytes
    signature_key: bytes

    @property
    def reference(self) -> bytes:
        """Return the hash by which a welcome names it (RFC 9420, 5.2)."""
        return _reference(b"MLS 1.0 KeyPackage Reference", self.raw)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as the delivery service sees it, and the message it came in."""

    raw: bytes
    group: bytes
    epoch: int
    leaf_index: int
    references: list[bytes]
    path: Leaf | None
    """The committer's new leaf."""


def read_key_package(message: bytes) -> KeyPackage:
    """Check a key package; raises MlsError for what DAVE does not allow, wrong signatures included.

    The protocol has it in an MLSMessage, and Discord's own library sends it bare: both are taken.
    """
    reader = Reader(message)
    framed = message.startswith(_KEY_PACKAGE_HEADER)
    start = len(reader.take(len(_KEY_PACKAGE_HEADER))) if framed else 0
    reader.expect(MLS10, CIPHERSUITE)
    reader.vector()  # the init key
    leaf = _read_leaf(reader, verify=True)
    if leaf.source != _OF_KEY_PACKAGE or leaf.lifetime != _ALWAYS:
        raise MlsError("the leaf node is not for a key package of DAVE")
    reader.vector()  # extensions
    signed = message[start : reader.at]
    _verify(leaf.signature_key, b"KeyPackageTBS", signed, reader.vector())
    if not reader.ended:
        raise MlsError("more than a key package")
    return KeyPackage(message[start:], leaf.identity, leaf.signature_key)


def _read_leaf(reader: Reader, *, verify: bool = False) -> Leaf:
    start = reader.at
    reader.vector()  # the encryption key
    key = reader.vector()
    reader.expect(BASIC)
    identity = reader.vector()
    for _ in range(5):  # versions, ciphersuites, extensions, proposals, credentials
        reader.vector()
    source, lifetime = reader.number(1), (0, 0)
    if source == _OF_KEY_PACKAGE:
        lifetime = reader.number(8), reader.number(8)
    elif source == _OF_COMMIT:
        reader.vector()  # the parent's hash
    elif source != _OF_UPDATE:
        raise MlsError("unknown leaf node")
    reader.vector()  # extensions
    signed = reader.data[start : reader.at]
    signature = reader.vector()
    if verify:
        _verify(key, b"LeafNodeTBS", signed, signature)
    return Leaf(identity, key, source, lifetime)


def read_commit_welcome(data: bytes) -> tuple[Commit, bytes]:
    """Take apart what a committer sends: the commit, and the welcome behind it, empty without additions."""
    reader = Reader(data)
    reader.expect(MLS10, PUBLIC_MESSAGE)
    group, epoch = reader.vector(), reader.number(8)
    if reader.number(1) != MEMBER:
        raise MlsError("a commit of somebody outside")
    leaf_index = reader.number(4)
    reader.vector()  # authenticated data
    if reader.number(1) != COMMIT:
        raise MlsError("not a commit")
    references = _read_references(Reader(reader.vector()))
    path = None
    if reader.number(1):
        path = _read_leaf(reader)
        reader.vector()  # the path's nodes
    for _ in range(3):  # signature, confirmation tag, membership tag
        reader.vector()
    commit = Commit(data[: reader.at], group, epoch, leaf_index, references, path)
    return commit, data[reader.at :]


def _read_references(reader: Reader) -> list[bytes]:
    references: list[bytes] = []
    while not reader.ended:
        if reader.number(1) != _BY_REFERENCE:
            raise MlsError("a proposal that is not the voice gateway's")
        references.append(reader.vector())
    return references


def split_welcome(welcome: bytes) -> dict[bytes, bytes]:
    """Return the welcome of each new member, by the reference of their key package.

    Each holds the secrets of that member alone (https://daveprotocol.com/#dave_mls_welcome-30).
    """
    reader = Reader(welcome)
    reader.expect(CIPHERSUITE)
    secrets, info = Reader(reader.vector()), reader.vector()
    if not reader.ended:
        raise MlsError("more than a welcome")
    suite = CIPHERSUITE.to_bytes(2, "big")
    welcomes: dict[bytes, bytes] = {}
    while not secrets.ended:
        start = secrets.at
        reference = secrets.vector()
        secrets.vector()  # the key's encapsulation
        secrets.vector()  # the ciphertext
        welcomes[reference] = suite + vector(secrets.data[start : secrets.at]) + vector(info)
    return welcomes


def proposal_reference(message: bytes) -> bytes:
    """Return the hash by which a commit, or a revocation, names a proposal message of an external sender."""
    return _reference(b"MLS 1.0 Proposal Reference", message[2:])  # all but the version


def signed_content(label: bytes, content: bytes) -> bytes:
    """Return what is signed under a label (RFC 9420, 5.1.2)."""
    return vector(b"MLS 1.0 " + label) + vector(content)


def _reference(label: bytes, value: bytes) -> bytes:
    return hashlib.sha256(vector(label) + vector(value)).digest()


def _verify(key: bytes, label: bytes, content: bytes, signature: bytes) -> None:
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        public.verify(signature, signed_content(label, content), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        _refuse(label, error)


def _refuse(label: bytes, error: Exception) -> NoReturn:
    raise MlsError(f"{label.decode()}: wrong signature") from error
