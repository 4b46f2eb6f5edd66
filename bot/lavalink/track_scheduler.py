"""Which track plays next: after what people do to the queue, after ends, after failures."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeVar

from bot.lavalink.errors import RequestRefusedError
from bot.lavalink.track_failures import HEALTHY_MS, TrackFailures
from bot.lavalink.tracks import play_id_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wavelink.types.websocket import WebsocketOP

    from bot.background_tasks import BackgroundTasks
    from bot.lavalink.events import Dispatch
    from bot.lavalink.music_queue import MusicQueue
    from bot.lavalink.playback import Playback
    from bot.lavalink.tracks import Track

log = logging.getLogger(__name__)

T = TypeVar("T")


class TrackScheduler:
    """Plays the queue, one track after the other.

    ``find_fallback`` looks for another copy of a song, for ``fallback_timeout`` seconds at most;
    ``on_settled`` is called whenever another track plays, or none.
    """

    def __init__(
        self,
        playback: Playback,
        *,
        guild_id: int,
        tasks: BackgroundTasks,
        dispatch: Dispatch,
        find_fallback: Callable[[Track], Awaitable[Track | None]],
        fallback_timeout: float,
        on_change: Callable[[], None],
        on_settled: Callable[[], None],
    ) -> None:
        self._playback = playback
        self._guild_id = guild_id
        self._tasks = tasks
        self._dispatch = dispatch
        self._find_fallback = find_fallback
        self._fallback_timeout = fallback_timeout
        self._on_change = on_change
        self._on_settled = on_settled
        self._failures = TrackFailures()

    # What people do

    async def change(self, operation: Callable[[MusicQueue[Track]], T]) -> T:
        """Do something to the queue, play what is current then, and return the operation's result.

        Raises PlayerEndedError.
        """
        async with self._playback.turn:
            self._playback.check_alive()
            queue, before = self._playback.queue, self._playback.track
            result = operation(queue)
            if queue.current is None and before is None and queue:
                self._failures.reset()
                queue.advance()
            if queue.current is not before:
                await self._play(queue.current)
            self._on_change()
            return result

    async def skip(self) -> Track | None:
        """Go on to the next track; returns the one that was left, or None if there was none."""
        async with self._playback.turn:
            left = self._playback.track
            if left is not None:
                await self._advance(skip=True)
            return left

    async def stop(self) -> None:
        """Stop, and forget the queue."""
        async with self._playback.turn:
            self._playback.queue.stop()
            await self._play(None)
            self._on_change()

    # What Lavalink reports, in the order of its messages

    def on_track_event(self, message: WebsocketOP) -> None:
        """Take an event about a track: https://lavalink.dev/api/websocket#event-op."""
        play_id = self._playback.play_id
        if message["op"] != "event" or message["type"] == "WebSocketClosedEvent":
            return
        if play_id is None or play_id_of(message["track"]) != play_id:
            # What we stopped or replaced needs nothing, and must not move the queue on a second time.
            return
        if message["type"] == "TrackStartEvent":
            self.on_start()
        elif message["type"] == "TrackEndEvent":
            self._on_end(play_id, message["reason"])
        elif message["type"] == "TrackExceptionEvent":
            self._failures.note(play_id, message["exception"].get("message"))
        else:
            self.on_stuck(play_id)

    def on_report(self, position_ms: int, *, connected: bool) -> None:
        """Take a reported position, in milliseconds."""
        if self._playback.report(position_ms, connected=connected) and position_ms >= HEALTHY_MS:
            self._failures.reset()

    def on_start(self) -> None:
        """Report the start of the current track, unless it was reported already."""
        if self._playback.note_start():
            self._dispatch("music_track_start", self._playback.track)

    def on_stuck(self, play_id: str) -> None:
        """Leave a track whose audio does not arrive; Lavalink does not end it by itself."""
        self._tasks.spawn(self._recover(play_id, stuck=True))

    def on_refused(self, play_id: str) -> None:
        """Leave a track that Lavalink refused when nobody waited for its answer any more."""
        if play_id == self._playback.play_id:
            self._failures.note(play_id, None)
            self._tasks.spawn(self._recover(play_id))

    def _on_end(self, play_id: str, reason: str) -> None:
        """Go on after a track that ended by itself: https://lavalink.dev/api/websocket#track-end-reason.

        A track that breaks off in the middle ends as ``finished`` too, after its exception.
        """
        failed = self._failures.has_failed(play_id)
        if reason == "loadFailed" and not failed:
            self._failures.note(play_id, None)
            failed = True
        track = self._playback.track
        if reason == "finished" and not failed and track is not None and track.is_stream:
            self._dispatch("music_stream_ended", track)
        if reason in {"finished", "loadFailed"}:
            self._tasks.spawn(self._recover(play_id) if failed else self.on_finished(play_id))

    # Going on

    async def on_finished(self, play_id: str) -> None:
        """Play what follows the playing ``play_id``, unless somebody changed the track meanwhile."""
        async with self._playback.turn:
            if play_id == self._playback.play_id:
                self._failures.reset()
                await self._advance(skip=False)

    async def _advance(self, *, skip: bool) -> None:
        await self._play(self._playback.queue.advance(skip=skip))
        if self._playback.track is None:
            self._dispatch("music_queue_end")

    async def _recover(self, play_id: str, *, stuck: bool = False) -> None:
        """Play the song of a failed playing from another source, or else the next one."""
        fallback = None if self._playback.fallback else await self._look_for_fallback()
        async with self._playback.turn:
            failed = self._playback.track
            if play_id != self._playback.play_id or failed is None:
                return
            if fallback is not None:
                self._dispatch("music_track_replaced", failed, fallback)
                await self._play_fallback(fallback)
                return
            if stuck:
                self._dispatch("music_track_stuck", failed)
            else:
                self._dispatch("music_track_failed", failed, self._failures.reason(play_id))
            await self._play(self._next_after_failure())

    async def _look_for_fallback(self) -> Track | None:
        track = self._playback.track
        if track is None or track.is_stream:
            return None
        try:
            async with asyncio.timeout(self._fallback_timeout):
                return await self._find_fallback(track)
        except TimeoutError:
            return None

    async def _play_fallback(self, fallback: Track) -> None:
        """Play another copy of the current song from where that broke off."""
        started = self._playback.started
        position_ms = self._playback.position_ms if started else 0
        self._playback.queue.current = fallback
        try:
            await self._playback.start(fallback, position_ms, fallback=True, started=started)
        except RequestRefusedError:
            await self._play(self._next_after_failure())

    def _next_after_failure(self) -> Track | None:
        """Drop the failed track; return the next, or None where too many have failed in a row."""
        following = self._playback.queue.drop()
        if not self._failures.count():
            return following
        self._playback.queue.stop()
        self._dispatch("music_too_many_failures", self._failures.in_a_row)
        return None

    async def _play(self, track: Track | None) -> None:
        """Play ``track``, the queue's current one, or what follows if Lavalink refuses it; None: silence."""
        while track is not None:
            try:
                await self._playback.start(track)
            except RequestRefusedError as error:
                log.warning("Guild %s: Lavalink refused a track: %s", self._guild_id, error.detail)
                self._dispatch("music_track_failed", track, None)
                track = self._next_after_failure()
            else:
                self._on_settled()
                return
        await self._playback.silence()
        self._on_settled()
