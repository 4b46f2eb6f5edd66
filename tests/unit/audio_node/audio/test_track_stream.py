"""What the thread makes of a source: passed on, transcoded, from anywhere, again with other settings."""

from __future__ import annotations

import io
import itertools
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, cast

import pytest

from audio_node.audio.container import ContainerSource
from audio_node.audio.filters import Filters, Timescale
from audio_node.audio.guarded_file import MOST_SEARCHED
from audio_node.audio.pipeline import Settings
from audio_node.audio.synthesis import SynthesisSource
from audio_node.audio.tone import Tone, tone_source
from audio_node.audio.track_stream import BUFFERED, TrackStream
from audio_node.errors import AudioError, SourceUnavailableError, UnsupportedAudioError
from tests.support.sound import (
    RATE,
    chirp,
    decoded,
    encoded,
    frequency,
    level,
    opus_webm,
    packets_of,
    second_of,
    sine,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from audio_node.audio.media import Source
    from audio_node.audio.opus import Frame

SECONDS = 12
QUIET = Settings(volume=50)


def from_bytes(content: bytes) -> ContainerSource:
    return ContainerSource(lambda: io.BytesIO(content))


@pytest.fixture(scope="module")
def webm() -> bytes:
    return opus_webm(chirp(SECONDS))


@pytest.fixture
def streams() -> Iterator[list[TrackStream]]:
    """Those that a test has started; all of them end."""
    started: list[TrackStream] = []
    yield started
    for stream in started:
        stream.stop()
        assert stream.join(30)


Start = "Callable[..., TrackStream]"


@pytest.fixture
def start(streams: list[TrackStream]) -> Callable[..., TrackStream]:
    def start(source: Source, settings: Settings | None = None, *, at: float = 0) -> TrackStream:
        stream = TrackStream(source, settings or Settings(), start=round(at * RATE))
        streams.append(stream)
        stream.start()
        return stream

    return start


def take(stream: TrackStream, count: int) -> list[Frame]:
    """Return so many frames, or fewer where the track ends."""
    frames: list[Frame] = []
    while len(frames) < count and not stream.ended:
        frame = stream.take()
        if frame is None:
            time.sleep(0.001)
        else:
            frames.append(frame)
    return frames


def rest(stream: TrackStream) -> list[Frame]:
    return take(stream, 10**9)


def until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.001)


def buffered(stream: TrackStream) -> int:
    return len(stream._frames)


@pytest.mark.parametrize("container", ["webm", "ogg", "matroska", "mp4"])
def test_opus_is_passed_on_byte_by_byte(start: Callable[..., TrackStream], container: str) -> None:
    file = encoded(chirp(2), container, "libopus", strict="-2")
    frames = rest(start(from_bytes(file)))
    assert [frame.packet for frame in frames] == packets_of(file)


@pytest.mark.parametrize("milliseconds", ["2.5", "10", "40", "60"])
def test_opus_of_other_lengths_is_made_into_20_ms(
    start: Callable[..., TrackStream], milliseconds: str
) -> None:
    frames = rest(start(from_bytes(encoded(sine(2), "ogg", "libopus", frame_duration=milliseconds))))
    assert len(frames) in {100, 101}
    assert frequency(decoded(frame.packet for frame in frames[10:90])) == pytest.approx(440, abs=2)


def test_a_gain_in_the_header_is_applied(start: Callable[..., TrackStream]) -> None:
    quieter = bytearray(opus_webm(sine(2)))
    head = quieter.index(b"OpusHead")
    quieter[head + 16 : head + 18] = (-6 * 256).to_bytes(2, "little", signed=True)
    frames = rest(start(from_bytes(bytes(quieter))))
    assert level(decoded(frame.packet for frame in frames[10:90])) == pytest.approx(
        level(sine(2)) * 0.501, rel=0.05
    )


FORMATS = [
    ("wav", "pcm_s16le"),
    ("flac", "flac"),
    ("mp3", "libmp3lame"),
    ("ipod", "aac"),
    ("ogg", "vorbis"),
    ("webm", "libopus"),
]


@pytest.mark.parametrize(("container", "codec"), FORMATS)
@pytest.mark.parametrize("at", [0.0, 3.0, 7.26, 11.02])
@pytest.mark.parametrize("settings", [Settings(), QUIET], ids=["plain", "quiet"])
def test_a_track_begins_exactly_where_it_should(
    start: Callable[..., TrackStream], container: str, codec: str, at: float, settings: Settings
) -> None:
    stream = start(from_bytes(encoded(chirp(SECONDS), container, codec, strict="-2")), settings, at=at)
    frames = take(stream, 10)
    assert frames[0].position / RATE == pytest.approx(at, abs=0.0101)
    middle = decoded(frame.packet for frame in frames)[:, 4 * 960 : 6 * 960]
    assert second_of(middle) == pytest.approx(at + 0.1, abs=0.02)


@pytest.mark.parametrize(("container", "codec"), FORMATS)
@pytest.mark.parametrize("settings", [Settings(), QUIET], ids=["plain", "quiet"])
def test_a_seek_is_exact_forwards_and_backwards(
    start: Callable[..., TrackStream], container: str, codec: str, settings: Settings
) -> None:
    stream = start(from_bytes(encoded(chirp(SECONDS), container, codec, strict="-2")), settings)
    take(stream, 5)
    for to in (8.5, 2.02, 2.04, 0.0, 10.0):
        stream.seek(round(to * RATE))
        until(lambda: stream.arrived)
        frames = take(stream, 10)
        assert frames[0].position / RATE == pytest.approx(to, abs=0.0101)
        middle = decoded(frame.packet for frame in frames)[:, 4 * 960 : 6 * 960]
        assert second_of(middle) == pytest.approx(to + 0.1, abs=0.02)


def test_the_old_place_is_heard_until_the_new_one_is_there(webm: bytes) -> None:
    gate = threading.Event()

    class Slow(io.BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            if threading.current_thread().name.startswith("track-") and slow.is_set():
                assert gate.wait(30)
            return super().seek(offset, whence)

    slow = threading.Event()
    stream = TrackStream(ContainerSource(lambda: cast("BinaryIO", Slow(webm))), Settings())
    stream.start()
    until(lambda: buffered(stream) == BUFFERED)
    slow.set()
    stream.seek(9 * RATE)
    assert [frame.position // 960 for frame in take(stream, 3)] == [0, 0, 1]
    assert not stream.arrived
    gate.set()
    until(lambda: stream.arrived)
    assert take(stream, 1)[0].position == pytest.approx(9 * RATE, abs=480)
    stream.stop()
    assert stream.join(30)


@pytest.mark.parametrize("source", [tone_source(20_000), None], ids=["synthesis", "webm"])
def test_a_new_volume_is_heard_within_a_tenth_of_a_second_and_nothing_is_lost(
    start: Callable[..., TrackStream], webm: bytes, source: Source | None
) -> None:
    stream = start(source or from_bytes(webm))
    before = take(stream, 50)
    until(lambda: buffered(stream) >= 200)
    stream.change(QUIET)
    until(lambda: buffered(stream) >= 100)
    after = take(stream, 60)
    frames = (before + after)[1:]  # the first one of a WebM begins 7 ms early
    gaps = {b.position - a.position for a, b in itertools.pairwise(frames)}
    assert all(abs(gap - 960) <= 48 for gap in gaps)  # WebM counts in whole milliseconds
    sound = decoded(frame.packet for frame in before + after)
    loud, quiet = level(sound[:, 10 * 960 : 50 * 960]), level(sound[:, 60 * 960 : 100 * 960])
    assert quiet / loud == pytest.approx(0.417, abs=0.03)


def test_back_at_full_volume_packets_pass_again(start: Callable[..., TrackStream], webm: bytes) -> None:
    stream = start(from_bytes(webm), QUIET)
    take(stream, 50)
    until(lambda: buffered(stream) >= 100)
    stream.change(Settings())
    until(lambda: buffered(stream) >= 100)
    packets = set(packets_of(webm))
    frames = take(stream, 40)
    assert {frame.packet in packets for frame in frames[:5]} == {False}
    assert {frame.packet in packets for frame in frames[5:]} == {True}


def test_a_timescale_is_told_in_what_is_heard_and_goes_on_where_the_song_was(
    start: Callable[..., TrackStream],
) -> None:
    fast = Settings(Filters(timescale=Timescale(speed=2)))
    stream = start(from_bytes(encoded(chirp(SECONDS), "wav", "pcm_s16le")), fast)
    frames = take(stream, 100)
    assert frames[-1].position == 99 * 960
    assert frames[-1].source == 2 * 99 * 960
    until(lambda: buffered(stream) >= 100)
    stream.change(Settings())
    until(lambda: buffered(stream) >= 50)
    slow = take(stream, 50)
    assert slow[0].position == 100 * 960
    assert slow[10].source - slow[9].source == 960
    heard = second_of(decoded(frame.packet for frame in slow[5:])[:, 20 * 960 : 22 * 960])
    assert heard == pytest.approx(4 + 0.2 + 0.02 * 21, abs=0.05)  # 4 s had passed, and 100 ms fast


def test_a_whole_track_is_as_long_as_it_is(start: Callable[..., TrackStream]) -> None:
    frames = rest(start(tone_source(5_010)))
    assert len(frames) == 251
    assert [frame.position for frame in frames] == [960 * index for index in range(251)]


def test_it_works_ahead_up_to_five_seconds_and_no_further(start: Callable[..., TrackStream]) -> None:
    stream = start(tone_source(3_600_000))
    until(lambda: buffered(stream) == BUFFERED)
    take(stream, 10)
    assert buffered(stream) == BUFFERED - 10  # it rests until a second has been taken
    take(stream, 40)
    until(lambda: buffered(stream) == BUFFERED)


def test_from_the_end_one_can_go_back(start: Callable[..., TrackStream]) -> None:
    stream = start(from_bytes(encoded(chirp(3), "flac", "flac")))
    assert len(rest(stream)) == 150
    stream.seek(RATE)
    assert not stream.ended
    until(lambda: stream.arrived)
    assert len(rest(stream)) == 100


def test_a_track_that_begins_behind_its_end_ends(start: Callable[..., TrackStream], webm: bytes) -> None:
    stream = start(from_bytes(webm), at=3600)
    assert rest(stream) == []
    assert stream.error is None


def test_behind_the_end_there_is_nothing(start: Callable[..., TrackStream], webm: bytes) -> None:
    stream = start(from_bytes(webm))
    take(stream, 1)
    stream.seek(3600 * RATE)
    until(lambda: stream.arrived)
    assert rest(stream) == []
    assert stream.error is None


class Stream(io.RawIOBase):
    """A file that can only be read on, as a station on the Internet."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


def live(content: bytes) -> ContainerSource:
    return ContainerSource(lambda: cast("BinaryIO", Stream(content)))


def test_a_seek_changes_nothing_where_nobody_can_go_back(
    start: Callable[..., TrackStream], webm: bytes
) -> None:
    stream = start(live(webm))
    before = take(stream, 5)
    stream.seek(9 * RATE)
    after = rest(stream)
    assert [frame.packet for frame in before + after] == packets_of(webm)


def test_where_nobody_can_go_back_a_new_volume_comes_after_the_buffer(
    start: Callable[..., TrackStream], webm: bytes
) -> None:
    stream = start(live(webm))
    until(lambda: buffered(stream) == BUFFERED)
    stream.change(QUIET)
    packets = set(packets_of(webm))
    frames = rest(stream)
    assert [frame.packet in packets for frame in frames[:BUFFERED]] == [True] * BUFFERED
    assert frames[-1].packet not in packets
    assert len(frames) == pytest.approx(SECONDS * 50, abs=2)


def test_a_source_that_stalls_holds_up_only_itself(start: Callable[..., TrackStream]) -> None:
    gate = threading.Event()

    def stall() -> BinaryIO:
        assert gate.wait(30)
        raise SourceUnavailableError("it took too long")

    stalled = start(ContainerSource(stall))
    assert len(rest(start(tone_source(1000)))) == 50
    assert stalled.take() is None
    assert not stalled.ended
    stalled.stop()
    gate.set()


def test_what_could_be_read_is_heard_before_it_breaks_off(
    start: Callable[..., TrackStream], webm: bytes
) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > len(webm) // 2:
                raise ConnectionResetError("gone")
            return super().read(size)

    stream = start(ContainerSource(lambda: cast("BinaryIO", Broken(webm))))
    frames = rest(stream)
    assert len(frames) > 200
    assert isinstance(stream.error, SourceUnavailableError)
    assert "gone" in str(stream.error)


def test_a_source_in_which_nothing_more_is_found_can_be_stopped(
    start: Callable[..., TrackStream], webm: bytes
) -> None:
    class Endless(Stream):
        """Its head is a WebM's; then come zeros, through which FFmpeg searches for ever."""

        zeros = 0

        def read(self, size: int = -1) -> bytes:
            content = super().read(size)
            if not content:
                self.zeros += size
                time.sleep(0.001)  # as over a network
            return content or bytes(size)

    file = Endless(webm)
    stream = start(ContainerSource(lambda: cast("BinaryIO", file)))
    take(stream, 600)
    until(lambda: file.zeros > 100_000)
    stream.stop()
    assert stream.join(30)
    assert file.zeros < MOST_SEARCHED


def test_what_nobody_foresaw_ends_the_track_with_our_exception(start: Callable[..., TrackStream]) -> None:
    class Wrong(Tone):
        def samples(self, start: int, count: int) -> bytes:
            raise ZeroDivisionError("oh")

    stream = start(SynthesisSource(Wrong(), 1000))
    assert rest(stream) == []
    assert isinstance(stream.error, AudioError)
    assert "ZeroDivisionError" in str(stream.error)
    assert not isinstance(stream.error, UnsupportedAudioError)
