"""Saves what plays, all the time, so that a killed bot can recover it."""

from __future__ import annotations

import asyncio
import logging
import math
import sqlite3
from typing import TYPE_CHECKING, Protocol

from bot.background_tasks import cancel_and_wait
from bot.lavalink.music_store import Changes, Saved
from bot.waiting import happens

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bot.lavalink.music_store import MusicStore
    from bot.lavalink.snapshot import Snapshot

log = logging.getLogger(__name__)

GATHERING = 0.05
"""Seconds in which changes gather before they are written together."""

SIGN_OF_LIFE = 60.0
"""Seconds after which even a player whose position does not change is saved, so that a restart knows how
long it took."""


class SavedPlayer(Protocol):
    """A player, as far as it is saved."""

    @property
    def guild_id(self) -> int:
        """The guild's id."""
        ...

    def snapshot(self) -> Snapshot:
        """Return what a restart must not lose, as it is now."""
        ...


class SavedNodes(Protocol):
    """The nodes and their players, as far as they are saved."""

    on_change: Callable[[], None]
    """Called whenever a player changed."""

    @property
    def players(self) -> Sequence[SavedPlayer]:
        """Every player."""
        ...

    @property
    def sessions(self) -> Mapping[str, str]:
        """Lavalink's session id by the node's URI."""
        ...

    @property
    def expected(self) -> Collection[int]:
        """Guilds that have yet to be recovered: what is saved of them is still needed."""
        ...


class SnapshotSaver:
    """Looks at every player each second, and right after a change, and writes what differs, in a thread.

    Where nothing plays it sleeps until a change.
    """

    def __init__(self, store: MusicStore, nodes: SavedNodes, *, interval: float) -> None:
        """Save to ``store`` what plays on ``nodes``, every ``interval`` seconds at least."""
        self._store = store
        self._nodes = nodes
        self._interval = interval
        self._written: dict[int, Snapshot] = {}
        self._written_sessions: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._failing = False
        self._saving = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def load(self) -> Saved:
        """Return what the process before left, and begin to save."""
        saved = Saved()
        try:
            saved = await asyncio.to_thread(self._store.load)
        except (sqlite3.Error, OSError) as error:
            log.error("What played before cannot be read: %s", error)  # noqa: TRY400
        self._written = dict(saved.players)
        self._written_sessions = dict(saved.sessions)
        self._nodes.on_change = self._changed.set
        self._task = asyncio.create_task(self._run(), name="snapshot saver")
        return saved

    async def close(self) -> None:
        """Save a last time; the players that end from now on stay saved."""
        if self._task is not None:
            await cancel_and_wait(self._task)
            self._task = None
            await self._save()
        await asyncio.to_thread(self._store.close)

    async def forget_requester(self, user_id: int) -> None:
        """Save without this person's name what was saved with it."""
        async with self._saving:
            changes = Changes()
            for guild_id, saved in self._written.items():
                without = saved.without_requester(user_id)
                if without.songs != saved.songs:
                    changes.whole[guild_id] = without
            if changes:
                await self._write(changes)

    async def _run(self) -> None:
        while True:
            if await happens(self._changed, within=math.inf if self._is_idle else self._interval):
                await asyncio.sleep(GATHERING)
            self._changed.clear()
            # Shielded: a write that is under way in its thread is seen to its end.
            await asyncio.shield(self._save())

    @property
    def _is_idle(self) -> bool:
        nodes = self._nodes
        return not (nodes.players or nodes.expected or self._written or self._failing)

    async def _save(self) -> None:
        async with self._saving:
            changes = self._changes()
            if changes:
                await self._write(changes)

    async def _write(self, changes: Changes) -> None:
        try:
            await asyncio.to_thread(self._store.write, changes)
        except (sqlite3.Error, OSError) as error:
            if not self._failing:
                log.error("What plays cannot be saved: %s", error)  # noqa: TRY400
            self._failing = True
            return
        self._failing = False
        self._written |= changes.status | changes.whole
        for guild_id in changes.gone:
            del self._written[guild_id]
        self._written_sessions |= changes.sessions

    def _changes(self) -> Changes:
        changes = Changes()
        expected = self._nodes.expected
        # A player whose music is still being recovered is empty: what is saved is what counts.
        now = {
            player.guild_id: player.snapshot()
            for player in self._nodes.players
            if player.guild_id not in expected
        }
        for guild_id, snapshot in now.items():
            before = self._written.get(guild_id)
            if before is None or snapshot.songs != before.songs:
                changes.whole[guild_id] = snapshot
            elif not snapshot.same_but_for_time(before) or snapshot.saved_at - before.saved_at > SIGN_OF_LIFE:
                changes.status[guild_id] = snapshot
        changes.gone = [
            guild_id for guild_id in self._written if guild_id not in now and guild_id not in expected
        ]
        changes.sessions = {
            uri: session_id
            for uri, session_id in self._nodes.sessions.items()
            if self._written_sessions.get(uri) != session_id
        }
        return changes
