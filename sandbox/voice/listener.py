"""The Discord client of a person in the sandbox, as far as end-to-end encryption goes: a member that listens.

It makes the server able to hear what is encrypted, by the only way there is: being in the group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import davey

from sandbox.voice.opcodes import Opcode

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.voice.opcodes import Json

DAVE_VERSION = davey.DAVE_PROTOCOL_VERSION


class Listener:
    """Answers what the voice gateway sends, as any client does.

    ``answer`` is called with an opcode and its data, bytes where they travel as binary.
    """

    def __init__(self, user_id: str, channel_id: str, answer: Callable[[Opcode, Json | bytes], None]) -> None:
        self.user_id = user_id
        self._channel_id = int(channel_id)
        self._answer = answer
        self._session: davey.DaveSession | None = None

    @property
    def dave_version(self) -> int:
        """The highest version of DAVE that it speaks."""
        return DAVE_VERSION

    def dispatch(self, op: Opcode, data: object) -> None:
        """Take a message of the gateway."""
        fields = cast("Json", data)
        begins = op is Opcode.SESSION_DESCRIPTION and fields["dave_protocol_version"]
        if begins or (op is Opcode.PREPARE_EPOCH and fields["epoch"] == 1):
            self._begin()
        elif op is Opcode.PREPARE_TRANSITION and fields["transition_id"]:
            self._answer(Opcode.TRANSITION_READY, {"transition_id": fields["transition_id"]})

    def dispatch_binary(self, op: Opcode, payload: bytes) -> None:
        """Take a binary message of the gateway."""
        if self._session is None:
            return
        if op is Opcode.EXTERNAL_SENDER:
            self._session.set_external_sender(payload)
        elif op is Opcode.PROPOSALS:
            self._commit(self._session, payload)
        elif op in {Opcode.ANNOUNCE_COMMIT_TRANSITION, Opcode.WELCOME}:
            self._follow(self._session, op, payload)

    def _begin(self) -> None:
        user_id = int(self.user_id)
        if self._session is None:
            self._session = davey.DaveSession(DAVE_VERSION, user_id, self._channel_id)
        else:
            self._session.reinit(DAVE_VERSION, user_id, self._channel_id)
        self._answer(Opcode.KEY_PACKAGE, self._session.get_serialized_key_package())

    def _commit(self, session: davey.DaveSession, payload: bytes) -> None:
        kinds = davey.ProposalsOperationType
        kind = kinds.revoke if payload[0] else kinds.append
        if made := session.process_proposals(kind, payload[1:]):
            self._answer(Opcode.COMMIT_WELCOME, made.commit + (made.welcome or b""))

    def _follow(self, session: davey.DaveSession, op: Opcode, payload: bytes) -> None:
        transition: Json = {"transition_id": int.from_bytes(payload[:2], "big")}
        try:
            if op is Opcode.WELCOME:
                session.process_welcome(payload[2:])
            else:
                session.process_commit(payload[2:])
        except ValueError:
            self._answer(Opcode.INVALID_COMMIT_WELCOME, transition)
            self._begin()
        else:
            self._answer(Opcode.TRANSITION_READY, transition)

    def decrypt(self, user_id: str, frame: bytes) -> bytes | None:
        """Return an encrypted frame of somebody's in the clear, None where its epoch is unknown."""
        if self._session is None or not self._session.ready:
            return None
        try:
            return self._session.decrypt(int(user_id), davey.MediaType.audio, frame)
        except ValueError:
            return None
