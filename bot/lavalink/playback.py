"""What one guild is to hear, and the node that is told so: track, pause, volume, position, filters."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.lavalink.effects import FilterPayload, speed_of
from bot.lavalink.errors import NodeUnreachableError
from bot.lavalink.idle import Interruption
from bot.lavalink.music_queue import MusicQueue
from bot.lavalink.position import Anchor, PositionClock
from bot.lavalink.stall import StallWatch
from bot.lavalink.tracks import Track, user_data
from bot.lavalink.voice import VoicePlayer

if TYPE_CHECKING:
    from collections.abc import Callable

    import discord
    import wavelink
    from wavelink.types.request import Request

    from bot.lavalink.connection import Node
    from bot.lavalink.timings import Timings

PauseReason: TypeAlias = Literal["alone", "silenced"]
"""Why the music pauses although nobody asked for it. alone: nobody listens · silenced: Discord lets nobody
hear the bot (server mute, or the audience of a stage)."""


class Playback(VoicePlayer):
    """Holds what is to be heard, so that any node can be told at any time; decides nothing about it."""

    def __init__(
        self, client: discord.Client, channel: discord.abc.Connectable, *, node: Node, timings: Timings
    ) -> None:
        super().__init__(client, channel, node=node, timings=timings)
        self.music_queue: MusicQueue[Track] = MusicQueue()
        self.filter_payload: FilterPayload = {}
        """The filters in force."""
        self.user_paused = False
        """Whether people paused; `paused` is true under a hold as well."""
        self.on_change: Callable[[], None] = lambda: None
        """Called whenever something changed that a restart must not lose."""
        self.skip_votes: set[int] = set()
        """The ids of those who want the current track skipped; a new track begins without."""
        self._holds: set[PauseReason] = set()
        self._clock = PositionClock()
        self._stall = StallWatch(timings.stall)
        self._turn = asyncio.Lock()
        """Held while the track changes, so that commands and Lavalink's messages take turns."""
        self._play_id: str | None = None
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

    @property
    def play_id(self) -> str | None:
        """The playing that Lavalink was told of last; None while it is to be silent."""
        return self._play_id

    @property
    def anchor(self) -> Anchor:
        """How Lavalink's reports are to be read; see `PositionClock`."""
        return self._clock.anchor

    @property
    def holds(self) -> frozenset[PauseReason]:
        """Why the music pauses besides people's wish."""
        return frozenset(self._holds)

    def _changed(self) -> None:
        """Tell that the queue, or the way it is played, is another now."""
        self.on_change()
        self.client.dispatch("music_changed", self)

    # Settings

    async def pause(self, value: bool, /) -> None:
        """Pause or resume, as people wish. Raises RequestRefusedError."""
        async with self._turn:
            await self._set_paused(value or bool(self._holds))
            self.user_paused = value
            self._changed()

    def hold(self, reason: PauseReason, *, held: bool) -> None:
        """Pause while there is a reason to; people's own pause stays."""
        if self.ended or held == (reason in self._holds):
            return
        if held:
            self._holds.add(reason)
        else:
            self._holds.discard(reason)
        self.client.dispatch("music_auto_pause", self, reason, held)
        self.spawn(self._follow_holds())

    async def _follow_holds(self) -> None:
        async with self._turn:
            value = self.user_paused or bool(self._holds)
            if value != self._paused:
                await self._set_paused(value)
                self._changed()

    async def _set_paused(self, value: bool) -> None:
        await self._send({"paused": value})
        self._paused = value
        self._stall.reset()
        if value:
            self._clock.hold()
        elif not self.interrupted:
            self._clock.run()

    async def set_volume(self, value: int = 100, /) -> None:
        """Set the volume in per cent, 0 to 1000. Raises RequestRefusedError."""
        async with self._turn:
            await self._send({"volume": value})
            self._volume = value
            self._changed()

    async def seek(self, position: int = 0, /) -> None:
        """Go to a position in milliseconds. Raises RequestRefusedError."""
        async with self._turn:
            self._clock.set(position, running=not (self.paused or self.interrupted))
            self._stall.reset()
            await self._send({"position": position})
            self._changed()

    async def apply_filters(self, filters: FilterPayload) -> None:
        """Use these filters instead of the present ones; an empty payload resets. Raises RequestRefusedError.

        https://lavalink.dev/api/rest#filters
        """
        async with self._turn:
            await self._send({"filters": filters})
            self.filter_payload = filters
            self._clock.set_speed(speed_of(filters))
            self._changed()

    async def set_filters(self, filters: wavelink.Filters | None = None, /, *, seek: bool = False) -> None:
        """Use wavelink's filters; see `apply_filters`."""
        await self.apply_filters(filters() if filters else {})
        if seek:
            await self.seek(self.position_ms)

    # What the node is told

    async def _start(self, track: Track, position_ms: int = 0) -> None:
        """Begin to play ``track``, the queue's current one. Raises RequestRefusedError."""
        self._play_id = secrets.token_hex(8)
        self.skip_votes.clear()
        self.user_paused = False
        self._paused = bool(self._holds)
        self._clock.set(position_ms, running=False)
        self._stall.reset()
        self._changed()
        await self._send(self._playback(track))

    async def _silence(self) -> None:
        """Play nothing."""
        self._play_id = None
        self.user_paused = self._paused = False
        self._changed()
        await self._send({"track": {"encoded": None}, "paused": False})

    def _playback(self, track: Track) -> Request:
        """Return what makes Lavalink play ``track`` as it is to be heard now."""
        return {
            "track": {"encoded": track.encoded, "userData": user_data(track, self._play_id or "")},
            "position": self.position_ms if track.is_seekable else 0,
            "paused": self.paused,
        }

    async def _send(self, data: Request) -> None:
        """Send what is to play; a node that is out of reach gets it once it is back.

        Raises PlayerEndedError (Lavalink would make a player anew) or RequestRefusedError.
        """
        self.check_alive()
        try:
            await self.server.update_player(self.guild_id, data)
        except NodeUnreachableError:
            self.unsent = True
            self.on_node_lost()

    # Nodes

    def on_node_lost(self) -> None:
        """PauseReason the position until the track can be restored."""
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
        self._stall.reset()
        if self._interruption.end():
            self.client.dispatch("music_restored", self)

    async def restore(self, node: Node) -> None:
        """Play on, on ``node``, from where it was: another node, or the same without its old session.

        Raises LavalinkError, and stays interrupted.
        """
        async with self._turn:
            self.check_alive()
            self.move_node(node)
            data: Request = {"track": {"encoded": None}} if self.track is None else self._playback(self.track)
            data["volume"] = self.volume
            data["filters"] = self.filter_payload
            voice = self._voice()
            if voice is not None:
                data["voice"] = voice
            await node.update_player(self.guild_id, data)
            self._clock.set(data.get("position") or 0, running=False)
            self._end_interruption()

    def cleanup(self) -> None:
        """End what runs for this player."""
        self._play_id = None
        self._interruption.end()
        super().cleanup()
        self.client.dispatch("music_player_end", self)
