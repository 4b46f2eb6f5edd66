"""Vectors were made with PyCryptodome, an implementation that the node does not use."""

from __future__ import annotations

import pytest

from audio_node.errors import UnsupportedEncryptionError
from audio_node.voice.encryption import choose, encryption

KEY = bytes(range(32))
HEADER = bytes.fromhex("8078000100000000000010e1")
GCM, XCHACHA = "aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"


@pytest.mark.parametrize(
    ("mode", "sealed"),
    [
        (GCM, ["61ccc0ad4f4ff186c04132b89e4c19f1a8854f4c", "2b46b8d9c10b8af8a8713ff44d96e70be49cf3e5"]),
        (XCHACHA, ["fa76f9b42aaff60a71008ab1e93a392ccca4305e", "66d724534f3f0e7faa4e304d29091804f1ae94cc"]),
    ],
)
def test_packets_are_those_of_another_implementation(mode: str, sealed: list[str]) -> None:
    cipher = encryption(mode, KEY)
    for number, expected in enumerate(sealed):
        packet = cipher.seal(HEADER, b"opus")
        assert packet == HEADER + bytes.fromhex(expected) + number.to_bytes(4, "big")


def test_the_faster_mode_is_chosen_where_it_is_offered() -> None:
    assert choose([XCHACHA, "other", GCM]) == GCM
    assert choose([XCHACHA, "other"]) == XCHACHA


def test_what_we_do_not_know_is_said() -> None:
    with pytest.raises(UnsupportedEncryptionError, match="xsalsa20_poly1305"):
        choose(["xsalsa20_poly1305"])
    with pytest.raises(UnsupportedEncryptionError, match="nothing"):
        choose([])
    with pytest.raises(UnsupportedEncryptionError):
        encryption("plain", KEY)
    with pytest.raises(UnsupportedEncryptionError, match="31 bytes"):
        encryption(GCM, KEY[1:])
