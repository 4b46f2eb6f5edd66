"""What the audio side asks of a source: to be opened, read piece by piece, and to go elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import av


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a source as it was read."""

    start: int
    """Where it begins, in samples of 48 kHz from the source's beginning."""
    duration: int
    """Its length in samples of 48 kHz; 0 where the source does not say."""
    content: av.Packet[av.AudioStream] | av.AudioFrame
    opus: bytes | None = None
    """The same as an Opus packet of 20 ms that may be sent as it is, if it is one."""


class Media(Protocol):
    """An opened source. Its methods block, and are called in one thread."""

    @property
    def length_ms(self) -> int | None:
        """Return how long it is, in milliseconds, if that is known."""
        ...

    @property
    def seekable(self) -> bool:
        """Whether `seek` can work."""
        ...

    def read(self) -> Piece | None:
        """Return the next piece, None at the end; raises AudioError."""
        ...

    def seek(self, position: int) -> None:
        """Read next from ``position`` (samples of 48 kHz), or from somewhat before it; raises AudioError."""
        ...

    def decode(self, piece: Piece | None) -> Sequence[av.AudioFrame]:
        """Return the sound of a piece, or for None what the decoder has held back; raises AudioError."""
        ...

    def begin_of(self, frame: av.AudioFrame, piece: Piece | None, /) -> int:
        """Return where a frame that was decoded from ``piece`` begins, in samples of 48 kHz."""
        ...

    def restart_decoder(self) -> None:
        """Forget what was decoded before: what comes next is from another place."""
        ...

    def interrupt(self) -> None:
        """Let a call that goes on in the media's thread fail soon; the only method for other threads."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class Source(Protocol):
    """Something to play: it can be opened, several times too."""

    def open(self) -> Media:
        """Open it; blocks, and raises AudioError."""
        ...
