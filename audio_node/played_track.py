"""A track as it was asked for, whose sound is found when it is played."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from typing import TYPE_CHECKING

from audio_node.errors import SourceUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from audio_node.audio.media import Media, Source
    from audio_node.server.playback import Json
    from audio_node.track import Track

    FindMedia = Callable[[Track], Coroutine[Any, Any, Source]]


class PlayedTrack:
    """``find_media`` runs in ``loop``, in which this is made; `open` waits for it in the track's thread."""

    def __init__(self, track: Track, user_data: Json, find_media: FindMedia) -> None:
        self.track = track
        self.user_data = user_data
        self._find_media = find_media
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._unwanted = False
        self._finding: concurrent.futures.Future[Source] | None = None

    def open(self) -> Media:
        """Find the sound and open it; blocks, and raises AudioError."""
        with self._lock:
            if self._unwanted:
                raise SourceUnavailableError("nobody wants it any more")
            finding = asyncio.run_coroutine_threadsafe(self._find_media(self.track), self._loop)
            self._finding = finding
        try:
            source = finding.result()
        except concurrent.futures.CancelledError as error:
            raise SourceUnavailableError("nobody wants it any more") from error
        return source.open()

    def give_up(self) -> None:
        """Look for it no longer."""
        with self._lock:
            self._unwanted = True
            if self._finding is not None:
                self._finding.cancel()
