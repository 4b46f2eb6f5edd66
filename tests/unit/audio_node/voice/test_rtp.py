from __future__ import annotations

import struct

from audio_node.voice.rtp import RtpStream


def numbers(header: bytes) -> tuple[int, int, int]:
    assert header[:2] == b"\x80\x78"
    return struct.unpack(">HII", header[2:])  # type: ignore[return-value]


def test_sequences_count_packets_and_timestamps_count_time() -> None:
    stream = RtpStream(7, sequence=0, timestamp=0)
    assert numbers(stream.header()) == (1, 0, 7)
    stream.advance(960)
    assert numbers(stream.header()) == (2, 960, 7)
    stream.advance(960)
    stream.advance(960)
    assert numbers(stream.header()) == (3, 2880, 7)


def test_both_begin_again_behind_their_last_value() -> None:
    stream = RtpStream(2**32 - 1, sequence=2**16 - 2, timestamp=2**32 - 960)
    assert numbers(stream.header()) == (2**16 - 1, 2**32 - 960, 2**32 - 1)
    stream.advance(960)
    assert numbers(stream.header()) == (0, 0, 2**32 - 1)


def test_streams_begin_anywhere() -> None:
    assert len({RtpStream(1).header() for _ in range(20)}) > 1
