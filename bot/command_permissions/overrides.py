"""What servers decided about the bot's commands: read when it is first needed, kept current by events."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

from bot.background_tasks import BackgroundTasks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.command_permissions.decision import Override

    Overrides: TypeAlias = Mapping[int, tuple[Override, ...]]
    """Of one server, by the id of the command, or of the application for all commands."""

log = logging.getLogger(__name__)

GUILDS = 10_000
OVERRIDES = 20_000
"""Of all servers together, some 150 bytes each; beyond, the server that was asked about longest ago goes."""
WAIT_SECONDS = 5.0
"""How long a command waits for them."""
RETRY_SECONDS = 60.0
"""How long nobody asks again after Discord did not answer."""


class OverrideCache:
    """The overrides of the servers asked about last."""

    def __init__(
        self, read: Callable[[int], Awaitable[Overrides]], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._now = now
        self._known: OrderedDict[int, dict[int, tuple[Override, ...]]] = OrderedDict()
        self._size = 0
        self._reading: dict[int, asyncio.Task[None]] = {}
        self._meanwhile: dict[int, dict[int, tuple[Override, ...]]] = {}
        """What events told while a server was being read."""
        self._retry_at: OrderedDict[int, float] = OrderedDict()
        self._tasks = BackgroundTasks("reading command permissions")

    async def close(self) -> None:
        """End what is being read."""
        await self._tasks.close()

    async def of(self, guild_id: int) -> Overrides | None:
        """Return a server's overrides; None where Discord does not tell them now."""
        if guild_id in self._known:
            self._known.move_to_end(guild_id)
            return self._known[guild_id]
        if self._now() < self._retry_at.get(guild_id, 0.0):
            return None
        if guild_id not in self._reading:
            self._reading[guild_id] = self._tasks.spawn(self._load(guild_id))
        await asyncio.wait({self._reading[guild_id]}, timeout=WAIT_SECONDS)
        return self._known.get(guild_id)

    def update(self, guild_id: int, target_id: int, overrides: tuple[Override, ...]) -> None:
        """Take over what a server decided now about a command, or about the application."""
        if guild_id in self._reading:
            self._meanwhile.setdefault(guild_id, {})[target_id] = overrides
        elif guild_id in self._known:
            self._keep(guild_id, {**self._known[guild_id], target_id: overrides})

    def forget(self, guild_id: int) -> None:
        """Forget a server, so that it is read again; what is being read of it does not count either."""
        self._drop(guild_id)
        self._reading.pop(guild_id, None)
        self._meanwhile.pop(guild_id, None)
        self._retry_at.pop(guild_id, None)

    def forget_all(self) -> None:
        """Forget every server, after a time in which events may have been missed."""
        for guild_id in [*self._known, *self._reading, *self._retry_at]:
            self.forget(guild_id)

    async def _load(self, guild_id: int) -> None:
        try:
            found = await self._read(guild_id)
        except Exception as error:  # noqa: BLE001 - also an answer that cannot be read: the defaults hold
            log.warning("Command permissions of guild %s cannot be read: %r", guild_id, error)
            self._retry_at[guild_id] = self._now() + RETRY_SECONDS
            while len(self._retry_at) > GUILDS:
                self._retry_at.popitem(last=False)
        else:
            if self._reading.get(guild_id) is asyncio.current_task():
                self._keep(guild_id, {**found, **self._meanwhile.pop(guild_id, {})})
        finally:
            if self._reading.get(guild_id) is asyncio.current_task():
                del self._reading[guild_id]
                self._meanwhile.pop(guild_id, None)

    def _keep(self, guild_id: int, overrides: dict[int, tuple[Override, ...]]) -> None:
        self._drop(guild_id)
        self._known[guild_id] = {target: entries for target, entries in overrides.items() if entries}
        self._size += _count(overrides)
        while len(self._known) > 1 and (len(self._known) > GUILDS or self._size > OVERRIDES):
            self._drop(next(iter(self._known)))

    def _drop(self, guild_id: int) -> None:
        self._size -= _count(self._known.pop(guild_id, {}))


def _count(overrides: Overrides) -> int:
    return sum(map(len, overrides.values()))
