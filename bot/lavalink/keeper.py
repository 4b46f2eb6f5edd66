"""Saves what plays, all the time, so that a killed bot can go on."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from typing import TYPE_CHECKING

from bot.lavalink.music_store import Changes, Saved
from bot.waiting import happens

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bot.lavalink.music_store import MusicStore
    from bot.lavalink.player import Player
    from bot.lavalink.snapshot import Snapshot

log = logging.getLogger(__name__)

GATHERING = 0.05
"""Seconds in which changes gather before they are written together."""

SIGN_OF_LIFE = 60.0
"""Seconds after which even a player that stands still is saved, so that a restart knows how long it took."""


class MusicKeeper:
    """Looks at every player each second, and right after a change, and writes what differs, in a thread."""

    def __init__(
        self,
        store: MusicStore,
        *,
        players: Callable[[], Sequence[Player]],
        sessions: Callable[[], Mapping[str, str]],
        awaited: Callable[[], Collection[int]],
        interval: float,
    ) -> None:
        self._store = store
        self._players = players
        self._sessions = sessions
        self._awaited = awaited
        """Guilds whose saved state is still needed although they have no player yet."""
        self._interval = interval
        self._written: dict[int, Snapshot] = {}
        self._written_sessions: dict[str, str] = {}
        self._news = asyncio.Event()
        self._broken = False
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
        self._task = asyncio.create_task(self._keep(), name="music keeper")
        return saved

    def note(self) -> None:
        """Save soon: something changed."""
        self._news.set()

    async def close(self) -> None:
        """Save a last time; the players that end from now on stay saved."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
            await self._save()
        await asyncio.to_thread(self._store.close)

    async def _keep(self) -> None:
        while True:
            if await happens(self._news, within=self._interval):
                await asyncio.sleep(GATHERING)
            self._news.clear()
            # Shielded: a write that is under way in its thread is seen to its end.
            await asyncio.shield(self._save())

    async def _save(self) -> None:
        async with self._saving:
            changes = self._changes()
            if changes:
                await self._write(changes)

    async def _write(self, changes: Changes) -> None:
        try:
            await asyncio.to_thread(self._store.write, changes)
        except (sqlite3.Error, OSError) as error:
            if not self._broken:
                log.error("What plays cannot be saved: %s", error)  # noqa: TRY400
            self._broken = True
            return
        self._broken = False
        self._written |= changes.status | changes.whole
        for guild_id in changes.gone:
            del self._written[guild_id]
        self._written_sessions |= changes.sessions

    def _changes(self) -> Changes:
        changes = Changes()
        awaited = self._awaited()
        # A player whose music is still coming back is empty: what is saved is what counts.
        now = {
            player.guild_id: player.snapshot() for player in self._players() if player.guild_id not in awaited
        }
        for guild_id, snapshot in now.items():
            before = self._written.get(guild_id)
            if before is None or snapshot.songs != before.songs:
                changes.whole[guild_id] = snapshot
            elif not snapshot.same_but_for_time(before) or snapshot.saved_at - before.saved_at > SIGN_OF_LIFE:
                changes.status[guild_id] = snapshot
        changes.gone = [
            guild_id for guild_id in self._written if guild_id not in now and guild_id not in awaited
        ]
        sessions = self._sessions()
        changes.sessions = {
            uri: session_id
            for uri, session_id in sessions.items()
            if self._written_sessions.get(uri) != session_id
        }
        return changes
