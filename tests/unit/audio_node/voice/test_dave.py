"""Our side of DAVE with other members: davey itself, and dave-py, which is another implementation."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import dave
import davey
import pytest

from audio_node.voice.dave import Dave
from audio_node.voice.opcodes import Op
from tests.support.dave_group import DaveGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

US, OTHER, STRANGER, CHANNEL = 1001, 1002, 1003, 1234567890123456789
PACKET = bytes(range(1, 120))
SILENCE = b"\xf8\xff\xfe"


class Davey:
    """Another member by davey."""

    def __init__(self, user: int, group: DaveGroup) -> None:
        self.session = davey.DaveSession(1, user, CHANNEL)
        self.session.set_external_sender(group.external_sender)

    def key_package(self) -> bytes:
        return self.session.get_serialized_key_package()

    def welcome(self, message: bytes) -> None:
        self.session.process_welcome(message)

    def commit_of(self, proposals: bytes) -> tuple[bytes, bytes]:
        result = self.session.process_proposals(davey.ProposalsOperationType.append, proposals[1:])
        assert result is not None
        assert result.welcome is not None
        self.session.process_commit(result.commit)
        return result.commit, result.welcome

    def hears(self, packet: bytes) -> bytes:
        return self.session.decrypt(US, davey.MediaType.audio, packet)


class DavePy:
    """Another member by dave-py, which is Discord's libdave."""

    def __init__(self, user: int, group: DaveGroup) -> None:
        self.session: Any = dave.Session(lambda *reason: pytest.fail(str(reason)))
        self.session.init(1, CHANNEL, str(user), None)
        self.session.set_external_sender(group.external_sender)

    def key_package(self) -> bytes:
        return self.session.get_marshalled_key_package()

    def welcome(self, message: bytes) -> None:
        assert self.session.process_welcome(message, {str(US), str(OTHER)}) is not None

    def commit_of(self, proposals: bytes) -> tuple[bytes, bytes]:
        both = self.session.process_proposals(proposals, {str(US), str(OTHER)})
        commit = both[: length_of_commit(both)]
        self.session.process_commit(commit)
        return commit, both[len(commit) :]

    def hears(self, packet: bytes) -> bytes:
        decryptor = dave.Decryptor()
        decryptor.transition_to_key_ratchet(self.session.get_key_ratchet(str(US)), 10.0)
        decrypted = decryptor.decrypt(dave.MediaType.audio, packet)
        assert decrypted is not None
        return decrypted


def length_of_commit(message: bytes) -> int:
    """Return where the commit ends in a commit with its welcome: the message is put together of vectors."""
    at = 4  # version and wire format

    def vector(at: int) -> int:
        size = 1 << (message[at] >> 6)
        return at + size + (int.from_bytes(message[at : at + size], "big") & ((1 << (8 * size - 2)) - 1))

    at = vector(at) + 8  # group, epoch
    at += 1 + 4  # sender: a member, and its leaf
    at = vector(at) + 1  # authenticated data, a commit
    at = vector(at)  # proposals
    has_path = message[at]
    at += 1
    if has_path:
        at = vector(at)  # encryption key
        at = vector(at)  # signature key
        at += 2
        at = vector(at)  # identity
        for _ in range(5):
            at = vector(at)  # versions, suites, extensions, proposals, credentials
        assert message[at] == 3  # from a commit
        at = vector(at + 1)  # parent hash
        at = vector(at)  # extensions
        at = vector(at)  # signature
        at = vector(at)  # nodes
    for _ in range(3):
        at = vector(at)  # signature, confirmation tag, membership tag
    return at


MEMBERS = pytest.mark.parametrize("member", [Davey, DavePy])


@pytest.fixture
def group() -> DaveGroup:
    return DaveGroup(CHANNEL)


@pytest.fixture
def ours(group: DaveGroup) -> Dave:
    ours = Dave(US, CHANNEL)
    ((op, _),) = ours.begin(1)
    assert op == Op.DAVE_MLS_KEY_PACKAGE
    assert ours.receive_binary(Op.DAVE_MLS_EXTERNAL_SENDER, group.external_sender) == []
    ours.connected([OTHER])
    return ours


def numbered(transition: int, message: bytes) -> bytes:
    return struct.pack(">H", transition) + message


def let_in(ours: Dave, other: Davey | DavePy, group: DaveGroup, transition: int = 0) -> None:
    """Let ``other`` join the group that we begin."""
    ((op, both),) = ours.receive_binary(Op.DAVE_MLS_PROPOSALS, group.add(other.key_package(), 0))
    assert op == Op.DAVE_MLS_COMMIT_WELCOME
    assert isinstance(both, bytes)
    commit = both[: length_of_commit(both)]
    ready = ours.receive_binary(Op.DAVE_MLS_ANNOUNCE_COMMIT, numbered(transition, commit))
    assert ready == ([(Op.DAVE_TRANSITION_READY, {"transition_id": transition})] if transition else [])
    other.welcome(both[len(commit) :])


@MEMBERS
def test_who_joins_us_hears_us(ours: Dave, group: DaveGroup, member: type[Davey | DavePy]) -> None:
    other = member(OTHER, group)
    assert ours.waiting
    assert ours.encrypt(PACKET) == PACKET
    let_in(ours, other, group)
    assert ours.encrypting
    assert not ours.waiting
    sealed = ours.encrypt(PACKET)
    assert PACKET not in sealed
    assert other.hears(sealed) == PACKET


@MEMBERS
def test_whom_we_join_hears_us(group: DaveGroup, member: type[Davey | DavePy]) -> None:
    other = member(OTHER, group)
    other.key_package()
    ours = Dave(US, CHANNEL)
    ((_, key_package),) = ours.begin(1)
    assert isinstance(key_package, bytes)
    ours.receive_binary(Op.DAVE_MLS_EXTERNAL_SENDER, group.external_sender)
    _, welcome = other.commit_of(group.add(key_package, 0))
    answers = ours.receive_binary(Op.DAVE_MLS_WELCOME, numbered(9, welcome))
    assert answers == [(Op.DAVE_TRANSITION_READY, {"transition_id": 9})]
    assert ours.receive(Op.DAVE_EXECUTE_TRANSITION, {"transition_id": 9}) == []
    assert other.hears(ours.encrypt(PACKET)) == PACKET


def test_silence_stays_silence(ours: Dave, group: DaveGroup) -> None:
    let_in(ours, Davey(OTHER, group), group)
    assert ours.encrypt(SILENCE) == SILENCE


def test_somebody_whom_nobody_announced_is_not_let_in(ours: Dave, group: DaveGroup) -> None:
    proposals = group.add(Davey(STRANGER, group).key_package(), 0)
    assert ours.receive_binary(Op.DAVE_MLS_PROPOSALS, proposals) == []
    assert not ours.encrypting


def test_version_0_is_not_encrypted() -> None:
    ours = Dave(US, CHANNEL)
    ours.connected([OTHER])
    assert ours.begin(0) == []
    assert not ours.waiting
    assert ours.encrypt(PACKET) == PACKET


def prepare(version: int, transition: int) -> Mapping[str, object]:
    return {"protocol_version": version, "transition_id": transition}


def test_a_downgrade_counts_from_its_transition_on(ours: Dave, group: DaveGroup) -> None:
    let_in(ours, Davey(OTHER, group), group)
    answers = ours.receive(Op.DAVE_PREPARE_TRANSITION, prepare(0, 3))
    assert answers == [(Op.DAVE_TRANSITION_READY, {"transition_id": 3})]
    assert ours.encrypt(PACKET) != PACKET
    ours.receive(Op.DAVE_EXECUTE_TRANSITION, {"transition_id": 4})  # which nobody prepared
    assert ours.encrypt(PACKET) != PACKET
    ours.receive(Op.DAVE_EXECUTE_TRANSITION, {"transition_id": 3})
    assert ours.version == 0
    assert ours.encrypt(PACKET) == PACKET


def test_an_upgrade_makes_a_new_group_which_counts_from_its_transition_on(group: DaveGroup) -> None:
    ours = Dave(US, CHANNEL)
    ours.begin(0)
    ours.connected([OTHER])
    ((op, _),) = ours.receive(Op.DAVE_PREPARE_EPOCH, {"epoch": 1, "protocol_version": 1})
    assert op == Op.DAVE_MLS_KEY_PACKAGE
    ours.receive_binary(Op.DAVE_MLS_EXTERNAL_SENDER, group.external_sender)
    other = Davey(OTHER, group)
    let_in(ours, other, group, transition=5)
    assert ours.encrypt(PACKET) == PACKET
    ours.receive(Op.DAVE_EXECUTE_TRANSITION, {"transition_id": 5})
    assert other.hears(ours.encrypt(PACKET)) == PACKET


def test_later_epochs_of_a_group_need_nothing(ours: Dave) -> None:
    assert ours.receive(Op.DAVE_PREPARE_EPOCH, {"epoch": 2, "protocol_version": 1}) == []


@pytest.mark.parametrize("op", [Op.DAVE_MLS_ANNOUNCE_COMMIT, Op.DAVE_MLS_WELCOME])
def test_a_commit_that_makes_no_sense_is_refused_and_we_ask_to_be_let_in_again(ours: Dave, op: Op) -> None:
    refusal, again = ours.receive_binary(op, numbered(7, b"what"))
    assert refusal == (Op.DAVE_MLS_INVALID_COMMIT_WELCOME, {"transition_id": 7})
    assert again[0] == Op.DAVE_MLS_KEY_PACKAGE


@pytest.mark.parametrize("op", range(25, 32))
@pytest.mark.parametrize("payload", [b"", b"\0", b"\0\0", b"\xff" * 40])
def test_no_message_breaks_us(ours: Dave, op: int, payload: bytes) -> None:
    ours.receive_binary(op, payload)
    assert ours.encrypt(PACKET) == PACKET


def test_a_session_that_has_not_begun_ignores_binary_messages() -> None:
    assert Dave(US, CHANNEL).receive_binary(Op.DAVE_MLS_WELCOME, numbered(1, b"x")) == []


@pytest.mark.parametrize("data", [{}, {"transition_id": None}, {"transition_id": "1"}])
def test_a_message_without_its_numbers_is_malformed(ours: Dave, data: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError)):
        ours.receive(Op.DAVE_PREPARE_TRANSITION, data)
