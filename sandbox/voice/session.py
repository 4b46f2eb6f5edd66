"""What a client identified as: its numbers, its keys, and the messages that a resume sends again."""

from __future__ import annotations

import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from sandbox.voice.connection import Connection
    from sandbox.voice.opcodes import Opcode
    from sandbox.voice.rtp import Cipher
    from sandbox.voice_server import VoiceMember

KEPT_MESSAGES = 1024
_NUMBERS = 1 << 16
"""Sequence numbers have 16 bits: https://docs.discord.com/developers/topics/voice-connections#binary-websocket-messages"""


@dataclass(slots=True)
class Session:
    """A client of the voice gateway; it outlives its connections."""

    member: VoiceMember
    ssrc: int
    dave_version: int
    """The highest version of DAVE that the client speaks, 0 for none."""
    connection: Connection | None = None
    secret_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    mode: str | None = None
    cipher: Cipher | None = None
    address: tuple[str, int] | None = None
    """From where its packets come, and to where others' go."""
    speaking: int | None = None
    """The bits of its last Speaking, None before the first."""
    sent_packets: int = 0
    unannounced: int = 0
    """Packets that came before the first Speaking, and so were not heard."""
    unreadable: int = 0
    """Packets that its key does not open."""
    dropped: list[int] = field(default_factory=list[int])
    """Sequence numbers of the packets that a fault lost."""
    keepalives: int = 0
    sequence: int = 0
    """The number of the last message that has one."""
    expiry: asyncio.TimerHandle | None = None
    _kept: deque[str | bytes] = field(default_factory=lambda: deque[str | bytes](maxlen=KEPT_MESSAGES))

    @property
    def user_id(self) -> str:
        """Whose it is."""
        return self.member.user_id

    def dispatch(self, op: Opcode, data: object) -> None:
        """Send a message with a number, again after a resume that missed it."""
        self._number()
        self._send(json.dumps({"op": op, "d": data, "seq": self.sequence}))

    def dispatch_binary(self, op: Opcode, payload: bytes) -> None:
        """Do the same with a binary message."""
        self._number()
        self._send(self.sequence.to_bytes(2, "big") + bytes([op]) + payload)

    def _number(self) -> None:
        self.sequence = (self.sequence + 1) % _NUMBERS

    def _send(self, frame: str | bytes) -> None:
        self._kept.append(frame)
        if self.connection is not None:
            self.connection.queue(frame)

    def acknowledge(self, number: int) -> bool:
        """Forget the messages up to ``number``; returns whether there was such a message."""
        behind = (self.sequence - max(number, 0)) % _NUMBERS
        if behind > len(self._kept):
            return False
        while len(self._kept) > behind:
            self._kept.popleft()
        return True

    def missed(self) -> list[str | bytes]:
        """Return the messages that are not acknowledged, oldest first."""
        return list(self._kept)

    def cancel_expiry(self) -> None:
        """Stop the clock that runs while no connection is there."""
        if self.expiry is not None:
            self.expiry.cancel()
            self.expiry = None
