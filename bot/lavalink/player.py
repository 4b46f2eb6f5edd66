"""The music of one guild: its queue, played on Lavalink, whatever happens."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, TypeVar

from bot.lavalink.effects import speed_of
from bot.lavalink.errors import RequestRefusedError
from bot.lavalink.fallback_track import find_fallback
from bot.lavalink.presence import Presence
from bot.lavalink.snapshot import Snapshot, Songs
from bot.lavalink.tracks import Track, play_id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import discord
    from wavelink.types.websocket import WebsocketOP

    from bot.lavalink.connection import Node
    from bot.lavalink.music_queue import MusicQueue
    from bot.lavalink.timings import Timings

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_FAILURES = 5
"""Tracks in a row that may fail before the player stops instead of running through the queue."""
HEALTHY_MS = 10_000
"""A track that came this far does not count as a failure in a row."""


class Player(Presence):
    """Plays a queue, one track after the other.

    It talks to nobody; it dispatches these events on the bot instead, for a cog to listen to:

    * ``music_track_start(player, track)``: a track is heard; once per playing, not again when it is restored
    * ``music_track_replaced(player, track, substitute)``: it failed, and is played from another source
    * ``music_track_failed(player, track, reason)``: it could not be played; the source's words, or None
    * ``music_track_stuck(player, track)``: its audio stopped arriving
    * ``music_too_many_failures(player, failures)``: so many tracks in a row failed that the player stopped
    * ``music_queue_end(player)``: the last track has ended, or was skipped
    * ``music_changed(player)``: the queue or the way it is played is another now
    * ``music_player_end(player)``: it has left
    * ``music_auto_pause(player, hold, held)``: the music pauses, or goes on, without anybody's command
    * ``music_voice_lost(player)``: its voice connection kept breaking, and it is about to leave
    * ``music_interrupted(player)``: for a while no node can play; the music goes on as soon as one can
    * ``music_restored(player)``: it does, after such an interruption
    * ``music_idle(player, idleness)``: nobody has listened, or nothing has played, for a while
    """

    text_channel: discord.abc.MessageableChannel | None = None
    """Where music was asked for last."""

    def __init__(
        self, client: discord.Client, channel: discord.abc.Connectable, *, node: Node, timings: Timings
    ) -> None:
        super().__init__(client, channel, node=node, timings=timings)
        self._heard: str | None = None
        """The playing whose start was reported."""
        self._faults: dict[str, str | None] = {}
        """The playing that failed, with the words of its source; at most one."""
        self._last_source: str | None = None
        """The playing that is a substitute already: the next failure is final."""
        self._nudged: str | None = None
        """The playing that stood still and was sent again."""
        self._failures = 0

    # What people do

    async def enqueue(self, tracks: Sequence[Track], *, place: int | None = None) -> int:
        """Add ``tracks`` (default: at the end) and start if nothing plays; returns how many fitted."""
        return await self.change(lambda queue: queue.add(tracks, place=place))

    async def change(self, operation: Callable[[MusicQueue[Track]], T]) -> T:
        """Do something to the queue, play what is current then, and return the operation's result.

        Raises PlayerEndedError.
        """
        async with self._turn:
            self.check_alive()
            queue, before = self.music_queue, self.track
            result = operation(queue)
            if queue.current is None and before is None and queue:
                self._failures = 0
                queue.advance()
            if queue.current is not before:
                await self._play(queue.current)
            self._changed()
            return result

    async def skip_current(self) -> Track | None:
        """Go on to the next track; returns the one that was left, or None if there was none."""
        async with self._turn:
            left = self.track
            if left is not None:
                await self._play(self.music_queue.advance(skip=True))
                if self.track is None:
                    self.client.dispatch("music_queue_end", self)
            return left

    async def stop_playing(self) -> None:
        """Stop, and forget the queue."""
        async with self._turn:
            self.music_queue.stop()
            await self._play(None)
            self._changed()

    # What Lavalink tells, in the order of its messages

    def on_message(self, message: WebsocketOP) -> None:
        """Take a message about this player, as in https://lavalink.dev/api/websocket."""
        if message["op"] == "playerUpdate":
            self._on_state(message["state"]["position"], connected=message["state"]["connected"])
        elif message["op"] != "event":
            return
        elif message["type"] == "WebSocketClosedEvent":
            self.on_voice_closed(message["code"])
        elif self._play_id is None or play_id_of(message["track"]) != self._play_id:
            # What we stopped or replaced needs nothing, and must not move the queue on a second time.
            return
        elif message["type"] == "TrackStartEvent":
            self._on_start(self._play_id)
        elif message["type"] == "TrackEndEvent":
            self._on_end(self._play_id, message["reason"])
        elif message["type"] == "TrackExceptionEvent":
            self._faults = {self._play_id: message["exception"].get("message")}
        else:
            self._on_stuck(self._play_id)

    def _on_state(self, position_ms: int, *, connected: bool) -> None:
        self.voice_connected = connected
        # Until it is restored, Lavalink's player is another one, or a new and empty one.
        if self._play_id is not None and self._heard == self._play_id and not self.interrupted:
            self._clock.report(position_ms, running=connected and not self.paused)
            self._stall.see(position_ms)
            if position_ms >= HEALTHY_MS:
                self._failures = 0

    def _on_start(self, play_id: str) -> None:
        if not self.paused:
            self._clock.run()
        if self._heard != play_id:
            self._heard = play_id
            self._changed()
            self.client.dispatch("music_track_start", self, self.track)

    def _on_end(self, play_id: str, reason: str) -> None:
        """Go on after a track that ended by itself: https://lavalink.dev/api/websocket#track-end-reason.

        A track that breaks off in the middle ends as ``finished`` too, after its exception.
        """
        if reason == "loadFailed":
            self._faults.setdefault(play_id, None)
        if reason in {"finished", "loadFailed"}:
            self.spawn(self._go_on(play_id) if play_id not in self._faults else self._recover(play_id))

    def _on_stuck(self, play_id: str) -> None:
        """Leave a track whose audio does not arrive; Lavalink does not end it by itself."""
        self.spawn(self._recover(play_id, stuck=True))

    def check(self) -> None:
        """Act on a track that should be heard but stands still; called every now and then."""
        play_id = self._play_id
        if play_id is None or self.paused or self.interrupted or self.rejoining:
            self._stall.reset()
        elif self._stall.stalled:
            self._stall.reset()
            log.warning("Guild %s: the music stands still at %s ms", self.guild_id, self.position_ms)
            if self._nudged == play_id:
                self._on_stuck(play_id)
            elif self.voice_connected:
                self._nudged = play_id
                self.on_node_lost()
            else:
                self._nudged = play_id
                self.renew_voice()

    # Going on

    async def _go_on(self, play_id: str) -> None:
        """Play what follows the playing ``play_id``, unless somebody changed the track meanwhile."""
        async with self._turn:
            if play_id != self._play_id:
                return
            self._failures = 0
            await self._play(self.music_queue.advance())
            if self.track is None:
                self.client.dispatch("music_queue_end", self)

    async def _recover(self, play_id: str, *, stuck: bool = False) -> None:
        """Play the song of a failed playing from another source, or else the next one."""
        substitute = None if play_id == self._last_source else await self._find_substitute()
        async with self._turn:
            failed = self.track
            if play_id != self._play_id or failed is None:
                return
            if substitute is not None:
                self.client.dispatch("music_track_replaced", self, failed, substitute)
                await self._play_substitute(substitute, heard=self._heard == play_id)
                return
            if stuck:
                self.client.dispatch("music_track_stuck", self, failed)
            else:
                self.client.dispatch("music_track_failed", self, failed, self._faults.get(play_id))
            await self._play(self._next_after_failure())

    async def _find_substitute(self) -> Track | None:
        """Look for the current song in other sources, for a while."""
        if self.track is None or self.track.is_stream:
            return None
        try:
            async with asyncio.timeout(self.timings.substitute):
                return await find_fallback(self.track, self.server)
        except TimeoutError:
            return None

    async def _play_substitute(self, substitute: Track, *, heard: bool) -> None:
        """Play another copy of the current song from where that broke off."""
        position_ms = self.position_ms if heard else 0
        self.music_queue.current = substitute
        try:
            await self._start(substitute, position_ms)
        except RequestRefusedError:
            await self._play(self._next_after_failure())
            return
        self._last_source = self._play_id
        if heard:
            self._heard = self._play_id

    def _next_after_failure(self) -> Track | None:
        """Drop the failed track; return the next, or None where too many have failed in a row."""
        self._failures += 1
        following = self.music_queue.drop()
        if self._failures < MAX_FAILURES:
            return following
        self.music_queue.stop()
        self.client.dispatch("music_too_many_failures", self, self._failures)
        return None

    async def _play(self, track: Track | None) -> None:
        """Play ``track``, the queue's current one, or what follows if Lavalink refuses it; None: silence."""
        while track is not None:
            try:
                await self._start(track)
            except RequestRefusedError as error:
                log.warning("Guild %s: Lavalink refused a track: %s", self.guild_id, error.detail)
                self.client.dispatch("music_track_failed", self, track, None)
                track = self._next_after_failure()
            else:
                self.watch_listeners()
                return
        await self._silence()
        self.watch_listeners()

    # After a restart of the bot

    @property
    def heard(self) -> bool:
        """Whether the start of the present playing was reported."""
        return self._heard is not None and self._heard == self._play_id

    def snapshot(self) -> Snapshot:
        """Return what a restart must not lose, as it is now."""
        queue, text_channel = self.music_queue, self.text_channel
        return Snapshot(
            songs=Songs(queue.current, tuple(queue.upcoming), tuple(queue.history)),
            saved_at=time.time(),
            channel_id=self.channel.id,
            text_channel_id=None if text_channel is None else text_channel.id,
            node=self.server.uri,
            play_id=self.play_id,
            heard=self.heard,
            position_ms=self.position_ms,
            anchor=self.anchor,
            paused=self.user_paused,
            volume=self.volume,
            loop=queue.loop,
            stay=self.stay,
            filters=self.filter_payload,
        )

    async def revive(self, snapshot: Snapshot, reported_ms: int | None) -> None:
        """Be the player that was saved as ``snapshot``.

        ``reported_ms`` is the position that Lavalink reports, if it plays the track still. Raises
        RequestRefusedError, or PlayerEndedError where the bot was thrown out meanwhile.
        """
        async with self._turn:
            self.music_queue.restore(*snapshot.songs)
            self.music_queue.loop = snapshot.loop
            self._volume = snapshot.volume
            self.filter_payload = snapshot.filters
            self._stay = snapshot.stay
            self._play_id = snapshot.play_id
            self._heard = snapshot.play_id if snapshot.heard else None
            self.user_paused = snapshot.paused
            self._paused = snapshot.paused or bool(self._holds)
            self._clock.adopt(snapshot.anchor, speed_of(snapshot.filters))
            if reported_ms is None:
                self.check_alive()
                self._clock.set(snapshot.position_ms, running=False)
                self.interrupted = True
            else:
                await self._set_paused(self._paused)
                self._clock.report(reported_ms, running=not (self.paused or self.interrupted))
                if not self.heard and snapshot.play_id is not None:
                    # It began to play when nobody was there to hear of it.
                    self._on_start(snapshot.play_id)
        self.watch_listeners()

    async def skip_ended(self) -> None:
        """Go on after a track that ended while nobody heard of it."""
        if self._play_id is not None:
            await self._go_on(self._play_id)
