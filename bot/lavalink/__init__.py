"""Music on Lavalink nodes; the only package that imports wavelink.

* `NodePool` keeps the nodes connected, searches, and makes players
* `Player` plays one guild's queue; its docstring names the events that it dispatches
* `Effect` is a sound that a player's music can be given
* `Track`, `Tracks`, `Requester` are songs and who asked for them
* `LavalinkError` and its branches carry the sentences that users read
"""

from bot.lavalink.effects import Effect, FilterPayload, effects_of, payload_of, toggled
from bot.lavalink.errors import (
    JoinTimeoutError,
    LavalinkError,
    LyricsUnavailableError,
    NodeUnreachableError,
    NoLyricsError,
    NoNodeError,
    NothingFoundError,
    PlayerEndedError,
    RequestRefusedError,
    TrackLoadError,
)
from bot.lavalink.lyrics import Lyrics
from bot.lavalink.music_store import MusicStore
from bot.lavalink.nodes import NodePool
from bot.lavalink.playback import PauseReason
from bot.lavalink.player import Player
from bot.lavalink.restart_recovery import NotRecoveredReason, RestartRecovery
from bot.lavalink.snapshot import Snapshot
from bot.lavalink.snapshot_saver import SnapshotSaver
from bot.lavalink.timings import Timings
from bot.lavalink.tracks import Requester, Track, Tracks, is_url, track_from_json, track_to_json

__all__ = [
    "Effect",
    "FilterPayload",
    "JoinTimeoutError",
    "LavalinkError",
    "Lyrics",
    "LyricsUnavailableError",
    "MusicStore",
    "NoLyricsError",
    "NoNodeError",
    "NodePool",
    "NodeUnreachableError",
    "NotRecoveredReason",
    "NothingFoundError",
    "PauseReason",
    "Player",
    "PlayerEndedError",
    "RequestRefusedError",
    "Requester",
    "RestartRecovery",
    "Snapshot",
    "SnapshotSaver",
    "Timings",
    "Track",
    "TrackLoadError",
    "Tracks",
    "effects_of",
    "is_url",
    "payload_of",
    "toggled",
    "track_from_json",
    "track_to_json",
]
