"""What can go wrong in the node.

NodeError
├── AudioError                 a track cannot be played, or not any further
│   ├── SourceUnavailableError      it cannot be reached, opened, or read on
│   ├── UnsupportedAudioError       it was read, and holds nothing that can be played
│   ├── CannotSeekError             this source cannot go to another position
│   └── LoadFailedError             a service has no song for us
├── InvalidFiltersError             what a client asked of the filters cannot be done
└── VoiceError                 there is no voice connection
    ├── VoiceClosedError            Discord's voice server, or we, closed it
    └── UnsupportedEncryptionError  the voice server offers no encryption that we know
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["common", "suspicious", "fault"]
"""common: the song's or the asker's fault · suspicious: perhaps the service's · fault: the node's
(https://lavalink.dev/api/websocket.html#severity)."""


class NodeError(Exception):
    """Anything that this package raises on purpose; the text may be shown to users."""


class AudioError(NodeError):
    """A track cannot be played, or not any further."""

    severity: Severity = "fault"
    """How bad that is."""

    @property
    def cause(self) -> str:
        """Return what is behind it, for whoever looks after the node."""
        behind = self.__cause__ or self
        return f"{type(behind).__name__}: {behind}"


class SourceUnavailableError(AudioError):
    """The source cannot be reached, opened, or read on."""

    severity: Severity = "suspicious"


class UnsupportedAudioError(AudioError):
    """The source was read, and holds nothing that can be played."""

    severity: Severity = "common"


class CannotSeekError(AudioError):
    """The source cannot go to another position."""

    severity: Severity = "common"


class LoadFailedError(AudioError):
    """A service has no song for us."""

    def __init__(self, message: str, severity: Severity = "common", cause: str = "") -> None:
        super().__init__(message)
        self.severity = severity
        self._cause = cause or message

    @property
    def cause(self) -> str:
        """Return what is behind it, as the service said it."""
        return self._cause


class InvalidFiltersError(NodeError):
    """What a client asked of the filters cannot be done."""


class VoiceError(NodeError):
    """There is no voice connection."""


class VoiceClosedError(VoiceError):
    """The voice connection was closed with ``code``, by the server or by us."""

    def __init__(self, code: int, reason: str, *, by_remote: bool) -> None:
        super().__init__(f"voice connection closed with {code}: {reason or 'no reason given'}")
        self.code = code
        self.reason = reason
        self.by_remote = by_remote


class UnsupportedEncryptionError(VoiceError):
    """The voice server offers no encryption mode that we know."""
