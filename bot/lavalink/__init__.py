"""Music on Lavalink nodes; the only package that imports wavelink.

* `NodePool` keeps the nodes connected, searches, and makes players
* `Player` plays one guild's queue; its docstring names the events that it dispatches
* `Effect` is a sound that a player's music can be given
* `Track`, `Tracks`, `Requester` are songs and who asked for them
* `LavalinkError` and its branches carry the sentences that users read
"""

from bot.lavalink.errors import (
    JoinTimeoutError,
    LavalinkError,
    NodeUnreachableError,
    NoNodeError,
    NothingFoundError,
    RequestRefusedError,
    TrackLoadError,
)
from bot.lavalink.filters import Effect, toggled
from bot.lavalink.nodes import NodePool
from bot.lavalink.player import Player
from bot.lavalink.timings import Timings
from bot.lavalink.tracks import Requester, Track, Tracks, is_url

__all__ = [
    "Effect",
    "JoinTimeoutError",
    "LavalinkError",
    "NoNodeError",
    "NodePool",
    "NodeUnreachableError",
    "NothingFoundError",
    "Player",
    "RequestRefusedError",
    "Requester",
    "Timings",
    "Track",
    "TrackLoadError",
    "Tracks",
    "is_url",
    "toggled",
]
