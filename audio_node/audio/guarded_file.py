"""A file as FFmpeg reads it: until nobody wants it any more, or nothing is found in it for too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from audio_node.errors import SourceUnavailableError, UnsupportedAudioError

if TYPE_CHECKING:
    import threading

MOST_SEARCHED = 64 * 2**20
"""Bytes without a packet of sound. Covers and films have fewer; some formats would search for ever."""


class ReadableFile(Protocol):
    """A binary file, of which no more than this is used."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go elsewhere; returns the position."""
        ...

    def tell(self) -> int:
        """Return the position."""
        ...

    def seekable(self) -> bool:
        """Tell whether one can go elsewhere."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class GuardedFile:
    """``file``, with those methods that PyAV uses; reading fails once ``unwanted`` is set, by any thread."""

    def __init__(self, file: ReadableFile, unwanted: threading.Event) -> None:
        self._file = file
        self._unwanted = unwanted
        self._searched = 0
        self.name = str(getattr(file, "name", ""))

    def found(self) -> None:
        """Note that the search has found something."""
        self._searched = 0

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes; raises AudioError."""
        if self._unwanted.is_set():
            raise SourceUnavailableError("nobody wants it any more")
        if self._searched >= MOST_SEARCHED:
            raise UnsupportedAudioError("there is nothing to hear in it for too long")
        content = self._file.read(size)[:size]  # PyAV copies all of it into so much memory
        self._searched += len(content)
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go elsewhere."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Tell whether one can go elsewhere."""
        return self._file.seekable()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
