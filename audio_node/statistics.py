"""What a node measures of itself (https://lavalink.dev/api/websocket.html#stats-object)."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import psutil

from audio_node.audio.opus import FRAME_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audio_node.guild_player import GuildPlayer
    from audio_node.server.playback import Json

_FRAMES_A_MINUTE = 60_000 // FRAME_MS


class Statistics:
    """Measures the process and its players; frames are those since the call before, for each minute."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first call measures nothing
        psutil.cpu_percent()
        self._counted: dict[GuildPlayer, tuple[int, int]] = {}
        self._counted_at = self._began

    def as_json(self, players: Sequence[GuildPlayer], *, with_frames: bool) -> Json:
        """Return the stats object; memory in bytes, load as a share of all cores, uptime in milliseconds."""
        memory, whole = self._process.memory_info(), psutil.virtual_memory()
        cores = os.cpu_count() or 1
        return {
            "players": len(players),
            "playingPlayers": sum(player.playing for player in players),
            "uptime": round((time.monotonic() - self._began) * 1000),
            "memory": {
                "free": whole.available,
                "used": memory.rss,
                "allocated": memory.rss,
                "reservable": whole.total,
            },
            "cpu": {
                "cores": cores,
                "systemLoad": psutil.cpu_percent() / 100,
                "lavalinkLoad": self._process.cpu_percent() / 100 / cores,
            },
            "frameStats": self._frames(players) if with_frames else None,
        }

    def _frames(self, players: Sequence[GuildPlayer]) -> Json | None:
        """Return the average of the players that played all the time, None where none did."""
        now = time.monotonic()
        minutes, self._counted_at = (now - self._counted_at) / 60, now
        before = self._counted
        self._counted = {
            player: (player.counts.sent, player.counts.nulled)
            for player in players
            if player.playing and player.connected
        }
        stayed = self._counted.keys() & before.keys()
        if not stayed or minutes <= 0:
            return None
        share = 1 / (len(stayed) * minutes)
        sent = round(share * sum(self._counted[player][0] - before[player][0] for player in stayed))
        nulled = round(share * sum(self._counted[player][1] - before[player][1] for player in stayed))
        return {"sent": sent, "nulled": nulled, "deficit": _FRAMES_A_MINUTE - sent - nulled}
