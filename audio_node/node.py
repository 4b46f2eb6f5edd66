"""A node: clients' sessions, their players, where songs come from; without a socket to listen at."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import aiohttp

from audio_node.guild_player import GuildPlayer
from audio_node.server.info import node_info
from audio_node.server.sessions import Sessions
from audio_node.statistics import Statistics
from audio_node.voice.connection import VoiceConnection
from audio_node.voice.pacer import Pacer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from audio_node.loading import Loader
    from audio_node.server.playback import Json
    from audio_node.settings import NodeSettings
    from audio_node.track import Track
    from audio_node.voice.connection import VoiceListener
    from audio_node.voice.sender import PacketProvider


class AudioNode:
    """Implements `audio_node.server.rest.Node`; made in a running loop, closed in the same."""

    def __init__(self, settings: NodeSettings, loader: Loader) -> None:
        self.audible = asyncio.Event()
        self.audible.set()
        self.sessions = Sessions(
            self._new_player,
            stats=lambda: self.stats(with_frames=True),
            stats_interval=settings.stats_interval,
        )
        self._settings = settings
        self._loader = loader
        self._http = aiohttp.ClientSession()
        self._pacer = Pacer()
        self._statistics = Statistics()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def password(self) -> str:
        """Return what clients must know."""
        return self._settings.password

    def info(self) -> Json:
        """Return what the node can do."""
        names = [source.name for source in self._loader.sources]
        return node_info(names, player=f"PyAV {version('av')}", plugins=[])

    def stats(self, *, with_frames: bool) -> Json:
        """Return the statistics."""
        return self._statistics.as_json(self.sessions.players, with_frames=with_frames)

    async def load(self, identifier: str) -> Json:
        """Return the LoadResult of ``identifier``."""
        return await self._loader.load(identifier)

    async def load_one(self, identifier: str) -> Track:
        """Return the one track of ``identifier``; raises RestError."""
        return await self._loader.load_one(identifier)

    async def close(self) -> None:
        """End every session, and wait until its voice connections are gone."""
        self.sessions.close()
        while self._tasks:
            await asyncio.wait(self._tasks)
        await asyncio.to_thread(self._pacer.close)
        await self._http.close()

    def _new_player(self, guild_id: str, user_id: str, send: Callable[[Json], None]) -> GuildPlayer:
        return GuildPlayer(
            guild_id,
            user_id,
            send,
            find_media=self._loader.media,
            new_connection=self._new_connection,
            update_interval=self._settings.player_update_interval,
            spawn=self._spawn,
        )

    def _new_connection(self, provider: PacketProvider, listener: VoiceListener) -> VoiceConnection:
        return VoiceConnection(self._http, self._pacer, provider, listener, self._settings.voice)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
