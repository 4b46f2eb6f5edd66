"""One guild's player as Lavalink's protocol has it: a track that plays, and a voice connection to hear it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio_node.audio.filters import Filters, read_filters
from audio_node.errors import VoiceError
from audio_node.loading import exception
from audio_node.played_track import PlayedTrack
from audio_node.player import Player
from audio_node.server.errors import RestError
from audio_node.voice.gateway import VoiceServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audio_node.audio.media import Source
    from audio_node.errors import AudioError
    from audio_node.played_track import FindMedia
    from audio_node.player import EndReason, FrameCounts
    from audio_node.server.playback import Json, VoiceState
    from audio_node.track import Track
    from audio_node.voice.connections import VoiceConnections


@dataclass(frozen=True, slots=True)
class PlayerServices:
    """What every player of a node uses."""

    find_media: FindMedia
    connections: VoiceConnections
    update_interval: float = 5.0
    """Seconds between two reports of where the track is."""


class GuildPlayer:
    """Implements `audio_node.server.playback.Playback`; hears from its player and its voice connection."""

    def __init__(
        self, guild_id: str, user_id: str, send: Callable[[Json], None], services: PlayerServices
    ) -> None:
        self.guild_id = guild_id
        self._user_id = user_id
        self._send = send
        self._services = services
        self._loop = asyncio.get_running_loop()
        self._player = Player(self._loop, self)
        self._connection = services.connections.new(self, self)
        self._voice: VoiceState | None = None
        self._filters: Mapping[str, object] = {}
        self._update_timer: asyncio.TimerHandle | None = None

    @property
    def track(self) -> Track | None:
        """Return what plays."""
        played = self._played
        return played.track if played else None

    @property
    def voice(self) -> VoiceState | None:
        """Return the voice state given last."""
        return self._voice

    @property
    def connected(self) -> bool:
        """Whether packets can be sent."""
        return self._connection.connected

    @property
    def paused(self) -> bool:
        """Whether it is paused."""
        return self._player.paused

    @property
    def volume(self) -> int:
        """Return the volume in percent."""
        return self._player.volume

    @property
    def position(self) -> int:
        """Return where in the track the music is, in milliseconds, 0 without one."""
        return self._player.position_ms

    @property
    def counts(self) -> FrameCounts:
        """Return how many packets were sent and were missing."""
        return self._player.counts

    @property
    def playing(self) -> bool:
        """Whether there is a track that is not paused."""
        return self._played is not None and not self.paused

    @property
    def _played(self) -> PlayedTrack | None:
        source = self._player.source
        return source if isinstance(source, PlayedTrack) else None

    # What the client asks for

    def connect(self, voice: VoiceState) -> None:
        """Connect to a voice server; raises RestError (400) for ids that are none."""
        try:
            server = VoiceServer(
                endpoint=voice.endpoint,
                token=voice.token,
                session_id=voice.session_id,
                guild_id=self.guild_id,
                channel_id=voice.channel_id,
                user_id=self._user_id,
            )
        except VoiceError as error:
            raise RestError(400, str(error)) from error
        self._voice = voice
        self._connection.connect(server)

    def play(
        self, track: Track, *, position: int | None, end_time: int | None, user_data: Json | None
    ) -> None:
        """Play ``track`` from ``position``, or from where it was encoded, instead of what plays."""
        before = self._played
        played = PlayedTrack(track, user_data or {}, self._services.find_media)
        self._player.play(played, track.position if position is None else position, end_time)
        if before is not None:
            before.give_up()
        self._send_updates()

    def stop(self) -> None:
        """End what plays."""
        before = self._played
        self._player.stop()
        if before is not None:
            before.give_up()

    def pause(self, *, paused: bool) -> None:
        """Pause, or go on."""
        self._player.pause(paused=paused)

    def seek(self, position: int) -> None:
        """Go to another position in the track; ignored where there is none to go to."""
        track = self.track
        if track is not None and not track.is_stream:
            self._player.seek(position)

    def set_volume(self, volume: int) -> None:
        """Change the volume, in percent."""
        self._player.set_volume(volume)

    def set_end_time(self, end_time: int | None) -> None:
        """Let the track finish there, or at its end."""
        self._player.set_end(end_time)

    def set_user_data(self, user_data: Json) -> None:
        """Keep the client's own data with the track."""
        if self._played is not None:
            self._played.user_data = user_data

    def set_filters(self, filters: Mapping[str, object]) -> None:
        """Put these filters in place of those before; they have been checked."""
        self._filters = {name: value for name, value in filters.items() if value is not None}
        self._player.set_filters(read_filters(filters) if filters else Filters())

    def destroy(self) -> None:
        """End the track and the voice connection."""
        self.stop()
        self._player.close()
        self._end_updates()
        self._services.connections.end(self._connection)

    # What it tells the client

    def as_json(self) -> Json:
        """Return Lavalink's player."""
        none: Json = {"token": "", "endpoint": "", "sessionId": "", "channelId": ""}
        played = self._played
        return {
            "guildId": self.guild_id,
            "track": self._track_json(played) if played else None,
            "volume": self.volume,
            "paused": self.paused,
            "state": self._state(),
            "voice": self._voice.as_json() if self._voice else none,
            "filters": dict(self._filters),
        }

    def send_update(self) -> None:
        """Tell the client where the player is."""
        self._send({"op": "playerUpdate", "guildId": self.guild_id, "state": self._state()})

    def _send_updates(self) -> None:
        """Tell it now, and every now and then as long as there is a track."""
        self._end_updates()
        self.send_update()
        if self._played is not None:
            self._update_timer = self._loop.call_later(self._services.update_interval, self._send_updates)

    def _end_updates(self) -> None:
        if self._update_timer is not None:
            self._update_timer.cancel()
            self._update_timer = None

    def _state(self) -> Json:
        return {
            "time": round(time.time() * 1000),
            "position": self.position,
            "connected": self.connected,
            "ping": self._connection.ping_ms,
        }

    def _track_json(self, played: PlayedTrack) -> Json:
        position = self.position if played is self._player.source else played.track.position
        return played.track.at(position).as_json(played.user_data)

    def _event(self, kind: str, source: Source, **fields: object) -> None:
        assert isinstance(source, PlayedTrack)  # noqa: S101 - it plays nothing else
        track = self._track_json(source)
        self._send({"op": "event", "type": kind, "guildId": self.guild_id, "track": track, **fields})

    def next_packet(self) -> bytes | None:
        """Return the packet that is due now, None for silence; for the voice connection's thread."""
        return self._player.next_packet()

    # What it hears of its track and its connection

    def track_started(self, source: Source) -> None:
        """Tell the client that a track begins."""
        self._event("TrackStartEvent", source)

    def track_ended(self, source: Source, reason: EndReason) -> None:
        """Tell the client that a track is over."""
        self._event("TrackEndEvent", source, reason=reason)

    def track_failed(self, source: Source, error: AudioError) -> None:
        """Tell the client what is wrong with a track."""
        self._event("TrackExceptionEvent", source, exception=exception(error))

    def track_stuck(self, source: Source, threshold_ms: int) -> None:
        """Tell the client that a track gives nothing."""
        self._event("TrackStuckEvent", source, thresholdMs=threshold_ms)

    def voice_connected(self) -> None:
        """Tell the client that there is a voice connection."""
        self.send_update()

    def voice_closed(self, code: int, reason: str, by_remote: bool) -> None:
        """Tell the client that there is none any more."""
        self._send(
            {
                "op": "event", "type": "WebSocketClosedEvent", "guildId": self.guild_id,
                "code": code, "reason": reason, "byRemote": by_remote,
            }
        )  # fmt: skip
        self.send_update()
