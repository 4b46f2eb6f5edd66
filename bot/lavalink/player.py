"""The music of one guild: its queue, played on Lavalink, whatever happens."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, TypeVar

from bot.jukebox.music_queue import MusicQueue
from bot.lavalink.errors import NodeUnreachableError, RequestRefusedError
from bot.lavalink.filters import Effect, filters_of
from bot.lavalink.idle import IdleCountdown, Idleness
from bot.lavalink.interruption import Interruption
from bot.lavalink.position import PositionClock
from bot.lavalink.tracks import Track, play_id_of, user_data
from bot.lavalink.voice import VoicePlayer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import discord
    from wavelink.types.request import Request
    from wavelink.types.websocket import WebsocketOP

    from bot.lavalink.connection import Node
    from bot.lavalink.timings import Timings

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_FAILURES = 5
"""Tracks in a row that may fail before the player stops instead of running through the queue."""
HEALTHY_MS = 10_000
"""A track that came this far does not count as a failure in a row."""


class Player(VoicePlayer):
    """Plays a queue, one track after the other.

    It talks to nobody; it dispatches these events on the bot instead, for a cog to listen to:

    * ``music_track_start(player, track)``: a track is heard; once per playing, not again when it is restored
    * ``music_track_failed(player, track, reason)``: it could not be played; the source's words, or None
    * ``music_track_stuck(player, track)``: its audio stopped arriving
    * ``music_storm(player, failures)``: so many tracks in a row failed that the player stopped
    * ``music_queue_end(player)``: the last track has ended, or was skipped
    * ``music_changed(player)``: somebody changed the queue, or how the track is played
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
        self.music_queue: MusicQueue[Track] = MusicQueue()
        self.effects: frozenset[Effect] = frozenset()
        """What the sound is changed to; see `set_effects`."""
        self.skip_votes: set[int] = set()
        """The ids of those who want the current track skipped; a new track begins without."""
        self._clock = PositionClock()
        self._idle = IdleCountdown(timings, self._on_idle)
        self._turn = asyncio.Lock()
        """Held while the track changes, so that commands and Lavalink's messages take turns."""
        self._play_id: str | None = None
        """The playing that Lavalink was told of last; None while it is to be silent."""
        self._heard: str | None = None
        """The playing whose start was reported."""
        self._faulty: str | None = None
        """The playing whose failure was reported."""
        self._failures = 0
        self._interruption = Interruption(timings.patience, self._on_long_interruption)

    @property
    def track(self) -> Track | None:
        """The current track, playing or paused."""
        return self.music_queue.current

    @property
    def position_ms(self) -> int:
        """Where the current track is, in milliseconds; 0 without one."""
        track = self.track
        if track is None:
            return 0
        position_ms = self._clock.position_ms
        return position_ms if track.is_stream else min(position_ms, track.length_ms)

    # What people do

    async def enqueue(self, tracks: Sequence[Track], *, place: int | None = None) -> int:
        """Add ``tracks`` (default: at the end) and start if nothing plays; returns how many fitted."""
        return await self.change(lambda queue: queue.add(tracks, place=place))

    async def change(self, operation: Callable[[MusicQueue[Track]], T]) -> T:
        """Do something to the queue, play what is current then, and return the operation's result."""
        async with self._turn:
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
                self._changed()
                if self.track is None:
                    self.client.dispatch("music_queue_end", self)
            return left

    async def stop_playing(self) -> None:
        """Stop, and forget the queue."""
        async with self._turn:
            self.music_queue.stop()
            await self._play(None)
            self._changed()

    async def pause(self, value: bool, /) -> None:
        """Pause or resume. Raises RequestRefusedError."""
        async with self._turn:
            await self._send({"paused": value})
            self._paused = value
            if value:
                self._clock.hold()
            elif not self.interrupted:
                self._clock.run()
            self._changed()

    async def set_volume(self, value: int = 100, /) -> None:
        """Set the volume in per cent, 0 to 1000. Raises RequestRefusedError."""
        async with self._turn:
            await self._send({"volume": value})
            self._volume = value
            self._changed()

    async def set_effects(self, effects: Collection[Effect]) -> None:
        """Sound like ``effects``, at once and from now on. Raises RequestRefusedError."""
        async with self._turn:
            filters = filters_of(effects)
            await self._send({"filters": filters()})
            self.effects, self._filters = frozenset(effects), filters
            self._changed()

    async def seek(self, position: int = 0, /) -> None:
        """Go to a position in milliseconds. Raises RequestRefusedError."""
        async with self._turn:
            self._clock.set(position, running=not (self.paused or self.interrupted))
            await self._send({"position": position})
            self._changed()

    def _changed(self) -> None:
        self.client.dispatch("music_changed", self)

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
            self._report_fault(self._play_id, message["exception"].get("message"))
        else:
            self._on_stuck(self._play_id)

    def _on_state(self, position_ms: int, *, connected: bool) -> None:
        if self._play_id is not None and self._heard == self._play_id:
            self._clock.set(position_ms, running=connected and not self.paused)
            if position_ms >= HEALTHY_MS:
                self._failures = 0

    def _on_start(self, play_id: str) -> None:
        if not self.paused:
            self._clock.run()
        if self._heard != play_id:
            self._heard = play_id
            self.client.dispatch("music_track_start", self, self.track)

    def _on_end(self, play_id: str, reason: str) -> None:
        """Go on after a track that ended by itself: https://lavalink.dev/api/websocket#track-end-reason.

        A track that breaks off in the middle ends as ``finished`` too, after its exception.
        """
        if reason == "loadFailed":
            self._report_fault(play_id, None)
        if reason in {"finished", "loadFailed"}:
            self.spawn(self._go_on(play_id, failed=self._faulty == play_id))

    def _on_stuck(self, play_id: str) -> None:
        """Leave a track whose audio does not arrive; Lavalink does not end it by itself."""
        self._faulty = play_id
        self.client.dispatch("music_track_stuck", self, self.track)
        self.spawn(self._go_on(play_id, failed=True))

    def _report_fault(self, play_id: str, reason: str | None) -> None:
        if self._faulty != play_id:
            self._faulty = play_id
            self.client.dispatch("music_track_failed", self, self.track, reason)

    # Going on

    async def _go_on(self, play_id: str, *, failed: bool) -> None:
        """Play what follows the playing ``play_id``, unless somebody changed the track meanwhile."""
        async with self._turn:
            if play_id != self._play_id:
                return
            if failed:
                await self._play(self._next_after_failure())
                return
            self._failures = 0
            await self._play(self.music_queue.advance())
            if self.track is None:
                self.client.dispatch("music_queue_end", self)

    def _next_after_failure(self) -> Track | None:
        """Drop the failed track; return the next, or None where too many have failed in a row."""
        self._failures += 1
        following = self.music_queue.drop()
        if self._failures < MAX_FAILURES:
            return following
        self.music_queue.stop()
        self.client.dispatch("music_storm", self, self._failures)
        return None

    async def _play(self, track: Track | None) -> None:
        """Play ``track``, the queue's current one, or what follows if Lavalink refuses it; None: silence."""
        self.skip_votes.clear()
        while track is not None:
            self._play_id = secrets.token_hex(8)
            self._paused = False
            self._clock.set(0, running=False)
            self._watch()
            try:
                await self._send(self._playback(track))
            except RequestRefusedError as error:
                log.warning("Guild %s: Lavalink refused a track: %s", self.guild_id, error.detail)
                self._report_fault(self._play_id, None)
                track = self._next_after_failure()
            else:
                return
        self._play_id = None
        self._paused = False
        self._watch()
        await self._send({"track": {"encoded": None}, "paused": False})

    def _playback(self, track: Track) -> Request:
        """Return what makes Lavalink play ``track`` as it is to be heard now."""
        return {
            "track": {"encoded": track.encoded, "userData": user_data(track, self._play_id or "")},
            "position": self.position_ms if track.is_seekable else 0,
            "paused": self.paused,
        }

    async def _send(self, data: Request) -> None:
        """Send what is to play; a node that is out of reach gets it once it is back."""
        try:
            await self.server.update_player(self.guild_id, data)
        except NodeUnreachableError:
            self.unsent = True
            self.on_node_lost()

    # Nodes

    def on_node_lost(self) -> None:
        """Hold the position until the track can be restored."""
        super().on_node_lost()
        self._clock.hold()
        if self.track is not None:
            self._interruption.begin()

    def on_node_back(self, *, resumed: bool) -> None:
        """Go on where Lavalink kept the player; its next report says where the track is."""
        super().on_node_back(resumed=resumed)
        if not self.interrupted:
            self._end_interruption()

    def _on_long_interruption(self) -> None:
        self.client.dispatch("music_interrupted", self)

    def _end_interruption(self) -> None:
        self.interrupted = self.unsent = False
        if self._interruption.end():
            self.client.dispatch("music_restored", self)

    async def restore(self, node: Node) -> None:
        """Play on, on ``node``, from where it was: another node, or the same without its old session.

        Raises LavalinkError, and stays interrupted.
        """
        async with self._turn:
            self.move_node(node)
            data: Request = {"track": {"encoded": None}} if self.track is None else self._playback(self.track)
            data["volume"] = self.volume
            data["filters"] = self.filters()
            voice = self._voice()
            if voice is not None:
                data["voice"] = voice
            await node.update_player(self.guild_id, data)
            self._end_interruption()

    # Idleness

    def watch_listeners(self) -> None:
        """Count down to leaving while nobody listens; called when somebody came or went."""
        self._watch()

    def _watch(self) -> None:
        silent: Idleness | None = "silent" if self._play_id is None else None
        self._idle.watch("alone" if self.listeners == 0 else silent)

    def _on_idle(self, idleness: Idleness) -> None:
        self.client.dispatch("music_idle", self, idleness)

    def cleanup(self) -> None:
        """End what runs for this player."""
        self._play_id = None
        self._idle.stop()
        self._interruption.end()
        super().cleanup()
