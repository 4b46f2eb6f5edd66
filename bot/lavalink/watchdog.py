"""Notices that music does not play although it should: a node out of reach, a track that is stalled."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.lavalink.events import Dispatch
    from bot.lavalink.playback import Playback
    from bot.lavalink.remote_player import RemotePlayer
    from bot.lavalink.track_scheduler import TrackScheduler
    from bot.lavalink.voice_connection import VoiceConnection

log = logging.getLogger(__name__)


class Watchdog:
    """Reports an interruption that outlasts ``patience`` seconds, and acts on stalled tracks."""

    def __init__(
        self,
        remote: RemotePlayer,
        voice: VoiceConnection,
        playback: Playback,
        scheduler: TrackScheduler,
        *,
        guild_id: int,
        patience: float,
        dispatch: Dispatch,
    ) -> None:
        self._remote = remote
        self._voice = voice
        self._playback = playback
        self._scheduler = scheduler
        self._guild_id = guild_id
        self._patience = patience
        self._dispatch = dispatch
        self._timer: asyncio.TimerHandle | None = None
        self._reported = False
        """Whether people know of the interruption, and so want to hear of its end."""
        remote.on_interrupted, remote.on_restored = self._on_interrupted, self._on_restored

    def _on_interrupted(self) -> None:
        """Keep the position, and wait for the end; while it lasts, beginning again changes nothing."""
        self._playback.on_interrupted()
        if self._playback.track is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._patience, self._report)

    def _on_restored(self) -> None:
        """Report the end of an interruption whose beginning was reported."""
        self._playback.on_restored()
        reported = self._reported
        self.end()
        if reported:
            self._dispatch("music_restored")

    def end(self) -> None:
        """Wait no more."""
        self._reported = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _report(self) -> None:
        self._reported = True
        self._dispatch("music_interrupted")

    def check(self) -> None:
        """Get a lost voice connection back; have a stalled track sent again, then give it up.

        Called every now and then.
        """
        play_id = self._playback.play_id
        self._voice.check(playing=play_id is not None and not self._playback.paused)
        # What cannot be heard is not the song's fault.
        action = self._playback.check_stall(waiting=self._voice.reconnecting or self._voice.broken)
        if action is None or play_id is None:
            return
        log.warning("Guild %s: the music is stalled at %s ms", self._guild_id, self._playback.position_ms)
        if action == "give_up":
            self._scheduler.on_stuck(play_id)
        else:
            self._remote.interrupt()
