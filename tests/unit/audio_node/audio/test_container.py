"""Files as they are found: of every format, broken, empty, endless, with nothing to hear."""

from __future__ import annotations

import contextlib
import functools
import io
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

import av
import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_node.audio.container import ContainerSource, file_source
from audio_node.audio.frame_maker import FrameMaker, Place
from audio_node.audio.pipeline import Settings
from audio_node.errors import AudioError, SourceUnavailableError, UnsupportedAudioError
from tests.support.sound import decoded, encoded, frequency, level, opus_webm, packets_of, sine

if TYPE_CHECKING:
    from pathlib import Path

    from audio_node.audio.opus import Frame

QUIET = Settings(volume=50)


def frames_of(content: bytes, settings: Settings | None = None, most: int = 10_000) -> list[Frame]:
    """Return what a file becomes; raises what opening and reading raise."""
    media = ContainerSource(lambda: io.BytesIO(content)).open()
    try:
        maker = FrameMaker(media, settings or Settings(), Place(0, 0), skips=True)
        made: list[Frame] = []
        while len(made) < most and (frames := maker.more()) is not None:
            made.extend(frames)
        return made
    finally:
        media.close()


def read_all(source: ContainerSource) -> int:
    """Return how many packets there are."""
    return sum(1 for _ in iter(source.open().read, None))


def wav(rate: int = 48_000, channels: int = 2, seconds: float = 1.0, *, said: int | None = None) -> bytes:
    """Return a WAV file with a tone; its header may say another size in bytes."""
    tone = (sine(seconds, min(440, rate / 4), rate=rate)[0] * 32767).astype("<i2")
    data = np.repeat(tone, channels).tobytes()
    size = len(data) if said is None else said
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", len(head) + len(data)) + head + data


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2, 6, 8])
def test_any_rate_and_number_of_channels_becomes_stereo_at_48_khz(rate: int, channels: int) -> None:
    frames = frames_of(wav(rate, channels))
    sound = decoded(frame.packet for frame in frames)
    assert len(frames) in {50, 51}
    assert sound.shape[0] == 2
    assert frequency(sound[:, 9600:38400]) == pytest.approx(440, abs=3)
    assert level(sound) > 0.05


@pytest.mark.parametrize(
    ("layout", "codec", "container"),
    [
        ("mono", "libmp3lame", "mp3"),
        ("5.1", "aac", "ipod"),
        ("5.1", "flac", "flac"),
        ("mono", "libopus", "ogg"),
    ],
)
def test_compressed_sound_in_one_or_eight_channels_is_heard(layout: str, codec: str, container: str) -> None:
    frames = frames_of(encoded(sine(1), container, codec, layout=layout), QUIET)
    assert frequency(decoded(frame.packet for frame in frames)[:, 9600:38400]) == pytest.approx(440, abs=3)


@pytest.mark.parametrize(("channels", "most"), [(1, 1.02), (2, 1.02), (6, 1.02), (8, 1.02)])
def test_mono_is_as_loud_as_stereo_and_many_channels_are_not_too_loud(channels: int, most: float) -> None:
    loud = wav(channels=channels)
    sound = decoded(frame.packet for frame in frames_of(loud))[:, 9600:38400]
    ratio = level(sound) / level(sine(1))
    assert ratio <= most
    assert channels > 2 or ratio >= 0.98


@pytest.mark.parametrize("rate", [1, 8, 999, 800_000, 2_000_000_000])
def test_a_rate_that_no_music_has_is_refused(rate: int) -> None:
    content = bytearray(wav(8_000))
    content[24:28] = struct.pack("<I", rate)
    with pytest.raises(UnsupportedAudioError):
        frames_of(bytes(content))


@pytest.mark.parametrize("channels", [0, 255, 65_535])
def test_a_number_of_channels_that_nobody_has_is_refused_or_heard(channels: int) -> None:
    content = bytearray(wav(8_000))
    content[22:24] = struct.pack("<H", channels)
    with contextlib.suppress(AudioError):
        frames_of(bytes(content))


def test_an_endless_file_is_read_as_it_comes() -> None:
    class Endless(io.RawIOBase):
        head = wav(said=0xFFFF_FFFF)

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            piece, Endless.head = self.head[:size], self.head[size:]
            return piece or bytes(size)

    media = ContainerSource(Endless).open()  # type: ignore[return-value, arg-type]
    maker = FrameMaker(media, Settings(), Place(0, 0), skips=True)
    count = 0
    while count < 3000:
        frames = maker.more()
        assert frames is not None
        count += len([*frames])
    assert not media.seekable
    media.close()


ENDS = {
    "webm": opus_webm(sine(0.2)),
    "mp3": encoded(sine(0.2), "mp3", "libmp3lame"),
    "flac": encoded(sine(0.2), "flac", "flac"),
    "ogg": encoded(sine(0.2), "ogg", "libopus"),
    "nothing": b"",
}


@pytest.mark.parametrize("head", ENDS.values(), ids=ENDS)
def test_a_file_in_which_nothing_more_is_found_is_given_up(
    head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self.head = io.BytesIO(head)

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return self.head.read(size) or bytes(size)

    monkeypatch.setattr("audio_node.audio.guarded_file.MOST_SEARCHED", 2**21)
    with pytest.raises(UnsupportedAudioError):
        read_all(ContainerSource(Endless))  # type: ignore[arg-type]


def test_ten_hours_are_opened_at_once_and_played_from_anywhere() -> None:
    hours = 10 * 3600

    class Long(io.RawIOBase):
        """A WAV file of ten hours, computed where it is read."""

        head = wav(8_000, 1, 0, said=hours * 16_000)
        size = len(head) + hours * 16_000

        def __init__(self) -> None:
            self.at = 0
            self.bytes_read = 0

        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def seek(self, offset: int, whence: int = 0) -> int:
            self.at = offset + (0, self.at, self.size)[whence]
            return self.at

        def tell(self) -> int:
            return self.at

        def read(self, size: int = -1) -> bytes:
            piece = self.head[self.at : self.at + size] if self.at < len(self.head) else bytes(size)
            piece = piece[: max(self.size - self.at, 0)]
            self.at += len(piece)
            self.bytes_read += len(piece)
            return piece

    file = Long()
    media = ContainerSource(lambda: file).open()  # type: ignore[return-value, arg-type]
    assert media.length_ms == hours * 1000
    at = 9 * 3600 * 48_000
    media.seek(at)
    maker = FrameMaker(media, Settings(), Place(at, at), skips=True)
    frames: list[Frame] = []
    while not frames:
        frames = [*(maker.more() or ())]
    assert frames[0].position == at
    assert file.bytes_read < 1_000_000
    media.close()


JUNK = {
    "empty": b"",
    "one byte": b"\0",
    "junk": b"x" * 100_000,
    "html": b"<html><body>not found</body></html>",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "cut": b"RIFF",
}


@pytest.mark.parametrize("content", JUNK.values(), ids=JUNK)
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(UnsupportedAudioError):
        frames_of(content)


def test_a_film_without_sound_is_refused() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        stream = output.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64  # type: ignore[attr-defined]
        for _ in range(5):
            output.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))  # type: ignore[call-overload]
        output.mux(stream.encode(None))  # type: ignore[call-overload]
    with pytest.raises(UnsupportedAudioError, match="no sound"):
        frames_of(file.getvalue())


def test_a_file_of_which_only_the_head_is_there_has_nothing_to_hear() -> None:
    assert frames_of(wav(seconds=0)) == []


@pytest.mark.parametrize(("container", "codec"), [("ipod", "aac"), ("mp3", "libmp3lame"), ("flac", "flac")])
def test_a_file_that_ends_in_the_middle_is_heard_up_to_there(container: str, codec: str) -> None:
    options = {"movflags": "empty_moov+delay_moov", "frag_duration": "500000"} if container == "ipod" else {}
    content = encoded(sine(4), container, codec, **options)
    frames = frames_of(content[: len(content) * 3 // 4])
    assert 100 <= len(frames) < 195


def test_encrypted_sound_is_refused_after_a_while() -> None:
    content = bytearray(encoded(sine(8), "ipod", "aac"))
    begin, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    content[begin:end] = np.random.default_rng(1).bytes(end - begin)
    try:
        frames = frames_of(bytes(content))
    except AudioError:
        return
    assert len(frames) <= 410  # noise, if it happens to be decodable


def test_damage_in_the_middle_is_passed_over() -> None:
    content = bytearray(encoded(sine(4), "mp3", "libmp3lame"))
    content[len(content) // 2 : len(content) // 2 + 700] = bytes(700)
    frames = frames_of(bytes(content))
    assert len(frames) > 180


def test_a_codec_that_nobody_knows_is_told() -> None:
    content = bytearray(wav(seconds=0.2))
    content[20] = 0xFE  # WAVE's format tag
    with pytest.raises(UnsupportedAudioError, match="codec"):
        frames_of(bytes(content))


SEEDS = [
    opus_webm(sine(0.4)),
    encoded(sine(0.4), "mp3", "libmp3lame"),
    encoded(sine(0.4), "ipod", "aac"),
    wav(seconds=0.2),
]


@settings(max_examples=150)
@given(st.sampled_from(SEEDS), st.data())
def test_any_damage_gives_frames_or_our_exception(seed: bytes, data: st.DataObject) -> None:
    content = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(1, 40))] = data.draw(st.binary(max_size=40))
    with suppress(AudioError):
        assert len(frames_of(bytes(content), most=500)) <= 1500


SESSION = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n"
"""A description of a stream that is received by opening sockets (SDP)."""
HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n"
OPENERS = {
    "hls of data": HLS + b"data:audio/wav;base64,UklGRg==\n#EXT-X-ENDLIST\n",
    "sdp": SESSION,
    "concat": b"ffconcat version 1.0\nfile /etc/hostname\n",
    "hls of files": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/hostname\n#EXT-X-ENDLIST\n",
    "hls of hls": b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://127.0.0.1:1/x.m3u8\n",
    "hls with a key": b'#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.1:1/k"\n'
    b"#EXTINF:1,\nhttp://127.0.0.1:1/s.ts\n#EXT-X-ENDLIST\n",
    "live hls": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:1/s.ts\n",
    "dash": b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011' type='static'></MPD>",
}


@pytest.mark.parametrize("content", OPENERS.values(), ids=OPENERS)
def test_nothing_is_opened_by_what_a_file_says(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def refuse(url: str) -> BinaryIO:
        opened.append(url)
        raise SourceUnavailableError("not there")

    before = psutil.Process().num_fds()
    with pytest.raises(AudioError):
        read_all(ContainerSource(lambda: io.BytesIO(content), refuse))
    assert psutil.Process().num_fds() <= before
    assert all("127.0.0.1:1" in url or "/etc/hostname" in url for url in opened)


LINES = st.sampled_from(
    [
        "#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXT-X-TARGETDURATION:0", "#EXTINF:1,", "#EXTINF:-1,", "http://h/a",
        "#EXT-X-ENDLIST", "#EXT-X-STREAM-INF:BANDWIDTH=1", "#EXT-X-MEDIA-SEQUENCE:-1", "#EXT-X-DISCONTINUITY",
        '#EXT-X-MAP:URI="http://h/m"', '#EXT-X-KEY:METHOD=AES-128,URI="http://h/k"', "#EXT-X-BYTERANGE:9@9",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="http://h/x"', "#EXT-X-PLAYLIST-TYPE:EVENT", "/a", "",
    ]
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(LINES, max_size=12))
def test_no_playlist_ends_the_process(lines: list[str]) -> None:
    content = "\n".join(["#EXTM3U", "#EXT-X-TARGETDURATION:1", *lines, "#EXT-X-ENDLIST"]).encode()
    song = encoded_once()
    with suppress(AudioError):
        read_all(ContainerSource(lambda: io.BytesIO(content), lambda _: io.BytesIO(song)))


@functools.cache
def encoded_once() -> bytes:
    return encoded(sine(0.2), "mpegts", "aac")


def test_a_playlist_leads_nowhere_by_itself(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(wav())
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n")
    with pytest.raises(AudioError):
        file_source(playlist).open()
    concat = tmp_path / "list.ffconcat"
    concat.write_text(f"ffconcat version 1.0\nfile {secret}\n")
    with pytest.raises(AudioError):
        file_source(concat).open()


def test_what_the_file_raises_is_translated() -> None:
    def refuse() -> BinaryIO:
        raise PermissionError("no")

    with pytest.raises(SourceUnavailableError, match="no"):
        ContainerSource(refuse).open()


def test_the_length_is_known_where_the_container_says() -> None:
    for container, codec in (("webm", "libopus"), ("ipod", "aac"), ("flac", "flac"), ("mp3", "libmp3lame")):
        media = ContainerSource(lambda: io.BytesIO(encoded(sine(3), container, codec))).open()  # noqa: B023
        assert media.length_ms == pytest.approx(3000, abs=60)
        media.close()


def test_files_are_closed_whatever_happens() -> None:
    for content in (b"junk", opus_webm(sine(0.1))):
        file = io.BytesIO(content)
        with suppress(AudioError):
            ContainerSource(lambda: file).open().close()  # noqa: B023
        assert file.closed


def test_passing_on_needs_nothing_but_reading() -> None:
    content = opus_webm(sine(1))
    assert [frame.packet for frame in frames_of(content)] == packets_of(content)
