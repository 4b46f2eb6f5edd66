"""A node's statistics as Prometheus reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from audio_node.server.playback import Json

_METRICS = {
    "players_current": "Players.",
    "playing_players_current": "Players that play.",
    "uptime_milliseconds": "How long the node has been running.",
    "mem_free_bytes": "Memory of the machine that nobody uses.",
    "mem_used_bytes": "Memory that the node uses.",
    "mem_allocated_bytes": "The same; Java knows a difference.",
    "mem_reservable_bytes": "Memory of the machine.",
    "cpu_cores": "Cores of the machine.",
    "load_system_percentage": "Load of the machine, 0 to 1.",
    "load_lavalink_percentage": "Load by the node, 0 to 1.",
}
"""The gauges of Lavalink's own collector, so that dashboards made for it show this node, too."""


def metrics(stats: Json) -> str:
    """Return ``stats`` as Prometheus reads them.

    https://prometheus.io/docs/instrumenting/exposition_formats/
    """
    memory, cpu = cast("Json", stats["memory"]), cast("Json", stats["cpu"])
    values = [
        *(stats[key] for key in ("players", "playingPlayers", "uptime")),
        *(memory[key] for key in ("free", "used", "allocated", "reservable")),
        *(cpu[key] for key in ("cores", "systemLoad", "lavalinkLoad")),
    ]
    return "".join(
        f"# HELP lavalink_{name} {what}\n# TYPE lavalink_{name} gauge\nlavalink_{name} {value}\n"
        for (name, what), value in zip(_METRICS.items(), values, strict=True)
    )
