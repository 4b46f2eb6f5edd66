"""A node: clients' sessions, their players, where songs come from; without a socket to listen at."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import TYPE_CHECKING

from audio_node.guild_player import GuildPlayer, PlayerServices
from audio_node.server.info import node_info
from audio_node.server.sessions import Sessions
from audio_node.statistics import Statistics
from audio_node.voice.connections import VoiceConnections

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio_node.loading import Loader
    from audio_node.server.playback import Json
    from audio_node.settings import NodeSettings
    from audio_node.track import Track


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
        self._connections = VoiceConnections(settings.voice)
        self._services = PlayerServices(loader.media, self._connections, settings.player_update_interval)
        self._statistics = Statistics()

    @property
    def password(self) -> str:
        """Return what clients must know."""
        return self._settings.password

    def info(self) -> Json:
        """Return what the node can do."""
        names = [name for source in self._loader.sources for name in source.names]
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
        await self._connections.close()

    def _new_player(self, guild_id: str, user_id: str, send: Callable[[Json], None]) -> GuildPlayer:
        return GuildPlayer(guild_id, user_id, send, self._services)
