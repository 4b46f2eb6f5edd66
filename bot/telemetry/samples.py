"""Rows of ``system_stats`` and ``network_stats``: samples of the bot and of its host."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol

from bot.discord_limits import GATEWAY_HEARTBEAT_SECONDS
from bot.telemetry.host_metrics import HostMetrics
from bot.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config import Settings
    from bot.storage.state import State


LONGEST_PING_MS = GATEWAY_HEARTBEAT_SECONDS * 1000
"""Whoever has no answer by the next heartbeat does not know the round trip."""


class TelemetrySource(Protocol):
    """What telemetry reads from the bot."""

    @property
    def settings(self) -> Settings:
        """The settings."""
        ...

    @property
    def state(self) -> State:
        """What the bot remembers."""
        ...

    @property
    def latency(self) -> float:
        """Gateway round trip in seconds; NaN or infinity while there is none."""
        ...

    @property
    def guilds(self) -> Sequence[object]:
        """The servers that the bot is in."""
        ...

    def lavalink_ping_ms(self) -> float | None:
        """Return the round trip to Lavalink in milliseconds; None where there is none."""
        ...


class Sampler:
    """Takes the samples of one boot, each as a row without id, time and bot."""

    def __init__(self, bot: TelemetrySource) -> None:
        self._bot = bot
        self.metrics = HostMetrics(interfaces=bot.settings.network_interfaces)
        self._boot_id = str(uuid.uuid4())
        self._sequence = 0

    def system(self, status: str) -> dict[str, object]:
        """Return how the process and its host are; raises psutil.Error or OSError."""
        guilds = len(self._bot.guilds)
        return {
            **asdict(self.metrics.sample()),
            "ping_gateway": _possible(self._bot.latency * 1000),
            "ping_lavalink": _possible(self._bot.lavalink_ping_ms()),
            "lavalink_nodes": len(self._bot.settings.lavalink_nodes or ()),
            "server_count": guilds,
            "guild_count": guilds,
            "status": status,
        }

    def network(self) -> dict[str, object] | None:
        """Return the traffic since the sample before; None in the first call. Raises OSError."""
        traffic = self.metrics.traffic()
        if traffic is None:
            return None
        total_bytes = traffic.bytes_sent + traffic.bytes_recv
        row: dict[str, object] = {
            "bytes_sent": traffic.bytes_sent,
            "bytes_recv": traffic.bytes_recv,
            "bytes_total": total_bytes,
            "mb_sent": traffic.bytes_sent / MEBIBYTE,
            "mb_recv": traffic.bytes_recv / MEBIBYTE,
            "mb_total": total_bytes / MEBIBYTE,
            "boot_id": self._boot_id,
            "sequence": self._sequence,
            "interval_seconds": traffic.seconds,
            "counting": self.metrics.counting,
        }
        self._sequence += 1
        return row


def _possible(ping_ms: float | None) -> float | None:
    """Return a round trip in milliseconds; None, unknown, where it is none (as before the gateway is up)."""
    return ping_ms if ping_ms is not None and 0 <= ping_ms < LONGEST_PING_MS else None
