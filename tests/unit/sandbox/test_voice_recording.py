from __future__ import annotations

import math

import pytest

from sandbox.voice.analysis import listen
from sandbox.voice.recording import KEPT_SECONDS, Packet, Recording, figures
from tests.support.tones import SILENCE, tone_frames


def recorded(*sequences: int, first_timestamp: int = 0, ssrc: int = 1) -> Recording:
    """Return a recording of packets with these numbers, 20 ms apart, timestamps as they should be."""
    recording = Recording()
    for index, sequence in enumerate(sequences):
        timestamp = (first_timestamp + 960 * (sequence - sequences[0])) % 2**32
        recording.add(0.02 * index, ssrc=ssrc, sequence=sequence % 2**16, timestamp=timestamp, opus=SILENCE)
    return recording


def of(recording: Recording, *names: str) -> list[object]:
    measured = figures(recording.since(-1))
    return [measured[name] for name in names]


def test_packets_one_after_the_other_miss_nothing_even_where_the_numbers_begin_again() -> None:
    recording = recorded(*range(65_500, 65_600), first_timestamp=2**32 - 960 * 10)
    assert of(recording, "packets", "missing", "gaps", "timestamp_jumps") == [100, 0, 0, 0]
    assert recording.totals() == {"packets": 100, "missing": 0, "duplicates": 0, "reordered": 0, "ssrcs": 1}


def test_what_is_missing_is_counted_by_packet_and_by_gap() -> None:
    recording = recorded(*range(10), 12, 13, 17)
    assert of(recording, "packets", "missing", "gaps", "timestamp_jumps") == [13, 5, 2, 0]
    assert recording.totals()["missing"] == 5


def test_packets_out_of_order_or_twice_are_not_missing() -> None:
    recording = recorded(5, 7, 6, 6, 8, 4)
    assert of(recording, "packets", "missing", "gaps", "timestamp_jumps") == [5, 0, 0, 0]
    totals = recording.totals()
    assert (totals["duplicates"], totals["reordered"], totals["missing"]) == (1, 2, 0)


def test_a_timestamp_that_does_not_follow_the_numbers_is_a_jump() -> None:
    recording = Recording()
    for index, timestamp in enumerate((0, 960, 1921, 2881)):
        recording.add(0, ssrc=1, sequence=index, timestamp=timestamp, opus=SILENCE)
    assert of(recording, "timestamp_jumps") == [1]


def test_every_connection_is_counted_by_itself() -> None:
    recording = recorded(*range(5))
    for index in range(5):
        recording.add(1, ssrc=2, sequence=40_000 + index, timestamp=960 * index, opus=SILENCE)
    assert of(recording, "packets", "missing", "timestamp_jumps") == [10, 0, 0]
    assert recording.totals()["ssrcs"] == 2


def test_the_last_minute_is_kept_and_the_totals_are_of_all() -> None:
    recording = Recording()
    for second in range(100):
        recording.add(float(second), ssrc=1, sequence=second, timestamp=960 * second, opus=SILENCE)
    assert len(recording.since(-1)) == KEPT_SECONDS + 1
    assert len(recording.since(95)) == 4
    assert recording.totals()["packets"] == 100


def test_spacing_is_told_by_median_and_p99() -> None:
    times = [0.02 * index for index in range(201)]
    times[-1] += 0.5
    packets = [Packet(at, 1, index, 0, SILENCE, encrypted=False) for index, at in enumerate(times)]
    assert figures(packets)["spacing_ms"] == {"median": 20.0, "p99": 20.0, "max": 520.0}
    assert figures(packets[:1])["spacing_ms"] is None


def packets_of(frames: list[bytes | None], *, start: float = 0.0) -> list[Packet]:
    return [
        Packet(start + 0.02 * index, 1, index, 960 * index, frame, encrypted=False)
        for index, frame in enumerate(frames)
    ]


@pytest.mark.parametrize("hertz", [55.0, 440.0, 441.5, 1000.0, 12_345.0])
@pytest.mark.parametrize("amplitude", [0.02, 0.9])
def test_a_tone_has_its_frequency_and_its_level(hertz: float, amplitude: float) -> None:
    heard = listen(packets_of([*tone_frames(hertz, 60, amplitude=amplitude)]))
    assert heard["frequency_hz"] == pytest.approx(hertz, abs=0.5)
    assert heard["level_dbfs"] == pytest.approx(20 * math.log10(amplitude) - 3.01, abs=1.5)
    assert heard["silence_ms"] == pytest.approx(0, abs=0.1)


def test_silence_has_no_frequency() -> None:
    heard = listen(packets_of([SILENCE] * 20))
    assert (heard["decoded"], heard["audible"], heard["frequency_hz"]) == (20, 0, None)
    assert heard["level_dbfs"] <= -60  # type: ignore[operator]


def test_the_longest_silence_between_sounds_is_told() -> None:
    sound = [*tone_frames(440, 20)]
    paused = packets_of(sound) + [
        Packet(2.0 + packet.at, 2, packet.number, packet.timestamp, packet.opus, encrypted=False)
        for packet in packets_of(sound)
    ]
    assert listen(paused)["silence_ms"] == pytest.approx(1000 * (2.0 - 0.4), abs=1)


@pytest.mark.parametrize("junk", [None, b"", b"\xff", b"\x00" * 3, bytes(range(200))])
def test_frames_that_are_no_opus_are_no_fault_of_the_listener(junk: bytes | None) -> None:
    heard = listen(packets_of([*tone_frames(440, 30), *[junk] * 3, *tone_frames(440, 30)]))
    assert heard["frequency_hz"] == pytest.approx(440, abs=5)


def test_nothing_is_heard_of_nothing() -> None:
    heard = listen([])
    assert (heard["decoded"], heard["level_dbfs"], heard["frequency_hz"]) == (0, None, None)
