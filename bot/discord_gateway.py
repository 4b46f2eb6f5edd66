"""discord.py's connection to the gateway: heartbeats measured where they are sent, no event fatal."""

from __future__ import annotations

import json
import logging
import math
import time
from typing import TYPE_CHECKING, cast

import aiohttp
import discord
from discord import gateway, shard
from discord.gateway import DiscordWebSocket, KeepAliveHandler, ReconnectWebSocket

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
            log.warning("Can't keep up, shard ID %s websocket is %.1fs behind.", self.shard_id, elapsed)


class UnreadableFrameError(ConnectionError):
    """Without what this frame says there is no session; discord.py connects again, after a growing pause."""


class GatewaySocket(DiscordWebSocket):
    """One shard's connection, which outlives events that discord.py cannot read.

    Whatever is raised while one is read would end the process otherwise.
    """

    _frame: str | None = None
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

    def log_receive(self, text: str, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - its hint is wrong
        """Keep the frame that is being read; called by discord.py with the JSON of each."""
        self._frame = text

    async def received_message(self, msg: str | bytes, /) -> None:
        """Act on one frame; log and drop an event that cannot be read. Called by discord.py.

        Raises UnreadableFrameError for one that the session depends on, and what makes discord.py reconnect.
        """
        self._frame = None
        try:
            await super().received_message(msg)
        except (ReconnectWebSocket, discord.ConnectionClosed, aiohttp.ClientError, OSError):
            raise
        except Exception as error:  # Of any kind: the payload is whatever Discord sent.
            name = _dispensable_event(self._frame)
            if name is None:
                await self.close()
                message = "a frame that the session depends on cannot be read"
                raise UnreadableFrameError(message) from error
            log.warning(
                "Shard %s: a %s event cannot be read and is dropped (%s: %s)",
                *(self.shard_id, name, type(error).__name__, error),
            )
            log.debug("Where that %s event could not be read", name, exc_info=error)
        finally:
            self._frame = None

    def _note_heartbeat(self) -> None:
        if self._keep_alive is not None:
            self._keep_alive.sent()


def _dispensable_event(text: str | None) -> str | None:
    """Return the type of an event that the session can do without; None for every other frame."""
    if text is None:
        return None  # It could not be decompressed, nor can what follows.
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):  # Nested deeper than Python follows.
        return "malformed"
    if not isinstance(frame, dict):
        return "malformed"
    fields = cast("dict[str, object]", frame)
    is_needed = fields.get("op") != DiscordWebSocket.DISPATCH or fields.get("t") == "READY"
    return None if is_needed else str(fields.get("t"))


def use() -> None:
    """Let discord.py connect its shards with these classes; it has no setting for that."""
    gateway.KeepAliveHandler = MeasuredHeartbeat
    shard.DiscordWebSocket = GatewaySocket  # pyright: ignore[reportPrivateImportUsage] - where it is looked up
