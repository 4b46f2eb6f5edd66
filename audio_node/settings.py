"""How a node runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from audio_node.voice.gateway import VoiceOptions

DEFAULT_PASSWORD = "youshallnotpass"  # noqa: S105 - Lavalink's own default, which everybody knows


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """The password, and the pace of what clients are told, in seconds."""

    password: str = DEFAULT_PASSWORD
    player_update_interval: float = 5.0
    stats_interval: float = 60.0
    voice: VoiceOptions = field(default_factory=VoiceOptions)
