"""A player: what one guild hears. The event loop tells it what to do, the pacer's thread asks for packets."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from audio_node.audio.opus import FRAME_MS, SAMPLES_PER_MS
from audio_node.audio.pipeline import Settings
from audio_node.audio.track_stream import TrackStream
from audio_node.audio.volume import LOUDEST

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from audio_node.audio.filters import Filters
    from audio_node.audio.media import Source
    from audio_node.errors import AudioError

EndReason: TypeAlias = Literal["finished", "loadFailed", "stopped", "replaced", "cleanup"]
"""Lavalink's (https://lavalink.dev/api/websocket.html#track-end-reason)."""
STUCK_AFTER_MS = 10_000
"""Lavalink's trackStuckThresholdMs."""


class PlayerListener(Protocol):
    """Is told of a player's tracks, in order, in the event loop; ``source`` is what was given to play()."""

    def track_started(self, source: Source) -> None:
        """Hear that a track, or at least its loading, begins."""
        ...

    def track_ended(self, source: Source, reason: EndReason) -> None:
        """Hear that a track is over."""
        ...

    def track_failed(self, source: Source, error: AudioError) -> None:
        """Hear that a track cannot be played, or not any further; it ends when the rest has been heard."""
        ...

    def track_stuck(self, source: Source, threshold_ms: int) -> None:
        """Hear that nothing has come for ``threshold_ms``; the track stays."""
        ...


@dataclass(slots=True)
class FrameCounts:
    """How often a packet was due while a track played, as Lavalink's frame statistics count."""

    sent: int = 0
    nulled: int = 0
    """There was none."""


@dataclass(slots=True)
class _Track:
    source: Source
    stream: TrackStream
    position: int
    """Samples of 48 kHz."""
    end_ms: int | None
    heard: bool = False
    failed: bool = False
    missing: int = 0
    """Packets in a row that were due and were not there."""
    seek_to: int | None = None
    """Where it was told to go and has not arrived, in samples."""


class Player:
    """Plays one source at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, listener: PlayerListener) -> None:
        self.counts = FrameCounts()
        self._loop = loop
        self._listener = listener
        self._lock = threading.RLock()
        self._track: _Track | None = None
        self._before: TrackStream | None = None
        """What was replaced goes on until its successor is there: no gap."""
        self._settings = Settings()
        self._paused = False

    @property
    def source(self) -> Source | None:
        """Return what plays."""
        track = self._track
        return track.source if track else None

    @property
    def paused(self) -> bool:
        """Whether it is paused."""
        return self._paused

    @property
    def volume(self) -> int:
        """Return the volume in percent."""
        return self._settings.volume

    @property
    def position_ms(self) -> int:
        """Return where in the track the music is, 0 without one; filters do not change how it counts."""
        with self._lock:
            track = self._track
            if track is None:
                return 0
            return (track.position if track.seek_to is None else track.seek_to) // SAMPLES_PER_MS

    def play(self, source: Source, start_ms: int = 0, end_ms: int | None = None) -> None:
        """Play ``source`` from ``start_ms`` up to ``end_ms``, instead of what plays."""
        with self._lock:
            before = self._end("replaced", keep=True)
            start = max(start_ms, 0) * SAMPLES_PER_MS
            stream = TrackStream(source, self._settings, start=start, notify=self._check)
            self._track = _Track(source, stream, start, end_ms)
            self._before = before if before is not None and before.ready else None
            self._tell(lambda: self._listener.track_started(source))
            stream.start()

    def stop(self, reason: EndReason = "stopped") -> None:
        """End what plays."""
        with self._lock:
            self._end(reason)

    def pause(self, *, paused: bool) -> None:
        """Pause, or go on."""
        self._paused = paused

    def seek(self, position_ms: int) -> None:
        """Go to another position in the track; ignored where the source cannot."""
        with self._lock:
            if self._track is not None:
                self._track.seek_to = max(position_ms, 0) * SAMPLES_PER_MS
                self._track.stream.seek(self._track.seek_to)

    def set_end(self, end_ms: int | None) -> None:
        """Let the track finish there."""
        with self._lock:
            if self._track is not None:
                self._track.end_ms = end_ms

    def set_volume(self, volume: int) -> None:
        """Change the volume, in percent; held between 0 and 1000."""
        self._change(Settings(self._settings.filters, min(max(volume, 0), LOUDEST)))

    def set_filters(self, filters: Filters) -> None:
        """Put these filters in place of those before."""
        self._change(Settings(filters, self._settings.volume))

    def close(self) -> None:
        """End everything."""
        with self._lock:
            self._end("stopped")

    def next_packet(self) -> bytes | None:
        """Return the packet that is due now, None for silence. Called every 20 ms; never waits for long."""
        with self._lock:
            track = self._track
            if track is None or self._paused:
                return None
            if self._before is not None and not track.stream.ready:
                frame = self._before.take()
                if frame is not None:
                    self.counts.sent += 1
                    return frame.packet
            self._before = None
            return self._next_of(track)

    def _next_of(self, track: _Track) -> bytes | None:
        end = track.end_ms
        if end is not None and track.position >= end * SAMPLES_PER_MS and track.seek_to is None:
            self._end("finished")
            return None
        arrived = track.seek_to is not None and track.stream.arrived
        frame = track.stream.take()
        if frame is None:
            self._miss(track)
            return None
        track.heard, track.missing = True, 0
        track.position = frame.position + FRAME_MS * SAMPLES_PER_MS
        if arrived:
            track.seek_to = None
        self.counts.sent += 1
        return frame.packet

    def _miss(self, track: _Track) -> None:
        self._check()
        if self._track is not track:
            return
        self.counts.nulled += 1
        track.missing += 1
        if track.missing * FRAME_MS == STUCK_AFTER_MS:
            self._tell(lambda: self._listener.track_stuck(track.source, STUCK_AFTER_MS))

    def _check(self) -> None:
        """See whether the track is over, or has failed."""
        with self._lock:
            track = self._track
            if track is None:
                return
            error = track.stream.error
            if error is not None and not track.failed:
                track.failed = True
                self._tell(lambda: self._listener.track_failed(track.source, error))
            if track.stream.ended:
                self._end("finished" if error is None or track.heard else "loadFailed")

    def _change(self, settings: Settings) -> None:
        with self._lock:
            self._settings = settings
            if self._track is not None:
                self._track.stream.change(settings)

    def _end(self, reason: EndReason, *, keep: bool = False) -> TrackStream | None:
        track, self._track = self._track, None
        before, self._before = self._before, None
        if track is None:
            return before if keep else None
        track.stream.stop()
        self._tell(lambda: self._listener.track_ended(track.source, reason))
        return track.stream if track.stream.ready or not keep else before

    def _tell(self, event: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(event)
