from __future__ import annotations

import pytest

from audio_node.audio.opus import SILENCE, duration, output_gain
from tests.support.sound import encoded, packets_of, sine


@pytest.mark.parametrize("milliseconds", ["2.5", "5", "10", "20", "40", "60"])
@pytest.mark.parametrize("application", ["audio", "voip", "lowdelay"])
def test_a_packet_says_how_long_it_lasts(milliseconds: str, application: str) -> None:
    options = {"frame_duration": milliseconds, "application": application, "b": "16k"}
    packets = packets_of(encoded(sine(0.3), "ogg", "libopus", **options))
    assert {duration(packet) for packet in packets[:-1]} == {round(float(milliseconds) * 48)}


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (SILENCE, 960),
        (b"", 0),
        (b"\x01", 2 * 480),  # SILK, 10 ms, two frames of the same size
        (b"\x03", 0),  # many frames, and the count is missing
        (b"\x1b\x02", 2 * 2880),  # SILK, 60 ms, and a count of two
        (b"\x68", 960),  # hybrid, 20 ms
        (b"\x60", 480),  # hybrid, 10 ms
        (b"\x80", 120),  # CELT, 2.5 ms
    ],
)
def test_durations_are_those_of_the_table_of_contents(packet: bytes, samples: int) -> None:
    assert duration(packet) == samples


def test_the_gain_of_a_header_is_read_with_its_sign() -> None:
    header = b"OpusHead\x01\x02\x38\x01\x80\xbb\x00\x00\x00\xfe\x00"
    assert output_gain(header) == -512
    assert output_gain(None) == output_gain(b"OpusHead") == output_gain(header.replace(b"Head", b"Tags")) == 0
