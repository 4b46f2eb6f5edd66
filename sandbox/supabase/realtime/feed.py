"""Reads changes while somebody listens, and hands each listener what it may see."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import TYPE_CHECKING

import psycopg

from sandbox.supabase.realtime.changes import open_slot, read_changes
from sandbox.supabase.realtime.filters import SubscriptionError
from sandbox.supabase.realtime.views import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection

    from sandbox.supabase.realtime.changes import Change
    from sandbox.supabase.realtime.channel import Channel

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
"""Supabase's own ``poll_interval_ms`` is 100, too."""
RETRY_SECONDS = 0.5


class Feed:
    """The one reader of the write-ahead log; ``channels`` are its listeners."""

    def __init__(self) -> None:
        self._channels: list[Channel] = []
        self._someone = asyncio.Event()

    def add(self, channel: Channel) -> None:
        """Serve a channel; it is told "Subscribed to PostgreSQL" when no later change can escape it."""
        if channel.subscriptions:
            self._channels.append(channel)
            self._someone.set()

    def remove(self, channel: Channel) -> None:
        """Serve a channel no more."""
        if channel in self._channels:
            self._channels.remove(channel)
        if not self._channels:
            self._someone.clear()

    async def run(self, dsn: str) -> None:
        """Serve until cancelled; while PostgreSQL is away changes are lost, as they are with Supabase's."""
        while True:
            await self._someone.wait()
            try:
                async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
                    await open_slot(connection)
                    await self._serve(connection)
            except psycopg.Error as error:
                log.warning("Realtime reads no changes for now: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _serve(self, connection: AsyncConnection) -> None:
        while self._channels:
            changes = await read_changes(connection)
            if changes:
                await self._tell(connection, changes)
            for channel in [channel for channel in self._channels if not channel.confirmed]:
                await self._confirm(connection, channel)
            await asyncio.sleep(0 if changes else POLL_SECONDS)

    async def _confirm(self, connection: AsyncConnection, channel: Channel) -> None:
        try:
            for subscription in channel.subscriptions:
                await subscription.check(connection, channel.viewer.role)
        except SubscriptionError as error:
            channel.system(str(error), ok=False)
            self.remove(channel)
        else:
            channel.confirmed = True
            channel.system("Subscribed to PostgreSQL", ok=True)

    async def _tell(self, connection: AsyncConnection, changes: Sequence[Change]) -> None:
        """Send every change to every channel that asks for it and may see it, in commit order."""
        listeners = {channel: channel.viewer for channel in self._channels if channel.confirmed}
        views = {
            (oid, viewer): View(connection, table, viewer, changes)
            for viewer in set(listeners.values())
            for oid, table in {change.table.oid: change.table for change in changes}.items()
        }
        filters = {subscription.filter for channel in listeners for subscription in channel.subscriptions}
        for view in views.values():
            await view.look(filters)
        for at, change in enumerate(changes):
            for channel, viewer in listeners.items():
                if channel in self._channels:
                    _push(channel, views[change.table.oid, viewer], at, change)


def _push(channel: Channel, view: View, at: int, change: Change) -> None:
    """Send one change: one message to all subscriptions that want the same columns of it."""
    ids: dict[frozenset[str] | None, list[int]] = defaultdict(list)
    for subscription in channel.subscriptions:
        if subscription.covers(change) and view.lets_through(at, subscription.filter):
            ids[subscription.select].append(subscription.id)
    for select, together in ids.items():
        channel.push("postgres_changes", {"ids": together, "data": view.payload(change, select)})
