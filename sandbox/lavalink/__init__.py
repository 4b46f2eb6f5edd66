"""Lavalink v4 on loopback: REST, websocket, a playback clock, songs to find, and faults on demand."""

from sandbox.lavalink.catalogue import catalogue_songs
from sandbox.lavalink.stand_in import LavalinkNodes, LavalinkStandIn

__all__ = ("LavalinkNodes", "LavalinkStandIn", "catalogue_songs")
