"""End-to-end encryption of voice, DAVE version 1 (https://daveprotocol.com/), by davey.

Messages come from the voice gateway in the event loop; packets are encrypted in the pacer's thread.
"""

from __future__ import annotations

import logging
import struct
import threading
from typing import TYPE_CHECKING, Literal

import davey

from audio_node.voice.opcodes import Op

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Answer = tuple[Op, Mapping[str, object] | bytes]
    """What to send: JSON, or binary."""

logger = logging.getLogger(__name__)

NEWEST_VERSION = davey.DAVE_PROTOCOL_VERSION
_NEW_GROUP = 1
"""The epoch that begins a group."""
_TRANSITION = struct.Struct(">H")
_LENIENT_SECONDS = 120
"""For so long unencrypted packets of others are let through while a group is given up."""


class Dave:
    """Our membership in the group of ``channel_id``; version 0 is "not encrypted"."""

    def __init__(self, user_id: int, channel_id: int) -> None:
        self._user_id = user_id
        self._channel_id = channel_id
        self._lock = threading.Lock()
        self._session: davey.DaveSession | None = None
        self._version = 0
        self._group_version = 0
        """The version of the group that is being made, which counts from its transition on."""
        self._transitions: dict[int, int] = {}
        self._others: set[int] = set()

    @property
    def version(self) -> int:
        """Return the version in which packets are sent."""
        return self._version

    @property
    def encrypting(self) -> bool:
        """Whether packets are encrypted now."""
        return self._version > 0 and self._session is not None and self._session.ready

    @property
    def waiting(self) -> bool:
        """Whether others are there who will let us into their group, so that they hear nothing of us yet."""
        return self._version > 0 and bool(self._others) and not self.encrypting

    def encrypt(self, packet: bytes) -> bytes:
        """Return an Opus packet as the group reads it; as it is where there is no group."""
        with self._lock:
            session = self._session
            if session is None or not self._version or not session.ready:
                return packet
            return session.encrypt_opus(packet)

    def connected(self, user_ids: Iterable[int]) -> None:
        """Know who is there: nobody else is let into the group."""
        self._others.update(user_ids)
        self._others.discard(self._user_id)

    def disconnected(self, user_id: int) -> None:
        """Know that somebody has left."""
        self._others.discard(user_id)

    def begin(self, version: int) -> list[Answer]:
        """Start as a session description says; returns what to send."""
        self._version = version
        self._transitions.clear()
        return self._new_group(version)

    def receive(self, op: int, data: Mapping[str, object]) -> list[Answer]:
        """Take a JSON message; returns what to send. Raises KeyError or TypeError for a malformed one."""
        if op == Op.DAVE_PREPARE_TRANSITION:
            return self._prepare(_integer(data, "transition_id"), _integer(data, "protocol_version"))
        if op == Op.DAVE_EXECUTE_TRANSITION:
            self._execute(_integer(data, "transition_id"))
        elif op == Op.DAVE_PREPARE_EPOCH and _integer(data, "epoch") == _NEW_GROUP:
            return self._new_group(_integer(data, "protocol_version"))
        return []

    def receive_binary(self, op: int, payload: bytes) -> list[Answer]:
        """Take a binary message; returns what to send."""
        session = self._session
        if session is None:
            return []
        if op == Op.DAVE_MLS_EXTERNAL_SENDER:
            self._know_sender(session, payload)
        elif op == Op.DAVE_MLS_PROPOSALS and payload:
            return self._propose(session, payload)
        elif op in {Op.DAVE_MLS_ANNOUNCE_COMMIT, Op.DAVE_MLS_WELCOME} and len(payload) > _TRANSITION.size:
            return self._join(session, op, payload)
        return []

    def _new_group(self, version: int) -> list[Answer]:
        self._group_version = version
        with self._lock:
            if version == 0:
                self._session = None
                return []
            if self._session is None:
                self._session = davey.DaveSession(version, self._user_id, self._channel_id)
            else:
                self._session.reinit(version, self._user_id, self._channel_id)
            return [(Op.DAVE_MLS_KEY_PACKAGE, self._session.get_serialized_key_package())]

    def _know_sender(self, session: davey.DaveSession, payload: bytes) -> None:
        try:
            with self._lock:
                session.set_external_sender(payload)
        except ValueError as error:  # it is told again in a group that has it, or makes no sense
            logger.debug("The external sender was not taken: %s", error)

    def _propose(self, session: davey.DaveSession, payload: bytes) -> list[Answer]:
        kinds = davey.ProposalsOperationType
        kind = kinds.append if payload[0] == 0 else kinds.revoke
        expected = [self._user_id, *self._others] if self._others else None
        try:
            with self._lock:
                result = session.process_proposals(kind, payload[1:], expected)
        except ValueError as error:  # others will commit, or the server will ask again
            logger.debug("Proposals could not be processed: %s", error)
            return []
        if result is None:
            return []
        return [(Op.DAVE_MLS_COMMIT_WELCOME, result.commit + (result.welcome or b""))]

    def _join(self, session: davey.DaveSession, op: int, payload: bytes) -> list[Answer]:
        """Enter the group, or its next epoch; ask for another one where that fails."""
        transition: int = _TRANSITION.unpack_from(payload)[0]
        message = payload[_TRANSITION.size :]
        try:
            with self._lock:
                if op == Op.DAVE_MLS_WELCOME:
                    session.process_welcome(message)
                else:
                    session.process_commit(message)
        except ValueError as error:
            logger.debug("A commit or welcome could not be processed: %s", error)
            invalid: Answer = (Op.DAVE_MLS_INVALID_COMMIT_WELCOME, {"transition_id": transition})
            return [invalid, *self._new_group(self._group_version)]
        return self._prepare(transition, self._group_version)

    def _prepare(self, transition: int, version: int) -> list[Answer]:
        self._transitions[transition] = version
        if transition == 0:
            self._execute(transition)
            return []
        if version == 0:
            self._be_lenient()
        return [(Op.DAVE_TRANSITION_READY, {"transition_id": transition})]

    def _execute(self, transition: int) -> None:
        version = self._transitions.pop(transition, None)
        if version is not None:
            self._version = version

    def _be_lenient(self) -> None:
        with self._lock:
            if self._session is not None:
                self._session.set_passthrough_mode(True, _LENIENT_SECONDS)


def _integer(data: Mapping[str, object], name: Literal["transition_id", "protocol_version", "epoch"]) -> int:
    value = data[name]
    if not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number")
    return value
