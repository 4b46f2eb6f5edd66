"""A track as frames of 20 ms, made ahead of the sound in a thread of its own.

A source that stalls holds up nobody but its own track. Up to five seconds wait in a buffer, as Lavalink's
frameBufferDurationMs; a change of volume or filters throws away what waits but for 100 ms, and makes it
again.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from audio_node.audio.frame_maker import FrameMaker, Place
from audio_node.audio.opus import FRAME_SAMPLES, Frame
from audio_node.errors import AudioError, UnsupportedAudioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio_node.audio.media import Media, Source
    from audio_node.audio.pipeline import Settings

BUFFERED = 250
"""Frames: 5 s."""
_REFILL_AT = 200
"""Frames: the thread works once a second rather than for every frame."""
_KEPT = 5
"""Frames that are still heard after a change, while the others are made again."""
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class _Restart:
    """Go on with the settings that then are."""

    seek: Place | None = None
    """Where the source has to go first; None: from where it is."""


class TrackStream:
    """The frames of ``source`` from ``start`` on (samples of 48 kHz). ``notify`` is called in its thread."""

    def __init__(
        self,
        source: Source,
        settings: Settings,
        *,
        start: int = 0,
        notify: Callable[[], None] = lambda: None,
    ) -> None:
        self._source = source
        self._settings = settings
        self._notify = notify
        self._changed = threading.Condition()
        self._frames: deque[Frame] = deque()
        self._next = Place(start, start)
        self._restart: _Restart | None = _Restart(self._next if start else None)
        self._replace = False
        self._stopped = False
        self._finished = False
        self._media: Media | None = None
        self.error: AudioError | None = None
        """Why it broke off; what was made before can still be taken."""
        self._thread = threading.Thread(target=self._run, name=f"track-{next(_numbers)}", daemon=True)

    def start(self) -> None:
        """Begin to make frames."""
        self._thread.start()

    def take(self) -> Frame | None:
        """Return the next frame; None where there is none yet, or none any more. Never waits."""
        try:
            frame = self._frames.popleft()  # without the lock, for which the thread may be waiting
        except IndexError:
            return None
        if len(self._frames) == _REFILL_AT:
            with self._changed:
                self._changed.notify()
        return frame

    @property
    def ready(self) -> bool:
        """Whether there is a frame to take."""
        return bool(self._frames)

    @property
    def arrived(self) -> bool:
        """Whether what is taken next comes from where it was last told to go."""
        with self._changed:
            return not self._replace

    @property
    def ended(self) -> bool:
        """Whether everything has been taken and nothing will come."""
        with self._changed:
            return self._finished and not self._frames and self._restart is None

    def seek(self, position: int) -> None:
        """Go on from ``position`` (samples of 48 kHz); what waits is heard until that has been made."""
        with self._changed:
            if self._media is None or self._media.seekable:
                self._restart = _Restart(Place(position, position))
                self._replace = True
                self._changed.notify()

    def change(self, settings: Settings) -> None:
        """Play on with other settings, from 100 ms ahead of what is heard where the source can go back."""
        with self._changed:
            if settings == self._settings:
                return
            self._settings = settings
            if self._restart is None:
                back = self._media is not None and self._media.seekable
                while back and len(self._frames) > _KEPT:
                    dropped = self._frames.pop()
                    self._next = Place(dropped.source, dropped.position)
                self._restart = _Restart(self._next if back else None)
            self._changed.notify()

    def stop(self) -> None:
        """Make no more; the thread ends as soon as the source lets it."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
            if self._media is not None:
                self._media.interrupt()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the thread; returns whether it has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._media = self._source.open()
            self._make(self._media)
        except AudioError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - whatever breaks in a library must end this track with words
            broken = AudioError(f"it broke: {type(error).__name__}: {error}")
            broken.__cause__ = error
            self._fail(broken)
        finally:
            if self._media is not None:
                self._media.close()

    def _fail(self, error: AudioError) -> None:
        with self._changed:
            self.error = error
            self._finished = True
            self._restart = None
        self._notify()

    def _make(self, media: Media) -> None:
        """Make frames until it is told to stop; it may be told to go back even from the end."""
        maker: FrameMaker | None = None
        heard = False
        while (work := self._await_work()) is not None:
            restart, settings = work
            if restart is not None or maker is None:
                maker = self._maker(media, restart or _Restart(), settings)
            frames = maker.more()
            if frames is None:
                if not heard and self._next.source == 0:  # behind the end of a track there may be nothing
                    raise UnsupportedAudioError("there is no sound in it")
                self._finish()
                continue
            for frame in frames:
                heard = True
                if not self._put(frame):
                    break  # the rest is of the past

    def _await_work(self) -> tuple[_Restart | None, Settings] | None:
        """Return what has changed; waits at the end of the track. None: there is nothing more to do."""
        with self._changed:
            while self._finished and self._restart is None and not self._stopped:
                self._changed.wait()
            if self._stopped:
                return None
            restart, self._restart = self._restart, None
            self._finished = False
            return restart, self._settings

    def _maker(self, media: Media, restart: _Restart, settings: Settings) -> FrameMaker:
        seek = restart.seek if media.seekable else None
        if seek is not None:
            media.seek(seek.source)
            media.restart_decoder()
        else:
            self._replace = False
        place = seek or self._next
        return FrameMaker(media, settings, place, skips=seek is not None or place.source == 0)

    @property
    def _interrupted(self) -> bool:
        """Whether what is being made will not be heard."""
        return self._stopped or (self._restart is not None and self._restart.seek is not None)

    def _finish(self) -> None:
        with self._changed:
            self._finished = True
            if self._replace and self._restart is None:  # from behind the end there is nothing to hear
                self._frames.clear()
                self._replace = False
        self._notify()

    def _put(self, frame: Frame) -> bool:
        """Let ``frame`` be taken, as soon as there is room; returns whether to go on with the next one."""
        with self._changed:
            while len(self._frames) >= BUFFERED and not (self._replace or self._interrupted):
                self._changed.wait()
            if self._interrupted:
                return False
            if self._replace:
                self._frames.clear()
                self._replace = False
            self._frames.append(frame)
            self._next = Place(frame.source + FRAME_SAMPLES, frame.position + FRAME_SAMPLES)
        return True
