"""A player: one guild's track, clock, filters and voice connection, and the events that they give rise to."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Literal, cast

from sandbox.lavalink.clock import PlaybackClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audio_node.server.playback import Json, VoiceState
    from audio_node.track import Track
    from sandbox.lavalink.faults import TrackFault, TrackFaults
    from sandbox.lavalink.settings import NodeSettings

EndReason = Literal["finished", "loadFailed", "stopped", "replaced", "cleanup"]
_PING = 12
_SLOWEST = 0.01
_FRAME_BUFFER_MS = 5000
"""Of music that is decoded before it is heard: ``frameBufferDurationMs``."""
_COUNTS_OGG_FROM_ZERO = "2.2.6"
"""The version of Lavaplayer of which that is known."""


class Player:
    """Plays by the clock: it advances once there is a voice server, unless paused or stuck.

    When the voice connection is lost it goes on advancing to nobody's ears, as Lavalink 4.2.2 does.
    """

    def __init__(
        self,
        guild_id: str,
        *,
        settings: NodeSettings,
        faults: TrackFaults,
        send: Callable[[Json], None],
    ) -> None:
        self.guild_id = guild_id
        self.track: Track | None = None
        self.volume = 100
        self.paused = False
        self.filters: Mapping[str, object] = {}
        self.voice: VoiceState | None = None
        self.connected = False
        self._user_data: Json = {}
        self._settings = settings
        self._faults = faults
        self._send = send
        self._clock = PlaybackClock(scale=settings.time_scale)
        self._heard = PlaybackClock(scale=settings.time_scale)
        """The position that clients are told: Lavalink counts what was heard, whatever the timescale
        (https://github.com/lavalink-devs/lavaplayer/issues/94)."""
        self._old_position = (0, 0.0)
        """What reports may still tell after a seek, and until when by the loop's clock."""
        self._end_time: int | None = None
        self._fault: TrackFault | None = None
        self._stuck = False
        self._timer: asyncio.TimerHandle | None = None
        self._update_timer: asyncio.TimerHandle | None = None

    @property
    def position(self) -> int:
        """Return where in the current track the music is, in milliseconds, 0 without one."""
        return self._within_track(self._clock)

    @property
    def told_position(self) -> int:
        """Return the position in milliseconds that clients are told, 0 without a track."""
        return self._within_track(self._heard)

    def _within_track(self, clock: PlaybackClock) -> int:
        return 0 if self.track is None else min(round(clock.position), self.track.length)

    def _go_to(self, position: int) -> None:
        self._clock.seek(position)
        from_zero = self._settings.lavaplayer == _COUNTS_OGG_FROM_ZERO
        is_ogg = self.track is not None and self.track.probe == "ogg"
        self._heard.seek(0 if from_zero and is_ogg else position)

    def _run(self, *, running: bool) -> None:
        self._clock.run(running=running)
        self._heard.run(running=running)

    def play(
        self, track: Track, *, position: int | None, end_time: int | None, user_data: Json | None
    ) -> None:
        """Play ``track`` from ``position`` (default: where it was encoded), instead of the current one."""
        self._end("replaced")
        self.track = track
        self._old_position = (0, 0.0)
        self._user_data = user_data or {}
        self._end_time = end_time
        self._stuck = False
        name = f"{track.author} - {track.title} {track.identifier}"
        self._fault = self._faults.take(name, "track_exception", "track_stuck", "track_silent")
        self._go_to(track.position if position is None else position)
        self._event("TrackStartEvent", track=self._track_json())
        self._send_updates()
        if self._fault is not None and self._fault.fault == "track_exception" and self._fault.after_ms == 0:
            self.fail(self._fault, "loadFailed")
        self._reschedule()

    def stop(self) -> None:
        """End the current track, if any."""
        self._end("stopped")

    def pause(self, *, paused: bool) -> None:
        """Pause or resume."""
        self.paused = paused
        self._reschedule()

    def seek(self, position: int) -> None:
        """Go to ``position`` (milliseconds) in the current track, unless all of it is decoded already.

        As Lavalink 4.2.2 does, tell the old position meanwhile, and for a while after.
        """
        track = self.track
        if track is None or track.is_stream or track.length - self.position <= _FRAME_BUFFER_MS:
            return
        now = asyncio.get_running_loop().time()
        self._old_position = (self.told_position, now + self._settings.seek_lag)
        self.send_update()
        self._go_to(min(position, track.length))
        self._reschedule()

    def set_volume(self, volume: int) -> None:
        """Change the volume, in percent."""
        self.volume = volume

    def set_end_time(self, end_time: int | None) -> None:
        """Let the current track finish at ``end_time`` (milliseconds), or at its end."""
        self._end_time = end_time
        self._reschedule()

    def set_user_data(self, user_data: Json) -> None:
        """Attach ``user_data`` to the current track."""
        self._user_data = user_data

    def set_filters(self, filters: Mapping[str, object]) -> None:
        """Apply ``filters``; timescale changes how fast the track passes, not the position that is told."""
        self.filters = {name: value for name, value in filters.items() if value is not None}
        self._clock.set_speed(_speed(self.filters.get("timescale")))
        self._reschedule()
        self.send_update()

    def connect(self, voice: VoiceState) -> None:
        """Connect to Discord's voice server."""
        self.voice = voice
        self.connected = True
        self._reschedule()
        self.send_update()

    def close_voice(self, code: int, reason: str, *, by_remote: bool) -> None:
        """Lose the voice connection as Discord closes it with ``code``."""
        self.connected = False
        self._reschedule()
        self._event("WebSocketClosedEvent", code=code, reason=reason, byRemote=by_remote)
        self.send_update()

    def fail(self, fault: TrackFault, reason: EndReason = "finished") -> None:
        """Break the current track off with an exception."""
        if self.track is not None:
            self._event("TrackExceptionEvent", track=self._track_json(), exception=fault.exception())
            self._end(reason)

    def stick(self, threshold_ms: int) -> None:
        """Let the current track hang: the position stands still, and no TrackEnd comes."""
        if self.track is not None:
            self._stuck = True
            self._reschedule()
            self._event("TrackStuckEvent", track=self._track_json(), thresholdMs=threshold_ms)
            self.send_update()

    def destroy(self) -> None:
        """End the track and every timer."""
        self._end("stopped")
        self._cancel()

    def send_update(self) -> None:
        """Send a playerUpdate."""
        self._send({"op": "playerUpdate", "guildId": self.guild_id, "state": self._state()})

    def as_json(self) -> Json:
        """Return the JSON of a player (https://lavalink.dev/api/rest.html#player)."""
        none: Json = {"token": "", "endpoint": "", "sessionId": "", "channelId": ""}
        return {
            "guildId": self.guild_id,
            "track": self._track_json() if self.track else None,
            "volume": self.volume,
            "paused": self.paused,
            "state": self._state(),
            "voice": self.voice.as_json() if self.voice else none,
            "filters": dict(self.filters),
        }

    def _state(self) -> Json:
        old, until = self._old_position
        late = self.track is not None and asyncio.get_running_loop().time() < until
        return {
            "time": round(time.time() * 1000),
            "position": old if late else self.told_position,
            "connected": self.connected,
            "ping": _PING if self.connected else -1,
        }

    def _track_json(self) -> Json:
        assert self.track is not None  # noqa: S101 - callers have looked
        return self.track.at(self.told_position).as_json(self._user_data)

    def _event(self, kind: str, **fields: object) -> None:
        self._send({"op": "event", "type": kind, "guildId": self.guild_id, **fields})

    def _end(self, reason: EndReason) -> None:
        if self.track is None:
            return
        ended = self._track_json()
        self._run(running=False)
        self.track = None
        self._cancel()
        self._event("TrackEndEvent", track=ended, reason=reason)

    def _reschedule(self) -> None:
        """Let the clock run or stand, and set the timer for whatever comes next in the track."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        running = self.track is not None and bool(self.voice) and not self.paused and not self._stuck
        self._run(running=running)
        marks = self._marks(self.track) if self.track is not None and running else []
        if marks:
            position, act = min(marks, key=lambda mark: mark[0])
            delay = self._clock.seconds_until(position)
            self._timer = asyncio.get_running_loop().call_later(delay, act)

    def _marks(self, track: Track) -> list[tuple[float, Callable[[], None]]]:
        """Return what is going to happen in the track, and at which position."""
        marks: list[tuple[float, Callable[[], None]]] = []
        if not track.is_stream:
            marks.append((min(track.length, self._end_time or track.length), self._finish))
        fault = self._fault
        if fault is not None:
            marks.append((fault.after_ms, lambda: self._strike(fault)))
        return marks

    def _finish(self) -> None:
        self._end("finished")

    def _strike(self, fault: TrackFault) -> None:
        self._fault = None
        if fault.fault == "track_stuck":
            self.stick(fault.threshold_ms)
        elif fault.fault == "track_silent":
            self._stuck = True
            self._reschedule()
        else:
            self.fail(fault)

    def _send_updates(self) -> None:
        """Send an update now and at every interval, as long as there is a track."""
        self.send_update()
        self._update_timer = asyncio.get_running_loop().call_later(
            self._settings.player_update_interval, self._send_updates
        )

    def _cancel(self) -> None:
        for timer in (self._timer, self._update_timer):
            if timer is not None:
                timer.cancel()
        self._timer = self._update_timer = None


def _speed(timescale: object) -> float:
    """Return how many times as fast a track passes (speed and rate; pitch does not matter)."""
    if not isinstance(timescale, dict):
        return 1.0
    factors = cast("Mapping[str, object]", timescale)
    speed = 1.0
    for name in ("speed", "rate"):
        factor = factors.get(name)
        speed *= factor if isinstance(factor, int | float) else 1.0
    return max(speed, _SLOWEST)
