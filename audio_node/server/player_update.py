"""PATCH of a player: what a client may ask, checked before anything changes, then done in Lavalink's order.

https://lavalink.dev/api/rest.html#update-player
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from audio_node.audio.filters import read_filters
from audio_node.errors import InvalidFiltersError
from audio_node.server.errors import RestError
from audio_node.server.playback import Json, VoiceState
from audio_node.track import Track, TrackDecodeError, decode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from audio_node.server.playback import Playback

T = TypeVar("T")
_LOUDEST = 1000


class PlayerUpdate:
    """A checked request body; raises RestError (400) for what Lavalink refuses."""

    def __init__(self, body: Json) -> None:
        track = _object(body, "track")
        if track is not None and ("encodedTrack" in body or "identifier" in body):
            raise RestError(400, "Cannot specify both track and encodedTrack/identifier")
        wanted: Json = track if track is not None else _deprecated(body)
        if "encoded" in wanted and "identifier" in wanted:
            raise RestError(400, "Cannot specify both encodedTrack and identifier")
        self._plays = "encoded" in wanted or "identifier" in wanted
        self._identifier = field(wanted, "identifier", str)
        self._track = _decoded(field(wanted, "encoded", str))
        self._user_data = _object(wanted, "userData")
        self._has_end_time = "endTime" in body
        self._end_time = field(body, "endTime", int)
        if self._end_time is not None and self._end_time <= 0:
            raise RestError(400, "End time must be greater than 0")
        self._position = field(body, "position", int)
        self._volume = field(body, "volume", int)
        self._paused = field(body, "paused", bool)
        self._filters = _object(body, "filters")
        if self._filters is not None:
            _check_filters(self._filters)
        voice = _object(body, "voice")
        self._voice = _voice_of(voice) if voice is not None else None

    async def find_track(self, load_one: Callable[[str], Awaitable[Track]]) -> None:
        """Find the new track, if there is one; ``load_one`` finds it by an identifier.

        Raises RestError for a track that cannot be loaded.
        """
        if self._plays and self._identifier is not None:
            self._track = await load_one(self._identifier)

    def apply(self, player: Playback, *, no_replace: bool = False) -> None:
        """Do it, after `find_track`; with ``no_replace`` what plays goes on instead of the new track."""
        if self._voice is not None and self._voice != (player.voice if player.connected else None):
            player.connect(self._voice)
        if self._volume is not None:
            player.set_volume(max(0, min(self._volume, _LOUDEST)))
        if not self._plays:
            self._adjust(player)
        if self._filters is not None:
            player.set_filters(self._filters)
        if self._plays and not (no_replace and player.track is not None):
            self._play(player)

    def _adjust(self, player: Playback) -> None:
        """Change the current track's playback; these mean something else beside a new track."""
        if self._paused is not None:
            player.pause(paused=self._paused)
        if self._user_data is not None:
            player.set_user_data(self._user_data)
        if self._position is not None:
            player.seek(self._position)
        if self._has_end_time:
            player.set_end_time(self._end_time)

    def _play(self, player: Playback) -> None:
        player.pause(paused=bool(self._paused))
        if self._track is None:
            player.stop()
        else:
            player.play(
                self._track, position=self._position, end_time=self._end_time, user_data=self._user_data
            )


def _decoded(encoded: str | None) -> Track | None:
    """Return the track; raises RestError (400) for what is none."""
    try:
        return None if encoded is None else decode(encoded)
    except TrackDecodeError as error:
        raise RestError(400, f"Invalid encoded track: {error}") from error


def _check_filters(filters: Json) -> None:
    """Raise RestError (400) for filters that cannot be."""
    try:
        read_filters(filters)
    except InvalidFiltersError as error:
        raise RestError(400, str(error)) from error


def _deprecated(body: Json) -> Json:
    """Return the track of the older form of the request, as the newer one."""
    names = {"encodedTrack": "encoded", "identifier": "identifier"}
    return {new: body[old] for old, new in names.items() if old in body}


def _voice_of(voice: Json) -> VoiceState:
    """Return the voice state; ``channelId`` is required since Lavalink 4.2, for DAVE encryption."""
    for name in ("token", "endpoint", "sessionId", "channelId"):
        if name not in voice or (name == "channelId" and voice[name] is None):
            raise RestError(400, f"Field '{name}' is required for type VoiceState, but it was missing")
    values = [voice[name] for name in ("token", "endpoint", "sessionId", "channelId")]
    if not all(isinstance(value, str) and value for value in values):
        raise RestError(400, f"Partial Lavalink voice state: {voice}")
    return VoiceState(*(str(value) for value in values))


def field(body: Json, name: str, kind: type[T]) -> T | None:
    """Return a field that may be absent or null; raises RestError (400) for another type."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise RestError(400, f"JSON decoding error: {name} must be {kind.__name__}")
    return value


def _object(body: Json, name: str) -> Json | None:
    """Return a field that is an object."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise RestError(400, f"JSON decoding error: {name} must be an object")
    return cast("Json | None", value)
