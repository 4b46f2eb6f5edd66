"""What a node holds: sessions, songs, faults, and the requests it has seen."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NoReturn

from audio_node.server.info import node_info
from audio_node.server.sessions import Sessions
from sandbox.lavalink.loading import load, load_one
from sandbox.lavalink.lyrics import PLUGIN
from sandbox.lavalink.player import Player

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio_node.server.playback import Json
    from audio_node.track import Track
    from sandbox.lavalink.catalogue import Catalogue
    from sandbox.lavalink.faults import TrackFaults
    from sandbox.lavalink.settings import NodeSettings
    from sandbox.lavalink.sounding import Sounding, SoundingPlayer

    AnyPlayer = Player | SoundingPlayer

WORKERS = 10
"""Requests that may hang before the node answers none any more."""
_KEPT_REQUESTS = 500
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """A REST request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    body: object
    at: float


class Node:
    """One Lavalink server's state, free of sockets; with ``sounding``, its players are heard."""

    def __init__(
        self,
        settings: NodeSettings,
        catalogue: Catalogue,
        track_faults: TrackFaults,
        sounding: Sounding | None = None,
    ) -> None:
        self.settings = settings
        self.sounding = sounding
        self.catalogue = catalogue
        self.track_faults = track_faults
        self.sessions: Sessions[AnyPlayer] = Sessions(
            self._new_player,
            stats=lambda: self.stats(with_frames=True),
            stats_interval=settings.stats_interval,
        )
        self.calls: deque[Call] = deque(maxlen=_KEPT_REQUESTS)
        self.audible = asyncio.Event()
        self.audible.set()
        self.hanging = 0
        """Requests that never return."""
        self._started_at = time.monotonic()

    @property
    def password(self) -> str:
        """Return what clients must know."""
        return self.settings.password

    @property
    def players(self) -> list[AnyPlayer]:
        """Return every player of every session."""
        return self.sessions.players

    def info(self) -> Json:
        """Return what the node can do."""
        plugins = [
            {"name": "otonari-stand-in", "version": "1"},
            *([PLUGIN] if self.settings.lyrics_plugin else []),
        ]
        return node_info(self.settings.sources, player=self.settings.lavaplayer, plugins=plugins)

    async def load(self, identifier: str) -> Json:
        """Return the LoadResult of ``identifier``."""
        return load(identifier, self.catalogue, self.track_faults, self.settings.sources)

    async def load_one(self, identifier: str) -> Track:
        """Return the one track of ``identifier``; raises RestError."""
        return load_one(identifier, self.catalogue, self.track_faults)

    def stats(self, *, with_frames: bool) -> Json:
        """Return the statistics (https://lavalink.dev/api/websocket.html#stats-object); memory in bytes."""
        playing = sum(player.track is not None and not player.paused for player in self.players)
        frames = {"sent": 3000 * playing, "nulled": 0, "deficit": 0}
        return {
            "players": len(self.players),
            "playingPlayers": playing,
            "uptime": round((time.monotonic() - self._started_at) * 1000),
            "memory": {
                "free": 96 * _MEGABYTE,
                "used": (160 + len(self.players)) * _MEGABYTE,
                "allocated": 256 * _MEGABYTE,
                "reservable": 512 * _MEGABYTE,
            },
            "cpu": {"cores": 2, "systemLoad": 0.05, "lavalinkLoad": min(0.01 + 0.002 * playing, 1.0)},
            "frameStats": frames if with_frames and playing else None,
        }

    async def hang(self) -> NoReturn:
        """Keep a worker for ever."""
        self.hanging += 1
        await asyncio.Event().wait()
        raise AssertionError  # nobody sets the event

    def calls_as_json(self) -> list[Json]:
        """Return the REST requests seen, oldest first."""
        return [asdict(call) for call in self.calls]

    async def close(self) -> None:
        """End every session."""
        self.sessions.close()
        if self.sounding is not None:
            await self.sounding.close()

    def _new_player(self, guild_id: str, user_id: str, send: Callable[[Json], None]) -> AnyPlayer:
        if self.sounding is not None:
            return self.sounding.new_player(guild_id, user_id, send, self.track_faults)
        return Player(guild_id, settings=self.settings, faults=self.track_faults, send=send)
