"""What one guild is to hear: track, pause, volume, position, filters; any node can be told at any time."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.lavalink.effects import FilterPayload, speed_of
from bot.lavalink.music_queue import MusicQueue, SharedRoom
from bot.lavalink.position import PositionClock
from bot.lavalink.snapshot import Snapshot, Songs
from bot.lavalink.tracks import Track, user_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from wavelink.types.request import Request

    from bot.background_tasks import BackgroundTasks
    from bot.lavalink.connection import Node
    from bot.lavalink.events import Dispatch
    from bot.lavalink.remote_player import RemotePlayer
    from bot.lavalink.stall import StallAction, StallWatch
    from bot.lavalink.voice_connection import VoiceConnection

DECODED_MS = 6_000
"""Of a song's end that Lavalink may have decoded to the last, and does not seek in: more than its
``frameBufferDurationMs``."""
PauseReason: TypeAlias = Literal["alone", "silenced"]
"""Why the music pauses although nobody asked for it. alone: nobody listens · silenced: Discord lets nobody
hear the bot (server mute, or the audience of a stage)."""


class Playback:
    """Holds what is to be heard and tells the node; decides nothing about it.

    ``turn`` is the player's one lock: whoever changes what is heard holds it, so that commands and Lavalink's
    messages take turns. `start` and `silence` are called with it held.
    """

    def __init__(
        self,
        remote: RemotePlayer,
        *,
        stall: StallWatch,
        tasks: BackgroundTasks,
        dispatch: Dispatch,
        on_change: Callable[[], None],
        room: SharedRoom | None = None,
    ) -> None:
        self.turn = asyncio.Lock()
        self.queue: MusicQueue[Track] = MusicQueue(room=room)
        self.volume = 100
        """In per cent."""
        self.filters: FilterPayload = {}
        """The filters in force."""
        self.paused = False
        """Whether the track is paused, by people or for a reason of its own."""
        self.user_paused = False
        """Whether people paused."""
        self.skip_votes: set[int] = set()
        """The ids of those who want the current track skipped; a new track begins without."""
        self.play_id: str | None = None
        """Tells one playing of a track from another; None while Lavalink is to be silent."""
        self.fallback = False
        """Whether that is of a fallback track, whose failure is final."""
        self._started_id: str | None = None
        """The playing whose start Lavalink has reported."""
        self._pause_reasons: set[PauseReason] = set()
        self._remote = remote
        self._clock = PositionClock()
        self._stall = stall
        self._tasks = tasks
        self._dispatch = dispatch
        self._on_change = on_change

    @property
    def track(self) -> Track | None:
        """The current track, playing or paused."""
        return self.queue.current

    @property
    def position_ms(self) -> int:
        """Where the current track is, in milliseconds; 0 without one."""
        track = self.track
        if track is None:
            return 0
        position_ms = self._clock.position_ms
        return position_ms if track.is_stream else min(position_ms, track.length_ms)

    @property
    def started(self) -> bool:
        """Whether Lavalink has reported the start of the present playing."""
        return self._started_id is not None and self._started_id == self.play_id

    @property
    def pause_reasons(self) -> frozenset[PauseReason]:
        """Why the music pauses besides people's pause."""
        return frozenset(self._pause_reasons)

    def check_alive(self) -> None:
        """Raise PlayerEndedError where the player has ended."""
        self._remote.check_alive()

    # Settings

    async def pause(self, value: bool) -> None:
        """Pause or resume for people. Raises RequestRefusedError."""
        async with self.turn:
            await self._set_paused(value or bool(self._pause_reasons))
            self.user_paused = value
            self._on_change()

    def set_pause_reason(self, reason: PauseReason, *, active: bool) -> None:
        """Pause while there is a reason to; people's own pause stays."""
        if self._remote.ended or active == (reason in self._pause_reasons):
            return
        if active:
            self._pause_reasons.add(reason)
        else:
            self._pause_reasons.discard(reason)
        self._dispatch("music_auto_pause", reason, active)
        self._tasks.spawn(self._follow_pause_reasons())

    async def _follow_pause_reasons(self) -> None:
        async with self.turn:
            value = self.user_paused or bool(self._pause_reasons)
            if value != self.paused:
                await self._set_paused(value)
                self._on_change()

    async def _set_paused(self, value: bool) -> None:
        await self._remote.send({"paused": value})
        self.paused = value
        self._stall.reset()
        if value:
            self._clock.stop()
        elif not self._remote.interrupted:
            self._clock.resume()

    async def set_volume(self, value: int) -> None:
        """Set the volume in per cent, 0 to 1000. Raises RequestRefusedError."""
        async with self.turn:
            await self._remote.send({"volume": value})
            self.volume = value
            self._on_change()

    async def seek(self, position_ms: int) -> None:
        """Go to a position in milliseconds. Raises RequestRefusedError."""
        async with self.turn:
            track = self.track
            decoded = track is not None and max(self.position_ms, position_ms) > track.length_ms - DECODED_MS
            running = not (self.paused or self._remote.interrupted)
            self._clock.seek(position_ms, running=running, from_zero=self._remote.node.counts_from_zero)
            self._stall.reset()
            if track is not None and decoded:
                # Lavalink would ignore it. What it plays now may end any moment, which must move nothing on.
                started, self.play_id = self.started, secrets.token_hex(8)
                self._started_id = self.play_id if started else None
                await self._remote.send(self._track_request(track))
            else:
                await self._remote.send({"position": position_ms})
            self._clock.note_answer()
            self._on_change()

    async def set_filters(self, filters: FilterPayload) -> None:
        """Use these filters instead of the present ones. Raises RequestRefusedError."""
        async with self.turn:
            await self._remote.send({"filters": filters})
            self.filters = filters
            self._clock.set_speed(speed_of(filters))
            self._on_change()

    # With the turn held

    async def start(
        self, track: Track, position_ms: int = 0, *, fallback: bool = False, started: bool = False
    ) -> None:
        """Begin to play ``track``, the queue's current one. Raises RequestRefusedError.

        ``fallback`` says that it is a fallback track, ``started`` that its start is not to be reported: the
        song goes on where another copy of it broke off.
        """
        self.play_id = secrets.token_hex(8)
        self.fallback = fallback
        if started:
            self._started_id = self.play_id
        self.skip_votes.clear()
        self.user_paused = False
        self.paused = bool(self._pause_reasons)
        self._clock.set(position_ms, running=False, from_zero=self._remote.node.counts_from_zero)
        self._stall.reset()
        self._on_change()
        await self._remote.send(self._track_request(track))

    async def silence(self) -> None:
        """Play nothing."""
        self.play_id = None
        self.user_paused = self.paused = False
        self._on_change()
        await self._remote.send({"track": {"encoded": None}, "paused": False})

    def _track_request(self, track: Track) -> Request:
        """Return what makes Lavalink play ``track`` from where it is now."""
        return {
            "track": {"encoded": track.encoded, "userData": user_data(track, self.play_id or "")},
            "position": self.position_ms if track.is_seekable else 0,
            "paused": self.paused,
        }

    # What Lavalink reports

    def note_start(self) -> bool:
        """Note that Lavalink plays the track; returns whether that is new, and no restored track."""
        if not (self.paused or self._remote.interrupted):
            self._clock.resume()
        if self.started:
            return False
        self._started_id = self.play_id
        self._on_change()
        return True

    def report(self, position_ms: int, *, connected: bool) -> bool:
        """Take a reported position; returns whether it was one of this playing.

        Until the player is restored, Lavalink's is another one, or a new and empty one.
        """
        if not self.started or self._remote.interrupted:
            return False
        self._clock.report(position_ms, running=connected and not self.paused)
        self._stall.report(position_ms)
        return True

    def check_stall(self, *, waiting: bool) -> StallAction | None:
        """Return what to do about a track that should move, and does not; ``waiting``: it should not."""
        return self._stall.check(None if waiting or self.paused or self._remote.interrupted else self.play_id)

    # Interruptions and restarts

    def on_interrupted(self) -> None:
        """Keep the position until the track is restored."""
        self._clock.stop()

    def on_restored(self) -> None:
        """Begin to wait for the track to move again."""
        self._stall.reset()

    async def restore(self, node: Node, voice: VoiceConnection) -> None:
        """Play on, on ``node``, from where it was; stays interrupted where more was asked for meanwhile.

        The turn is not held while the node is waited for. Raises LavalinkError, and stays interrupted.
        """
        async with self.turn:
            track = self.track
            data: Request = {"track": {"encoded": None}} if track is None else self._track_request(track)
            data["volume"] = self.volume
            data["filters"] = self.filters
            if (request := voice.request) is not None:
                data["voice"] = request
        await self._remote.restore(node, data)
        async with self.turn:
            if self._remote.up_to_date:
                running = track is not None and not self.paused
                self._clock.set(data.get("position") or 0, running=running, from_zero=node.counts_from_zero)
                self._remote.note_restored()

    def snapshot(self, *, channel_id: int, text_channel_id: int | None, stay: bool) -> Snapshot:
        """Return what a restart must not lose, as it is now."""
        queue = self.queue
        return Snapshot(
            songs=Songs(queue.current, tuple(queue.upcoming), tuple(queue.history)),
            saved_at=time.time(),
            channel_id=channel_id,
            text_channel_id=text_channel_id,
            node=self._remote.node.uri,
            play_id=self.play_id,
            started=self.started,
            position_ms=self.position_ms,
            anchor=self._clock.anchor,
            paused=self.user_paused,
            volume=self.volume,
            loop=queue.loop,
            stay=stay,
            filters=self.filters,
        )

    async def recover(self, snapshot: Snapshot, reported_ms: int | None) -> None:
        """Take what ``snapshot`` holds; see `Player.recover`."""
        async with self.turn:
            self.queue.restore(*snapshot.songs)
            self.queue.loop = snapshot.loop
            self.volume = snapshot.volume
            self.filters = snapshot.filters
            self.play_id = snapshot.play_id
            self._started_id = snapshot.play_id if snapshot.started else None
            self.user_paused = snapshot.paused
            self.paused = snapshot.paused or bool(self._pause_reasons)
            self._clock.adopt(snapshot.anchor, speed_of(snapshot.filters))
            if reported_ms is None:
                self._remote.check_alive()
                self._clock.set(snapshot.position_ms, running=False)
                self._remote.interrupted = True
            else:
                await self._set_paused(self.paused)
                self._clock.report(reported_ms, running=not (self.paused or self._remote.interrupted))
