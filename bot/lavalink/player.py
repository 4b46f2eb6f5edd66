"""The music of one guild: its queue, played on Lavalink, whatever happens."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeVar

import wavelink

from bot.background_tasks import BackgroundTasks
from bot.lavalink.errors import NodeUnreachableError
from bot.lavalink.fallback_track import find_fallback
from bot.lavalink.playback import Playback
from bot.lavalink.presence import Presence
from bot.lavalink.remote_player import RemotePlayer
from bot.lavalink.stall import StallWatch
from bot.lavalink.track_scheduler import TrackScheduler
from bot.lavalink.tracks import without_requester
from bot.lavalink.voice_connection import VoiceConnection, change_voice_state
from bot.lavalink.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import discord
    from discord.types.voice import GuildVoiceState, VoiceServerUpdate
    from wavelink.types.websocket import WebsocketOP

    from bot.lavalink.connection import Node
    from bot.lavalink.effects import FilterPayload
    from bot.lavalink.idle import Idleness
    from bot.lavalink.music_queue import MusicQueue, SharedRoom
    from bot.lavalink.playback import PauseReason
    from bot.lavalink.snapshot import Snapshot
    from bot.lavalink.timings import Timings
    from bot.lavalink.tracks import Track
    from bot.lavalink.voice_connection import VoiceChannel

log = logging.getLogger(__name__)

T = TypeVar("T")


class Player(wavelink.Player):
    """Plays a queue in a voice channel, one track after the other; its parts do the work.

    * `VoiceConnection`: where it is heard, and reconnecting
    * `RemotePlayer`: Lavalink's player, and all that is sent to it
    * `Playback`: what is to be heard, and the lock under which that changes
    * `TrackScheduler`: which track is next, after failures too
    * `Watchdog`: interruptions by lost nodes, and stalled tracks
    * `Presence`: whether anybody listens

    It talks to nobody; it dispatches the events of `bot.lavalink.events`. wavelink's own queue, filters and
    position are not used.
    """

    client: discord.Client
    text_channel: discord.abc.MessageableChannel | None = None
    """Where music was asked for last."""

    def __init__(
        self,
        client: discord.Client,
        channel: discord.abc.Connectable,
        *,
        node: Node,
        timings: Timings,
        room: SharedRoom | None = None,
    ) -> None:
        super().__init__(client, channel, nodes=[node])
        self.on_change: Callable[[], None] = lambda: None
        """Called whenever something changed that a restart must not lose."""
        self._guild_id = self.channel.guild.id
        self._timings = timings
        self._tasks = BackgroundTasks(f"Guild {self._guild_id}: music")
        self._remote = RemotePlayer(self, self._guild_id, node, timings)
        self._voice = VoiceConnection(
            client,
            self.channel,
            timings=timings,
            tasks=self._tasks,
            send=self._remote.send_voice,
            on_silenced=lambda silenced: self._playback.set_pause_reason("silenced", active=silenced),
            on_broken=self._remote.interrupt,
            on_lost=self._on_voice_lost,
        )
        self._playback = Playback(
            self._remote,
            stall=StallWatch(timings.stall),
            tasks=self._tasks,
            dispatch=self._dispatch,
            on_change=self._changed,
            room=room,
        )
        self._scheduler = TrackScheduler(
            self._playback,
            guild_id=self._guild_id,
            tasks=self._tasks,
            dispatch=self._dispatch,
            find_fallback=lambda track: find_fallback(track, self.node),
            fallback_timeout=timings.fallback,
            on_change=self._changed,
            on_settled=self.watch_listeners,
        )
        self._remote.on_refused = self._scheduler.on_refused
        self._watchdog = Watchdog(
            self._remote,
            self._voice,
            self._playback,
            self._scheduler,
            guild_id=self._guild_id,
            patience=timings.patience,
            dispatch=self._dispatch,
        )
        self._presence = Presence(self._voice, self._playback, timings=timings, on_idle=self._on_idle)

    def _dispatch(self, event: str, /, *args: object) -> None:
        self.client.dispatch(event, self, *args)

    def _changed(self) -> None:
        """Report that the queue, or the way it is played, is another now."""
        self.on_change()
        self._dispatch("music_changed")

    # What it is

    @property
    def node(self) -> Node:
        """The Lavalink node that it is on."""
        return self._remote.node

    @property
    def guild(self) -> discord.Guild:
        """The guild."""
        return self.channel.guild

    @property
    def guild_id(self) -> int:
        """The guild's id."""
        return self._guild_id

    @property
    def listeners(self) -> int:
        """How many people are in the voice channel; somebody unknown counts as a person."""
        return self._voice.listeners

    @property
    def music_queue(self) -> MusicQueue[Track]:
        """What plays, what waits, what was; changed by way of `change`."""
        return self._playback.queue

    @property
    def track(self) -> Track | None:
        """The current track, playing or paused."""
        return self._playback.track

    @property
    def position_ms(self) -> int:
        """Where the current track is, in milliseconds; 0 without one."""
        return self._playback.position_ms

    @property
    def paused(self) -> bool:
        """Whether the track is paused, by people or for one of `pause_reasons`."""
        return self._playback.paused

    @property
    def pause_reasons(self) -> frozenset[PauseReason]:
        """Why the music pauses besides people's pause."""
        return self._playback.pause_reasons

    @property
    def volume(self) -> int:
        """In per cent, 0 to 1000."""
        return self._playback.volume

    @property
    def filter_payload(self) -> FilterPayload:
        """The filters in force."""
        return self._playback.filters

    @property
    def skip_votes(self) -> set[int]:
        """The ids of those who want the current track skipped; a new track begins without."""
        return self._playback.skip_votes

    @property
    def stay(self) -> bool:
        """Whether the bot stays, and plays on, though nobody listens and nothing plays (24/7)."""
        return self._presence.stay

    @stay.setter
    def stay(self, value: bool) -> None:
        self._presence.stay = value
        self._changed()
        self.watch_listeners()

    @property
    def interrupted(self) -> bool:
        """Whether Lavalink's player is not in the state that it should be in: it has to be restored."""
        return self._remote.interrupted

    @property
    def voiceless(self) -> bool:
        """Whether there is no voice session that music could be heard by; a new one is on its way."""
        return self._voice.broken or self._voice.reconnecting

    # What people do

    async def enqueue(self, tracks: Sequence[Track], *, place: int | None = None) -> int:
        """Add ``tracks`` (default: at the end) and start if nothing plays; returns how many fitted."""
        return await self.change(lambda queue: queue.add(tracks, place=place))

    async def change(self, operation: Callable[[MusicQueue[Track]], T]) -> T:
        """Do something to the queue, play what is current then, and return the operation's result.

        Raises PlayerEndedError.
        """
        return await self._scheduler.change(operation)

    def forget_requester(self, user_id: int) -> None:
        """Let every song that this person asked for be nobody's."""
        self.music_queue.change_tracks(lambda track: without_requester(track, user_id))
        self._changed()

    async def skip_current(self) -> Track | None:
        """Go on to the next track; returns the one that was left, or None if there was none."""
        return await self._scheduler.skip()

    async def stop_playing(self) -> None:
        """Stop, and forget the queue."""
        await self._scheduler.stop()

    async def pause(self, value: bool, /) -> None:
        """Pause or resume for people. Raises RequestRefusedError."""
        await self._playback.pause(value)

    async def set_volume(self, value: int = 100, /) -> None:
        """Set the volume in per cent, 0 to 1000. Raises RequestRefusedError."""
        await self._playback.set_volume(value)

    async def seek(self, position: int = 0, /) -> None:
        """Go to a position in milliseconds. Raises RequestRefusedError."""
        await self._playback.seek(position)

    async def apply_filters(self, filters: FilterPayload) -> None:
        """Use these filters instead of the present ones; an empty payload resets. Raises RequestRefusedError.

        https://lavalink.dev/api/rest#filters
        """
        await self._playback.set_filters(filters)

    # The voice channel

    async def connect(
        self,
        *,
        timeout: float = 10.0,  # noqa: ASYNC109 - the signature is discord.py's
        reconnect: bool,  # noqa: ARG002
        self_deaf: bool = False,  # noqa: ARG002
        self_mute: bool = False,  # noqa: ARG002
    ) -> None:
        """Join the channel; called by discord.py, which tidies up after TimeoutError only.

        Raises TimeoutError. wavelink's own raises something else, out of a cancellation too, and would leave
        a player behind that counts as connected.
        """
        self._remote.attach()
        try:
            await self._voice.join(self.channel, timeout)
        except asyncio.CancelledError:
            await self.disconnect()
            raise

    async def go_to(self, channel: VoiceChannel) -> None:
        """Move to another channel of the guild. Raises TimeoutError or PlayerEndedError."""
        await self._voice.join(channel, self._timings.join)

    async def disconnect(self, **_options: object) -> None:
        """Leave, and end this player, once: the bot may be in the channel with another player since."""
        if not self._remote.ended:
            await self._end()
            try:
                await change_voice_state(self.guild, None, timings=self._timings)
            except TimeoutError:
                log.warning("Guild %s: the bot could not be taken out of voice", self._guild_id)

    async def _end(self) -> None:
        self.cleanup()
        await self._remote.destroy()

    def cleanup(self) -> None:
        """End what runs for this player; called at every end of it, whoever caused it."""
        self._presence.end()
        self._watchdog.end()
        self._playback.play_id = None
        self._remote.ended = True
        self._voice.end()
        self._tasks.cancel()
        super().cleanup()
        self._dispatch("music_player_end")

    async def on_voice_state_update(self, data: GuildVoiceState, /) -> None:
        """Follow the bot's own voice state; called by discord.py."""
        if self._voice.on_voice_state(data):
            self.channel = self._voice.channel
        else:
            await self._end()

    async def on_voice_server_update(self, data: VoiceServerUpdate, /) -> None:
        """Have Lavalink follow to another voice server; called by discord.py."""
        await self._voice.on_voice_server(data["token"], data["endpoint"])

    def reconnect_voice(self) -> None:
        """Get a new voice session in place of one that ended with the gateway session that made it."""
        self._voice.reconnect()

    async def _on_voice_lost(self, close_code: int | None) -> None:
        self._dispatch("music_voice_lost", close_code)
        await self.disconnect()

    def watch_listeners(self) -> None:
        """Pause while nobody listens, and count down to leaving; called when anything about that changed."""
        if not self._remote.ended:
            self._presence.watch()

    def _on_idle(self, idleness: Idleness) -> None:
        self._dispatch("music_idle", idleness)

    # The node

    def on_message(self, message: WebsocketOP) -> None:
        """Take a message of Lavalink about this player: https://lavalink.dev/api/websocket."""
        if message["op"] == "playerUpdate":
            connected = message["state"]["connected"]
            self._voice.on_report(connected=connected)
            self._scheduler.on_report(message["state"]["position"], connected=connected)
        elif message["op"] == "event" and message["type"] == "WebSocketClosedEvent":
            self._voice.on_closed(message["code"], by_remote=message["byRemote"])
        else:
            self._scheduler.on_track_event(message)

    def on_node_lost(self) -> None:
        """Note that the node is out of reach; it may go on playing, or have forgotten this player."""
        self._remote.on_node_lost()

    def on_node_back(self, *, resumed: bool) -> None:
        """Note that the node is back: with this player as it was (``resumed``), or without."""
        self._remote.on_node_back(resumed=resumed)

    async def restore(self, node: Node) -> None:
        """Play on, on ``node``, from where it was: another node, or the same without its old session.

        Raises LavalinkError, and stays interrupted.
        """
        try:
            await self._playback.restore(node, self._voice)
        except NodeUnreachableError as error:
            if error.is_timeout and self._voice.request is not None:
                self._voice.on_unreachable()
            raise

    def check(self) -> None:
        """Act on a voice connection that is lost and a track that is stalled; called every now and then."""
        self._watchdog.check()

    # A restart of the bot

    def snapshot(self) -> Snapshot:
        """Return what a restart must not lose, as it is now."""
        text_channel_id = None if self.text_channel is None else self.text_channel.id
        return self._playback.snapshot(
            channel_id=self.channel.id, text_channel_id=text_channel_id, stay=self.stay
        )

    async def recover(self, snapshot: Snapshot, reported_ms: int | None) -> None:
        """Go on where the player was of which ``snapshot`` was taken.

        ``reported_ms`` is the position that Lavalink reports, if it plays the track still; otherwise the
        track is restored. Raises RequestRefusedError, or PlayerEndedError where the bot was disconnected.
        """
        self._presence.stay = snapshot.stay
        await self._playback.recover(snapshot, reported_ms)
        if reported_ms is not None and snapshot.play_id is not None and not snapshot.started:
            # It began to play while nobody was there to take the report.
            self._scheduler.on_start()
        self.watch_listeners()

    async def advance_after_end(self) -> None:
        """Go on after a track that ended while nobody was there to take the report."""
        if self._playback.play_id is not None:
            await self._scheduler.on_finished(self._playback.play_id)
