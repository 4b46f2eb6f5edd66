"""PATCH of a player: what a client may ask, checked before anything changes, then done in Lavalink's order.

https://lavalink.dev/api/rest.html#update-player
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

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
        self.plays = "encoded" in wanted or "identifier" in wanted
        self.encoded = _field(wanted, "encoded", str)
        self.identifier = _field(wanted, "identifier", str)
        self.user_data = _object(wanted, "userData")
        self.has_end_time = "endTime" in body
        self.end_time = _field(body, "endTime", int)
        if self.end_time is not None and self.end_time <= 0:
            raise RestError(400, "End time must be greater than 0")
        self.position = _field(body, "position", int)
        self.volume = _field(body, "volume", int)
        self.paused = _field(body, "paused", bool)
        self.filters = _object(body, "filters")
        voice = _object(body, "voice")
        self.voice = _voice_of(voice) if voice is not None else None

    async def apply(
        self, player: Playback, load_one: Callable[[str], Awaitable[Track]], *, no_replace: bool
    ) -> None:
        """Do it; ``load_one`` finds a track by its identifier.

        Raises RestError for a track that cannot be decoded or loaded.
        """
        if self.voice is not None and self.voice != (player.voice if player.connected else None):
            player.connect(self.voice)
        if self.volume is not None:
            player.volume = max(0, min(self.volume, _LOUDEST))
        if not self.plays:
            self._adjust(player)
        if self.filters is not None:
            player.set_filters(self.filters)
        if self.plays and not (no_replace and player.track is not None):
            await self._play(player, load_one)

    def _adjust(self, player: Playback) -> None:
        """Change the current track's playback; these mean something else beside a new track."""
        if self.paused is not None:
            player.pause(paused=self.paused)
        if self.user_data is not None:
            player.set_user_data(self.user_data)
        if self.position is not None:
            player.seek(self.position)
        if self.has_end_time:
            player.set_end_time(self.end_time)

    async def _play(self, player: Playback, load_one: Callable[[str], Awaitable[Track]]) -> None:
        track = await self._track(load_one)
        player.pause(paused=bool(self.paused))
        if track is None:
            player.stop()
        else:
            player.play(track, position=self.position, end_time=self.end_time, user_data=self.user_data)

    async def _track(self, load_one: Callable[[str], Awaitable[Track]]) -> Track | None:
        if self.identifier is not None:
            return await load_one(self.identifier)
        if self.encoded is None:
            return None
        try:
            return decode(self.encoded)
        except TrackDecodeError as error:
            raise RestError(400, f"Invalid encoded track: {error}") from error


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


def _field(body: Json, name: str, kind: type[T]) -> T | None:
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
