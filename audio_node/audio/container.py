"""Whatever FFmpeg can read, by PyAV: files and streams, given as Python's binary files.

FFmpeg opens nothing by itself: what a playlist names comes from ``open_nested``, or not at all.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import av
from av.error import ArgumentError, FFmpegError, InvalidDataError
from av.error import EOFError as EndOfStream
from av.stream import Discard

from audio_node.audio import opus
from audio_node.audio.guarded_file import GuardedFile
from audio_node.audio.media import Piece
from audio_node.errors import AudioError, CannotSeekError, SourceUnavailableError, UnsupportedAudioError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path

    from av.audio import AudioStream
    from av.container import InputContainer

    from audio_node.audio.guarded_file import ReadableFile

_MOST_BROKEN = 50
"""So many packets in a row that cannot be decoded are no damage any more: nothing will come."""
_FORMATS = (
    "3gp aac ac3 aiff amr ape asf au avi caf dsf dts eac3 flac flv hls m4a matroska mp3 mp4 mpc mpc8 mpeg"
    " mpegts ogg tak tta truehd w64 wav webm wv"
)
"""FFmpeg reads hundreds more; some (SDP, concat, image sequences) open sockets and files by themselves."""
_OPTIONS = {
    "format_whitelist": ",".join(_FORMATS.split()),
    "protocol_whitelist": "none",
    # FFmpeg's HLS takes connections that it keeps for its own; on others, like ours, it aborts the process.
    "http_persistent": "0",
    "http_multiple": "0",
    # Where segments may lie is for open_nested to say, not for the end of their names.
    "extension_picky": "0",
    "allowed_extensions": "ALL",
    "allowed_segment_extensions": "ALL",
}
_PREROLL = opus.SAMPLE_RATE // 5
"""Decoders need some sound before a position to be right there (Opus: 80 ms, RFC 7845, 4.6)."""


def _refuse(url: str) -> NoReturn:
    raise SourceUnavailableError(f"it leads elsewhere, which is not allowed: {url}")


@dataclass(frozen=True, slots=True)
class ContainerSource:
    """What ``open_file`` gives, and what that leads to in ``open_nested``; both may raise AudioError."""

    open_file: Callable[[], ReadableFile]
    open_nested: Callable[[str], ReadableFile] = _refuse

    def open(self) -> ContainerMedia:
        """Open it and find its sound; blocks, and raises AudioError."""
        with _translated("it cannot be opened"):
            return ContainerMedia(self.open_file(), self.open_nested)


def file_source(path: Path) -> ContainerSource:
    """Return the source for a file of this machine."""
    return ContainerSource(lambda: path.open("rb"))


class ContainerMedia:
    """The best sound stream of ``file``, which is closed with it."""

    def __init__(self, file: ReadableFile, open_nested: Callable[[str], ReadableFile]) -> None:
        def open_other(url: str, _flags: int, _options: dict[str, str]) -> GuardedFile:
            self._file.found()  # what leads elsewhere is searched there
            if self._unwanted.is_set():
                raise SourceUnavailableError("nobody wants it any more")
            return GuardedFile(open_nested(url), self._unwanted)

        self._unwanted = threading.Event()
        self._file = GuardedFile(file, self._unwanted)
        self._container: InputContainer | None = None
        try:
            self._container = av.open(self._file, "r", io_open=open_other, options=_OPTIONS)
            self._stream = _sound_of(self._container)
        except Exception:
            self.close()
            raise
        self._samples_a_tick = float((self._stream.time_base or 0) * opus.SAMPLE_RATE)
        self._zero = self._in_samples(self._stream.start_time or 0)
        self._next = 0
        self._broken = 0
        self._packets = self._container.demux(self._stream)
        self._may_pass = self._stream.codec_context.name in {"opus", "libopus"} and not opus.output_gain(
            self._stream.codec_context.extradata
        )

    @property
    def length_ms(self) -> int | None:
        """Return how long it is, if the container says."""
        if self._stream.duration is not None:
            return self._in_samples(self._stream.duration) // opus.SAMPLES_PER_MS
        duration = self._container.duration if self._container else None
        return None if duration is None else duration // 1000

    @property
    def tags(self) -> Mapping[str, str]:
        """Return what the file says of itself, such as its title; Ogg says it of the stream."""
        return {**(self._container.metadata if self._container else {}), **self._stream.metadata}

    @property
    def format_name(self) -> str:
        """Return FFmpeg's names of the container's format."""
        return self._container.format.name if self._container else ""

    @property
    def seekable(self) -> bool:
        """Whether the file is."""
        return self._file.seekable()

    def read(self) -> Piece | None:
        """Return the next packet."""
        with _translated("it cannot be read on"):
            packet = next(self._packets, None)
        if packet is None or (packet.size == 0 and packet.pts is None):
            return None
        self._file.found()
        start = self._next if packet.pts is None else self._in_samples(packet.pts) - self._zero
        content = bytes(packet) if self._may_pass else b""
        length = opus.duration(content) if content else self._in_samples(packet.duration or 0)
        self._next = start + length
        return Piece(start, length, packet, content if length == opus.FRAME_SAMPLES and content else None)

    def seek(self, position: int) -> None:
        """Go to the last packet that begins some way before ``position``."""
        if self._container is None or not self.seekable:
            raise CannotSeekError("it cannot be played from another position")
        with _translated("it cannot be played from there"):
            self._go_to(self._container, position - _PREROLL + self._zero)
            self._packets = self._container.demux(self._stream)
        self._next = position

    def _go_to(self, container: InputContainer, target: int) -> None:
        offset = int(target / opus.SAMPLE_RATE / (self._stream.time_base or 1))
        try:
            container.seek(offset, stream=self._stream)
        except FFmpegError:
            if offset >= 0:
                raise
            # The first packet of a WebM can only be reached from before it, where other formats do not go.
            container.seek(0, stream=self._stream)

    def decode(self, piece: Piece | None) -> Sequence[av.AudioFrame]:
        """Return the sound of a packet; damaged ones give none; raises after too many of them."""
        packet = piece.content if piece else None
        assert not isinstance(packet, av.AudioFrame)  # noqa: S101 - read() gives packets
        try:
            # PyAV's stub does not say of what stream the packet is.
            frames = self._stream.decode(packet)  # pyright: ignore[reportUnknownMemberType]
        except EndOfStream:
            return ()  # it has been asked for the rest before
        except FFmpegError as error:
            self._broken += 1
            if self._broken > _MOST_BROKEN:
                raise UnsupportedAudioError(f"it cannot be decoded: {error}") from error
            return ()
        self._broken = 0
        return frames

    def begin_of(self, frame: av.AudioFrame, piece: Piece | None, /) -> int:
        """Return where a frame of ``piece`` begins, as its own time says or else that of the piece."""
        if frame.pts is None:
            return piece.start if piece else self._next
        return round(frame.pts * (frame.time_base or 0) * opus.SAMPLE_RATE) - self._zero

    def restart_decoder(self) -> None:
        """Forget what was decoded before."""
        self._stream.codec_context.flush_buffers()

    def interrupt(self) -> None:
        """Let a read that goes on in another thread end with its next piece."""
        self._unwanted.set()

    def close(self) -> None:
        """Close the container and the file."""
        if self._container is not None:
            self._container.close()
        self._container = None
        self._file.close()

    def _in_samples(self, time: int) -> int:
        return round(time * self._samples_a_tick)


def _sound_of(container: InputContainer) -> AudioStream:
    stream = container.streams.best("audio")
    if stream is None or not isinstance(stream, av.AudioStream):
        raise UnsupportedAudioError("there is no sound in it")
    # PyAV's stub says that there always is one; of a codec that FFmpeg does not know there is none.
    if stream.codec_context is None:  # pyright: ignore[reportUnnecessaryComparison]
        raise UnsupportedAudioError("its sound is in a codec that is not known")
    for other in container.streams:
        if other is not stream:
            other.discard = Discard.all
    return stream


@contextmanager
def _translated(what: str) -> Generator[None]:
    """Turn what FFmpeg and files raise into our exceptions."""
    try:
        yield
    except AudioError:
        raise
    except (InvalidDataError, ArgumentError) as error:
        raise UnsupportedAudioError(f"{what}: no format that is known") from error
    except (FFmpegError, OSError, ValueError) as error:
        raise SourceUnavailableError(f"{what}: {error}") from error
