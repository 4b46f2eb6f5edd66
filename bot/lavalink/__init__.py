"""Music on Lavalink nodes; the only package that imports wavelink. It talks by way of `events` only.

* `NodePool` keeps every node connected, searches, makes players, and fails over from a lost node to another
* `Player` plays one guild's queue. Its parts: `voice_connection` (joining, reconnecting), `remote_player`
  (all that is sent to the node), `playback` (what is to be heard), `track_scheduler` (what is next),
  `watchdog` (interruptions and stalls), `presence` (listeners)
* pure, for those: `music_queue`, `position`, `stall`, `track_failures`, `effects`
* `SnapshotSaver` writes a `Snapshot` of each player to the `MusicStore`; `RestartRecovery` goes on from it
* `Track`, `Tracks`, `Requester` are songs and who asked for them; `fallback_track` finds another copy of one
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
from bot.lavalink.music_store import MusicStore
from bot.lavalink.nodes import NodePool
from bot.lavalink.playback import PauseReason
from bot.lavalink.player import Player
from bot.lavalink.restart_recovery import NotRecoveredReason, RestartRecovery
from bot.lavalink.snapshot import Snapshot
from bot.lavalink.snapshot_saver import SnapshotSaver
from bot.lavalink.timings import Timings
from bot.lavalink.tracks import (
    QUERY_LIMIT,
    Requester,
    Track,
    Tracks,
    is_url,
    track_from_json,
    track_to_json,
    without_requester,
)

__all__ = [
    "QUERY_LIMIT",
    "Effect",
    "FilterPayload",
    "JoinTimeoutError",
    "LavalinkError",
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
    "without_requester",
]
