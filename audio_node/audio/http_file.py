"""A file on a web server, read as a binary file of Python's: it blocks, and belongs to one track's thread.

Every address is checked before it is asked, also those that redirects and playlists lead to.
"""

from __future__ import annotations

import functools
import http.client
import io
import re
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from audio_node.errors import SourceUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Check = Callable[[str, str | None], None]
    """Raises AudioError for a URL, or for the IP address behind it, that must not be asked."""

_HEADERS = {"User-Agent": "audio_node", "Accept": "*/*", "Accept-Encoding": "identity"}
_TIMEOUT = 10.0
_MOST_REDIRECTS = 5
_MOST_RETRIES = 3
"""In a row, after a connection broke in the middle."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SKIPPED = 65_536
"""Bytes that are rather read than asked for anew."""
_CHUNK = 32_768
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class _Answer:
    connection: http.client.HTTPConnection
    response: http.client.HTTPResponse

    def close(self) -> None:
        self.response.close()
        self.connection.close()


class HttpFile(io.RawIOBase):
    """``url`` from its beginning; opens it, and raises AudioError."""

    def __init__(self, url: str, check: Check, headers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.name = url  # by which FFmpeg finds what a playlist names
        self._check = check
        self._headers = {**_HEADERS, **(headers or {})}
        self._at = 0
        self._size: int | None = None
        self._ranges = False
        self._answer: _Answer | None = None
        self._response_at = 0
        self._answer = self._open(0)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Tell whether its end is known; where the server gives no parts, it is read up to a position."""
        return self._size is not None

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go elsewhere; the server is asked with the next read."""
        if not self.seekable() or self._size is None:
            raise io.UnsupportedOperation("nobody knows where it ends")
        self._at = max(offset + (0, self._at, self._size)[whence], 0)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, none at the end; raises SourceUnavailableError."""
        if self._size is not None and self._at >= self._size:
            return b""
        content = self._read_some(size if size >= 0 else _CHUNK)
        self._at += len(content)
        self._response_at = self._at
        return content

    def _read_some(self, size: int) -> bytes:
        """Read, from a new connection where one breaks; nothing is the end of a file of unknown length."""
        retries = _MOST_RETRIES if self.seekable() else 0
        while True:
            try:
                content = self._response_here().read1(size)
                if content or self._size is None:
                    return content
                raise http.client.IncompleteRead(b"")
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                if not retries:
                    raise SourceUnavailableError(f"the connection broke: {_words(error)}") from error
                retries -= 1

    def close(self) -> None:
        """Close the connection."""
        self._drop()
        super().close()

    def _response_here(self) -> http.client.HTTPResponse:
        """Return a response whose next byte is the one at our position."""
        if self._answer is not None and 0 <= self._at - self._response_at <= self._most_skipped:
            self._skip(self._answer)
        if self._answer is None or self._response_at != self._at:
            self._answer = self._open(self._at)
            self._skip(self._answer)
        return self._answer.response

    @property
    def _most_skipped(self) -> int:
        return _SKIPPED if self._ranges or self._size is None else self._size

    def _skip(self, answer: _Answer) -> None:
        """Read up to our position, or to the end."""
        ahead = self._at - self._response_at
        while ahead > 0 and (skipped := answer.response.read1(min(ahead, _CHUNK))):
            ahead -= len(skipped)
        self._response_at = self._at - ahead

    def _open(self, at: int) -> _Answer:
        """Ask for what begins ``at``, which not every server gives; learn how long the file is."""
        self._drop()
        try:
            answer = self._ask(at)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise SourceUnavailableError(f"the server cannot be reached: {_words(error)}") from error
        part = _RANGE.fullmatch(answer.response.getheader("Content-Range", ""))
        begin = 0 if part is None else int(part[1])
        if part is not None and begin != at:
            answer.close()
            raise SourceUnavailableError("the server gives another part than was asked for")
        self._response_at = begin
        self._ranges = part is not None
        if part is None:
            self._size = answer.response.length
        else:
            self._size = None if part[2] == "*" else int(part[2])
        return answer

    def _ask(self, at: int) -> _Answer:
        """Return the answer to a request from ``at`` on, wherever redirects lead."""
        url = self.name
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._get(url, at)
            status, target = answer.response.status, answer.response.getheader("Location")
            if status in {http.client.OK, http.client.PARTIAL_CONTENT}:
                return answer
            answer.close()
            if status not in _REDIRECTS or target is None:
                raise SourceUnavailableError(f"the server answers {status} {answer.response.reason}")
            url = urljoin(url, target)
        raise SourceUnavailableError("the server sends us round and round")

    def _get(self, url: str, at: int) -> _Answer:
        self._check(url, None)
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SourceUnavailableError(f"no address of the web: {url[:200]}")
        connection = (
            http.client.HTTPSConnection(parts.hostname, parts.port, timeout=_TIMEOUT, context=_trust())
            if parts.scheme == "https"
            else http.client.HTTPConnection(parts.hostname, parts.port, timeout=_TIMEOUT)
        )
        try:
            connection.connect()
            self._check(url, connection.sock.getpeername()[0])
            path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            connection.request("GET", path, headers={**self._headers, "Range": f"bytes={at}-"})
            return _Answer(connection, connection.getresponse())
        except BaseException:
            connection.close()
            raise

    def _drop(self) -> None:
        if self._answer is not None:
            self._answer.close()
        self._answer = None


@functools.cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _words(error: Exception) -> str:
    return "it took too long" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
