"""What a node holds: sessions, songs, faults, and the requests it has seen."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NoReturn

from audio_node.server.rest import VERSION
from audio_node.server.session import Session
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

_FILTERS = [
    "volume", "equalizer", "karaoke", "timescale", "tremolo", "vibrato", "distortion", "rotation",
    "channelMix", "lowPass",
]  # fmt: skip
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
    """One Lavalink server's state, free of sockets."""

    def __init__(self, settings: NodeSettings, catalogue: Catalogue, track_faults: TrackFaults) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self.track_faults = track_faults
        self.sessions: dict[str, Session[Player]] = {}
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
    def players(self) -> list[Player]:
        """Return every player of every session."""
        return [player for session in self.sessions.values() for player in session.players.values()]

    def waiting_session(self, session_id: str | None) -> Session[Player] | None:
        """Return the session of this id if it waits for its client to come back."""
        session = self.sessions.get(session_id or "")
        return session if session is not None and session.is_waiting else None

    def new_session(self, user_id: str) -> Session[Player]:
        """Open a session for the bot ``user_id``."""
        session = Session(
            user_id,
            new_player=self._new_player,
            stats=lambda: self.stats(with_frames=True),
            stats_interval=self.settings.stats_interval,
            expired=self._forget,
        )
        self.sessions[session.id] = session
        return session

    def forget(self) -> None:
        """End every session, as a process that dies does."""
        for session in list(self.sessions.values()):
            self._forget(session)

    def info(self) -> Json:
        """Return what the node can do."""
        major, minor, patch = (int(number) for number in VERSION.split("."))
        return {
            "version": {
                "semver": VERSION, "major": major, "minor": minor, "patch": patch,
                "preRelease": None, "build": None,
            },
            "buildTime": 1_760_000_000_000,
            "git": {"branch": "sandbox", "commit": "0000000", "commitTime": 1_760_000_000_000},
            "jvm": "17.0.16",
            "lavaplayer": self.settings.lavaplayer,
            "sourceManagers": list(self.settings.sources),
            "filters": _FILTERS,
            "plugins": [
                {"name": "otonari-stand-in", "version": "1"},
                *([PLUGIN] if self.settings.lyrics_plugin else []),
            ],
        }  # fmt: skip

    async def load(self, identifier: str) -> Json:
        """Return the LoadResult of ``identifier``."""
        return load(identifier, self.catalogue, self.track_faults, self.settings.sources)

    async def load_one(self, identifier: str) -> Track:
        """Return the one track of ``identifier``; raises RestError."""
        return load_one(identifier, self.catalogue, self.track_faults)

    async def connecting(self, endpoint: str) -> None:
        """Keep a worker for ever where the fault says so."""
        if self.track_faults.take(endpoint, "voice_unreachable"):
            await self.hang()

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

    def _new_player(self, guild_id: str, send: Callable[[Json], None]) -> Player:
        return Player(guild_id, settings=self.settings, faults=self.track_faults, send=send)

    def _forget(self, session: Session[Player]) -> None:
        self.sessions.pop(session.id, None)
        session.close()
