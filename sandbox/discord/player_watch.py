"""Turns the Lavalink stand-in's list of players into ``player_update`` events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sandbox.tasks import cancel

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.discord.events import EventLog
    from sandbox.discord.wire import Json

PERIOD = 0.5
"""Seconds between looks."""
JUMP = 1500
"""Milliseconds by which a position may differ from where it should be before it counts as a seek."""


class PlayerWatch:
    """Looks at the players regularly and logs what a person would notice: track, pause, seek, end."""

    def __init__(self, events: EventLog, players: Callable[[], list[Json]]) -> None:
        self._events = events
        self._players = players
        self._known: dict[str, Json] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on."""
        self._task = asyncio.create_task(self._run(), name="discord-player-watch")

    async def close(self) -> None:
        """Stop looking."""
        await cancel(self._task)
        self._task = None

    async def _run(self) -> None:
        while True:
            self.look(PERIOD)
            await asyncio.sleep(PERIOD)

    def look(self, elapsed: float) -> None:
        """Compare with the last look, ``elapsed`` seconds ago, and log what changed."""
        # Of a guild's players on several nodes the last one counts.
        present = {player["guild_id"]: player for player in self._players()}
        for guild_id, player in present.items():
            if _differs(self._known.get(guild_id), player, elapsed):
                self._events.add("player_update", player)
        for guild_id in self._known.keys() - present.keys():
            self._events.add("player_update", {**self._known[guild_id], "title": None, "channel_id": None})
        self._known = present


def _differs(old: Json | None, new: Json, elapsed: float) -> bool:
    if old is None or any(old.get(key) != value for key, value in new.items() if key != "position_ms"):
        return True
    moving = not new["paused"] and new["title"] is not None
    expected = old["position_ms"] + (elapsed * 1000 if moving else 0)
    return abs(new["position_ms"] - expected) > JUMP
