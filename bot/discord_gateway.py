"""discord.py's connection to the gateway, with a heartbeat that is measured where it is sent."""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING

from discord import gateway, shard
from discord.gateway import DiscordWebSocket, KeepAliveHandler

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

BEHIND_SECONDS = 10.0
"""A round trip above which the log is told, as discord.py does."""


class MeasuredHeartbeat(KeepAliveHandler):
    """Heartbeats whose ``latency`` counts from the moment one is written.

    discord.py notes the time in the heartbeat's thread, after the loop has sent it. Near a gateway, or on a
    busy machine, the acknowledgement comes before that, and the latency is a whole interval too long.
    """

    _unanswered_since: float | None = None
    """When the oldest heartbeat without an acknowledgement was written."""

    def sent(self) -> None:
        """Note that a heartbeat is being written now."""
        if self._unanswered_since is None:
            self._unanswered_since = time.perf_counter()
        else:
            self.latency = math.inf  # The one before still has no answer: how long one takes is not known.

    def ack(self) -> None:
        """Note that a heartbeat was acknowledged; called by discord.py."""
        self._last_ack = time.perf_counter()
        if self._unanswered_since is None:
            return
        elapsed, self._unanswered_since = self._last_ack - self._unanswered_since, None
        if self.interval is not None and elapsed >= self.interval:
            # It may belong to a later heartbeat, with one before it never answered.
            self.latency = math.inf
            return
        self.latency = elapsed
        if elapsed > BEHIND_SECONDS:
            log.warning(self.behind_msg, self.shard_id, elapsed)


class GatewaySocket(DiscordWebSocket):
    """One shard's connection."""

    _keep_alive: MeasuredHeartbeat | None  # pyright: ignore[reportIncompatibleVariableOverride] - see `use`

    async def send_heartbeat(self, data: Mapping[str, object]) -> None:
        """Send a heartbeat whose time has come; called by discord.py."""
        self._note_heartbeat()
        await super().send_heartbeat(data)

    async def send_as_json(self, data: Mapping[str, object]) -> None:
        """Send a payload, which may be the first heartbeat or one that the gateway asked for."""
        if data["op"] == self.HEARTBEAT:
            self._note_heartbeat()
        await super().send_as_json(data)

    def _note_heartbeat(self) -> None:
        if self._keep_alive is not None:
            self._keep_alive.sent()


def use() -> None:
    """Let discord.py connect its shards with these classes; it has no setting for that."""
    gateway.KeepAliveHandler = MeasuredHeartbeat
    shard.DiscordWebSocket = GatewaySocket  # pyright: ignore[reportPrivateImportUsage] - where it is looked up
