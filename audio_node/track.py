"""Lavaplayer's binary track format, versions 1 to 3, and a track's JSON.

https://github.com/lavalink-devs/lavaplayer, DefaultAudioPlayerManager.encodeTrack and MessageOutput: a
32-bit header (flags in the upper two bits, size below), a version byte, then the fields in the order of
`encode`. Strings are those of java.io.DataOutput.writeUTF: a 16-bit length and modified UTF-8.
"""

from __future__ import annotations

import base64
import struct
from dataclasses import asdict, dataclass, replace

_VERSION = 3
_VERSIONED = 1
_SIZE_MASK = 0x3FFF_FFFF
_SURROGATES = 0xFFFF
LIVE_LENGTH = 2**63 - 1
"""Long.MAX_VALUE: what lavaplayer says of a stream."""
_PROBED_SOURCES = {"http", "local"}


class TrackDecodeError(ValueError):
    """The text is no encoded track."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What Lavalink knows of a track; ``length`` and ``position`` in milliseconds."""

    identifier: str
    title: str
    author: str
    length: int
    source_name: str = "youtube"
    uri: str | None = None
    artwork_url: str | None = None
    isrc: str | None = None
    is_stream: bool = False
    position: int = 0
    probe: str = ""
    """For the sources http and local: which container was found in the file."""

    def at(self, position: int) -> Track:
        """Return the same track at another position."""
        return replace(self, position=position)

    def info(self) -> dict[str, object]:
        """Return the JSON of ``info`` (https://lavalink.dev/api/rest.html#track-info)."""
        fields = asdict(self)
        return {
            "identifier": self.identifier,
            "isSeekable": not self.is_stream,
            "author": self.author,
            "length": self.length,
            "isStream": self.is_stream,
            "position": self.position,
            "title": self.title,
            "uri": fields["uri"],
            "artworkUrl": self.artwork_url,
            "isrc": self.isrc,
            "sourceName": self.source_name,
        }

    def as_json(self, user_data: dict[str, object] | None = None) -> dict[str, object]:
        """Return the JSON of a track (https://lavalink.dev/api/rest.html#track)."""
        return {
            "encoded": self.encode(),
            "info": self.info(),
            "pluginInfo": {},
            "userData": user_data or {},
        }

    def encode(self) -> str:
        """Return the track in version 3, as base64."""
        body = b"".join(
            [
                bytes([_VERSION]),
                _text(self.title),
                _text(self.author),
                struct.pack(">q", self.length),
                _text(self.identifier),
                struct.pack(">?", self.is_stream),
                _nullable(self.uri),
                _nullable(self.artwork_url),
                _nullable(self.isrc),
                _text(self.source_name),
                _text(self.probe) if self.source_name in _PROBED_SOURCES else b"",
                struct.pack(">q", self.position),
            ]
        )
        header = struct.pack(">I", _VERSIONED << 30 | len(body))
        return base64.b64encode(header + body).decode()


def decode(encoded: str) -> Track:
    """Return the track in ``encoded``; raises TrackDecodeError."""
    try:
        reader = _Reader(base64.b64decode(encoded, validate=True))
        header = reader.unpack(">I")
        if header & _SIZE_MASK != reader.remaining:
            raise TrackDecodeError("the size in the header is not the message's")
        version = reader.unpack(">B") if header >> 30 & _VERSIONED else 1
        title, author = reader.text(), reader.text()
        length = reader.unpack(">q")
        identifier, is_stream = reader.text(), bool(reader.unpack(">?"))
        uri = reader.nullable() if version > 1 else None
        artwork_url = reader.nullable() if version > 2 else None  # noqa: PLR2004 - since version 3
        isrc = reader.nullable() if version > 2 else None  # noqa: PLR2004
        source_name = reader.text()
        probe = reader.text() if source_name in _PROBED_SOURCES else ""
        position = reader.unpack(">q")
    except (struct.error, ValueError) as error:  # no base64, no UTF-8, or too short
        raise TrackDecodeError(str(error)) from error
    return Track(
        identifier=identifier,
        title=title,
        author=author,
        length=length,
        source_name=source_name,
        uri=uri,
        artwork_url=artwork_url,
        isrc=isrc,
        is_stream=is_stream,
        position=position,
        probe=probe,
    )


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0

    @property
    def remaining(self) -> int:
        return len(self._data) - self._offset

    def unpack(self, form: str) -> int:
        value: int = struct.unpack_from(form, self._data, self._offset)[0]
        self._offset += struct.calcsize(form)
        return value

    def text(self) -> str:
        size = self.unpack(">H")
        if size > self.remaining:
            raise TrackDecodeError("a text is cut off")
        raw = self._data[self._offset : self._offset + size]
        self._offset += size
        halves = raw.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
        return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def nullable(self) -> str | None:
        return self.text() if self.unpack(">?") else None


def _nullable(text: str | None) -> bytes:
    return b"\0" if text is None else b"\1" + _text(text)


def _text(text: str) -> bytes:
    """Encode as DataOutput.writeUTF does: NUL in two bytes, characters beyond the BMP as surrogate pairs."""
    units = "".join(_pair(character) if ord(character) > _SURROGATES else character for character in text)
    encoded = units.encode("utf-8", "surrogatepass").replace(b"\0", b"\xc0\x80")
    return struct.pack(">H", len(encoded)) + encoded


def _pair(character: str) -> str:
    high, low = struct.unpack(">HH", character.encode("utf-16-be"))
    return chr(high) + chr(low)
