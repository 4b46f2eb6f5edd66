"""The two implementations of DAVE behind one face, and a voice client that speaks it.

davey is what discord.py uses (Rust, OpenMLS); dave-py is Discord's own libdave (C++, mlspp).
"""

from __future__ import annotations

from typing import Any, Protocol

import dave
import davey

from tests.support.voice_client import VoiceClient

MARKER = b"\xfa\xfa"


class Dave(Protocol):
    """A member's state of end-to-end encryption; errors of either library are ValueError."""

    known: set[str]
    """Whom Clients Connect has named, and so may be added to the group."""

    def begin(self) -> bytes: ...
    def external_sender(self, package: bytes) -> None: ...
    def proposals(self, payload: bytes) -> bytes | None: ...
    def commit(self, message: bytes) -> None: ...
    def welcome(self, message: bytes) -> None: ...
    def execute(self) -> None: ...
    def encrypt(self, frame: bytes) -> bytes: ...
    def decrypt(self, user_id: str, frame: bytes) -> bytes | None: ...


class Davey:
    """https://pypi.org/project/davey/"""

    def __init__(self, user_id: str, channel_id: str) -> None:
        self._ids = (1, int(user_id), int(channel_id))
        self.known: set[str] = set()
        self.session: davey.DaveSession | None = None

    def begin(self) -> bytes:
        if self.session is None:
            self.session = davey.DaveSession(*self._ids)
        else:
            self.session.reinit(*self._ids)
        return self.session.get_serialized_key_package()

    def external_sender(self, package: bytes) -> None:
        self.session.set_external_sender(package)

    def proposals(self, payload: bytes) -> bytes | None:
        kinds = davey.ProposalsOperationType
        kind = kinds.revoke if payload[0] else kinds.append
        made = self.session.process_proposals(kind, payload[1:], [int(user) for user in self.known])
        return made and made.commit + (made.welcome or b"")

    def commit(self, message: bytes) -> None:
        self.session.process_commit(message)

    def welcome(self, message: bytes) -> None:
        self.session.process_welcome(message)

    def execute(self) -> None:
        pass

    def encrypt(self, frame: bytes) -> bytes:
        return self.session.encrypt_opus(frame)

    def decrypt(self, user_id: str, frame: bytes) -> bytes | None:
        try:
            return self.session.decrypt(int(user_id), davey.MediaType.audio, frame)
        except ValueError:
            return None


class DavePy:
    """https://pypi.org/project/dave-py/"""

    def __init__(self, user_id: str, channel_id: str) -> None:
        self._user_id, self._channel_id = user_id, int(channel_id)
        self.failures: list[tuple[str, str]] = []
        self.session = dave.Session(lambda source, reason: self.failures.append((source, reason)))
        self.known: set[str] = {user_id}
        self._encryptor = dave.Encryptor()
        self._encryptor.assign_ssrc_to_codec(7, dave.Codec.opus)
        self._decryptors: dict[str, dave.Decryptor] = {}

    def begin(self) -> bytes:
        self.session.init(1, self._channel_id, self._user_id, None)
        return self.session.get_marshalled_key_package() or b""

    def external_sender(self, package: bytes) -> None:
        self.session.set_external_sender(package)

    def proposals(self, payload: bytes) -> bytes | None:
        return self.session.process_proposals(payload, self.known)

    def commit(self, message: bytes) -> None:
        if isinstance(result := self.session.process_commit(message), dave.RejectType):
            raise ValueError(f"commit: {result.name}")
        self._learn()

    def welcome(self, message: bytes) -> None:
        if self.session.process_welcome(message, self.known) is None:
            raise ValueError("welcome")
        self._learn()

    def _learn(self) -> None:
        for user in self.known - {self._user_id}:
            if (ratchet := self.session.get_key_ratchet(user)) is not None:
                self._decryptors.setdefault(user, dave.Decryptor()).transition_to_key_ratchet(ratchet, 10.0)

    def execute(self) -> None:
        self._encryptor.set_key_ratchet(self.session.get_key_ratchet(self._user_id))

    def encrypt(self, frame: bytes) -> bytes:
        encrypted = self._encryptor.encrypt(dave.MediaType.audio, 7, frame)
        assert encrypted is not None
        return encrypted

    def decrypt(self, user_id: str, frame: bytes) -> bytes | None:
        decryptor = self._decryptors.get(user_id)
        return decryptor and decryptor.decrypt(dave.MediaType.audio, frame)


class DaveClient(VoiceClient):
    """A voice client whose frames are end-to-end encrypted as soon as the gateway says so."""

    def __init__(
        self, endpoint: str, *, library: type[Davey | DavePy], channel_id: str, **options: Any
    ) -> None:
        super().__init__(endpoint, dave_version=1, **options)
        self.dave: Dave = library(self.user_id, channel_id)
        self.version = 0
        self.established = False
        """Whether the group has an epoch with this member in it, in force."""
        self.epochs = 0
        self.opcodes: list[int] = []
        """Of end-to-end encryption, as they came."""
        self.users: dict[int, str] = {}
        """By SSRC, of those who have said that they speak."""
        self.corrupt_next = False
        """Take the next commit or welcome for one that cannot be processed."""
        self.ready_at_once = True
        self.commits = True
        """Whether it answers proposals."""
        self._pending: dict[int, int] = {}

    async def on_message(self, message: dict[str, Any]) -> None:
        op, data = message["op"], message["d"]
        if op == 4:
            self.version = data["dave_protocol_version"]
            if self.version:
                await self._begin()
        elif op == 5:
            self.users[data["ssrc"]] = data["user_id"]
        elif op == 11:
            self.dave.known |= set(data["user_ids"])
        elif op == 13:
            self.dave.known.discard(data["user_id"])
        elif op >= 21:
            self.opcodes.append(op)
            await self._on_transition(op, data)

    async def _on_transition(self, op: int, data: dict[str, Any]) -> None:
        if op == 21 and data["transition_id"]:
            await self._prepare(data["transition_id"], data["protocol_version"])
        elif op == 22:
            self.version = self._pending.pop(data["transition_id"])
            self.established = self.version > 0
            self.epochs += 1
            if self.version:
                self.dave.execute()
        elif op == 24 and data["epoch"] == 1:
            self.version, self.established = data["protocol_version"], False
            await self._begin()

    async def on_binary(self, op: int, payload: bytes) -> None:
        self.opcodes.append(op)
        if op == 25:
            self.dave.external_sender(payload)
        elif op == 27:
            if (commit := self.dave.proposals(payload)) is not None and self.commits:
                await self.send_binary(28, commit)
        elif op in {29, 30}:
            transition = int.from_bytes(payload[:2], "big")
            try:
                self._follow(op, payload[2:])
            except ValueError:
                await self.send(31, {"transition_id": transition})
                await self._begin()
            else:
                await self._prepare(transition, 1)

    def _follow(self, op: int, message: bytes) -> None:
        if self.corrupt_next:
            self.corrupt_next = False
            raise ValueError("as if it were corrupt")
        (self.dave.welcome if op == 30 else self.dave.commit)(message)

    async def _begin(self) -> None:
        await self.send_binary(26, self.dave.begin())

    async def _prepare(self, transition: int, version: int) -> None:
        self._pending[transition] = version
        if self.ready_at_once:
            await self.send(23, {"transition_id": transition})

    async def send_binary(self, op: int, payload: bytes) -> None:
        await self.socket.send_bytes(bytes([op]) + payload)

    def send_frame(self, opus: bytes) -> None:
        super().send_frame(self.dave.encrypt(opus) if self.established else opus)

    def on_frame(self, ssrc: int, payload: bytes) -> bytes | None:
        if not payload.endswith(MARKER):
            return payload
        return self.dave.decrypt(self.users[ssrc], payload)
