"""How a node runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """Password, and the pace of things in seconds; ``time_scale`` 60 plays a minute of music in a second."""

    password: str = "youshallnotpass"  # noqa: S105 - Lavalink's own default
    time_scale: float = 1.0
    player_update_interval: float = 5.0
    stats_interval: float = 60.0
    lyrics_plugin: bool = True
    """Whether the node has LavaLyrics."""
    seek_lag: float = 1.0
    """For which reports after a seek may still tell the old position."""
    sources: tuple[str, ...] = ("youtube", "soundcloud", "http")
    """Those that are switched on; what another one knows loads as nothing."""
    lavaplayer: str = "2.2.6"
    """Version of the library that plays; this one counts Ogg from 0 after a seek, 2.2.7 does not."""
