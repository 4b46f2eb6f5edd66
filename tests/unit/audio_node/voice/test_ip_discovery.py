from __future__ import annotations

import struct

import pytest

from audio_node.voice.ip_discovery import SIZE, read_answer, request

ANSWER = struct.pack(">HHI64sH", 2, 70, 7, b"2001:db8::1", 50_001)


def test_the_question_is_74_bytes_with_type_length_and_ssrc() -> None:
    assert request(0x01020304) == b"\0\1\0\x46\1\2\3\4" + bytes(66)
    assert SIZE == 74


def test_the_answer_tells_address_and_port() -> None:
    assert read_answer(ANSWER, 7) == ("2001:db8::1", 50_001)


OTHERS = {
    "empty": b"",
    "short": ANSWER[:-1],
    "long": ANSWER + b"\0",
    "a question": b"\0\1" + ANSWER[2:],
    "of another": ANSWER[:4] + bytes(4) + ANSWER[8:],
    "no text": ANSWER[:8] + b"\xff" + ANSWER[9:],
}


@pytest.mark.parametrize("packet", OTHERS.values(), ids=OTHERS)
def test_anything_else_is_no_answer(packet: bytes) -> None:
    assert read_answer(packet, 7) is None
