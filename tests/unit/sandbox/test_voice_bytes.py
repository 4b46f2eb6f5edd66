"""What the voice server reads off the network: RTP, its encryption, MLS."""

from __future__ import annotations

import struct

import davey
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.voice.ciphers import CIPHERS
from sandbox.voice.external_sender import ExternalSender
from sandbox.voice.mls import (
    MlsError,
    Reader,
    proposal_reference,
    read_commit_welcome,
    read_key_package,
    split_welcome,
    vector,
)
from sandbox.voice.rtp import RtpPacket, UnreadableError, open_packet, seal_packet, ssrc_of

KEY = bytes(range(32))
GROUP = 1234567890123456789


@pytest.mark.parametrize("mode", CIPHERS)
def test_a_packet_is_opened_by_its_own_key_alone(mode: str) -> None:
    packet = RtpPacket(65_535, 2**32 - 1, 7, b"opus")
    sealed = seal_packet(packet, CIPHERS[mode](KEY), 2**32 + 5)
    assert (ssrc_of(sealed), sealed[-4:]) == (7, b"\0\0\0\5")
    assert open_packet(sealed, CIPHERS[mode](KEY)) == packet
    for spoiled in (sealed[:-1], sealed[:12], b"\x80\x78\0" + sealed[3:], sealed[:-5] + b"x" + sealed[-4:]):
        with pytest.raises(UnreadableError):
            open_packet(spoiled, CIPHERS[mode](KEY))
    with pytest.raises(UnreadableError):
        open_packet(sealed, CIPHERS[mode](bytes(32)))


@pytest.mark.parametrize("mode", CIPHERS)
def test_sources_and_an_extension_are_told_from_the_frame(mode: str) -> None:
    header = struct.pack(">BBHII", 0x80 | 0x10 | 2, 0x78, 1, 2, 3) + bytes(8) + b"\xbe\xde\0\2"
    nonce = b"\0\0\0\1"
    sealed = header + CIPHERS[mode](KEY).encrypt(bytes(8) + b"opus", header, nonce) + nonce
    assert open_packet(sealed, CIPHERS[mode](KEY)).payload == b"opus"


@given(st.binary(max_size=60))
def test_any_bytes_are_a_packet_or_unreadable(junk: bytes) -> None:
    if ssrc_of(junk) is not None:
        with pytest.raises(UnreadableError):
            open_packet(junk, CIPHERS["aead_aes256_gcm_rtpsize"](KEY))


@pytest.mark.parametrize("size", [0, 63, 64, 16_383, 16_384, 100_000])
def test_a_vector_is_read_as_it_was_written(size: int) -> None:
    reader = Reader(vector(bytes(size)) + b"rest")
    assert reader.vector() == bytes(size)
    assert reader.take(4) == b"rest"
    assert reader.ended


def member(user_id: int, sender: ExternalSender) -> tuple[davey.DaveSession, bytes]:
    session = davey.DaveSession(1, user_id, GROUP)
    session.set_external_sender(sender.package())
    return session, session.get_serialized_key_package()


def test_a_key_package_is_taken_bare_and_in_a_message() -> None:
    _, package = member(1001, ExternalSender())
    bare = read_key_package(package)
    assert bare == read_key_package(b"\0\1\0\5" + package)
    assert int.from_bytes(bare.identity, "big") == 1001


def test_a_key_package_that_was_tampered_with_is_refused() -> None:
    _, package = member(1001, ExternalSender())
    assert read_key_package(package)
    for at in range(len(package)):
        with pytest.raises(MlsError):
            read_key_package(package[:at] + bytes([package[at] ^ 1]) + package[at + 1 :])
    for cut in (package[:-1], package + b"\0", b""):
        with pytest.raises(MlsError):
            read_key_package(cut)


def test_a_commit_names_proposals_and_its_welcome_is_split() -> None:
    sender = ExternalSender()
    group = GROUP.to_bytes(8, "big")
    committer, _ = member(1001, sender)
    newcomers = [read_key_package(member(user, sender)[1]) for user in (1002, 1003)]
    proposals = [sender.add(group, 0, package) for package in newcomers]
    kinds = davey.ProposalsOperationType
    made = committer.process_proposals(kinds.append, vector(b"".join(proposals)))
    assert made
    assert made.welcome
    commit, welcome = read_commit_welcome(made.commit + made.welcome)
    assert (commit.raw, commit.group, commit.epoch, commit.leaf_index) == (made.commit, group, 0, 0)
    assert set(commit.references) == {proposal_reference(message) for message in proposals}
    welcomes = split_welcome(welcome)
    assert welcomes.keys() == {package.reference for package in newcomers}
    assert all(len(one) < len(welcome) for one in welcomes.values())


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_what_reads_mls(junk: bytes) -> None:
    for read in (read_key_package, read_commit_welcome):
        with pytest.raises(MlsError):
            read(junk)
