"""Players that are heard: the audio node's own, on songs made from their titles, with faults on demand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio_node.audio.music import music_source
from audio_node.audio.tone import tone_source
from audio_node.errors import LoadFailedError
from audio_node.guild_player import GuildPlayer, PlayerServices
from audio_node.voice.connections import VoiceConnections

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from audio_node.audio.media import Source
    from audio_node.player import EndReason
    from audio_node.server.playback import Json
    from audio_node.track import Track
    from audio_node.voice.gateway import VoiceOptions
    from sandbox.lavalink.faults import TrackFault, TrackFaults

_TONE = re.compile(r"/(\d{2,5})hz\.\w+$", re.IGNORECASE | re.ASCII)
_LONGEST_MS = 24 * 3_600_000
"""Of made-up music: broadcasts, too, end after a day."""


class SoundingPlayer(GuildPlayer):
    """A player to which something can happen."""

    def __init__(
        self,
        guild_id: str,
        user_id: str,
        send: Callable[[Json], None],
        services: PlayerServices,
        faults: TrackFaults,
    ) -> None:
        super().__init__(guild_id, user_id, send, services)
        self._faults = faults
        self._fault_timer: asyncio.TimerHandle | None = None
        self._stuck = False

    def play(
        self, track: Track, *, position: int | None, end_time: int | None, user_data: Json | None
    ) -> None:
        """Play ``track``, until a fault strikes."""
        self._stuck = False
        if self._fault_timer is not None:
            self._fault_timer.cancel()
        super().play(track, position=position, end_time=end_time, user_data=user_data)
        name = f"{track.author} - {track.title} {track.identifier}"
        fault = self._faults.take(name, "track_exception", "track_stuck", "track_silent")
        if fault is not None:
            self._fault_timer = self._loop.call_later(fault.after_ms / 1000, self._strike, fault)

    def _strike(self, fault: TrackFault) -> None:
        if fault.fault == "track_exception":
            self.fail(fault, "finished" if fault.after_ms else "loadFailed")
        elif fault.fault == "track_stuck":
            self.stick(fault.threshold_ms)
        else:
            self._stuck = True

    def fail(self, fault: TrackFault, reason: EndReason = "finished") -> None:
        """Break the current track off with an exception."""
        if self._played is not None:
            self.track_failed(self._played, LoadFailedError(fault.message, fault.severity, fault.cause))
            self._player.stop(reason)

    def stick(self, threshold_ms: int) -> None:
        """Let the current track hang: nothing is sent, and no TrackEnd comes."""
        if self._played is not None:
            self._stuck = True
            self.track_stuck(self._played, threshold_ms)
            self.send_update()

    def close_voice(self, code: int, reason: str, *, by_remote: bool) -> None:
        """Lose the voice connection as Discord closes it with ``code``."""
        self._services.connections.end(self._connection)
        self.voice_closed(code, reason, by_remote)

    def next_packet(self) -> bytes | None:
        """Return the packet that is due now, none while the track is stuck."""
        return None if self._stuck else super().next_packet()


class Sounding:
    """What sounding players share: voice connections, and music for every title."""

    def __init__(self, options: VoiceOptions, update_interval: float) -> None:
        self._connections = VoiceConnections(options)
        self._services = PlayerServices(_music_of, self._connections, update_interval)

    def new_player(
        self, guild_id: str, user_id: str, send: Callable[[Json], None], faults: TrackFaults
    ) -> SoundingPlayer:
        """Return a guild's player."""
        return SoundingPlayer(guild_id, user_id, send, self._services, faults)

    async def close(self) -> None:
        """Close every connection."""
        await self._connections.close()


async def _music_of(track: Track) -> Source:
    """Return the music of a title; a link that ends like ``/440hz.mp3`` is that tone."""
    length = min(track.length, _LONGEST_MS)
    tone = _TONE.search(track.uri or "")
    return tone_source(length, float(tone[1])) if tone else music_source(track.title, length)
