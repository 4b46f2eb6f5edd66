"""Reads changes while somebody listens, and hands each listener what it may see."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING

import psycopg

from sandbox.supabase.realtime.changes import Change, open_slot, read_changes
from sandbox.supabase.realtime.subscriptions import Filter, SubscriptionError, View, Viewer, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from psycopg import AsyncConnection

    from sandbox.supabase.realtime.changes import Column, Record, Table
    from sandbox.supabase.realtime.channel import Channel
    from sandbox.supabase.realtime.frames import Payload

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
"""Supabase's own ``poll_interval_ms`` is 100, too."""
RETRY_SECONDS = 0.5
MAX_RECORD_BYTES = 1024 * 1024
SMALL_VALUE_BYTES = 64
UNAUTHORIZED = "Error 401: Unauthorized"
TOO_LARGE = "Error 413: Payload Too Large"
NO_KEY = "Error 400: Bad Request, no primary key"


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
                log.info("Realtime reads no changes for now: %s", error)
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
        listeners = [channel for channel in self._channels if channel.confirmed]
        tables = {change.table.oid: change.table for change in changes}
        views = {
            (oid, viewer): await _Seen.look(connection, table, viewer, changes)
            for viewer in {channel.viewer for channel in listeners}
            for oid, table in tables.items()
        }
        for channel in listeners:
            for view in (view for (_, viewer), view in views.items() if viewer == channel.viewer):
                for subscription in channel.subscriptions:
                    if subscription.filter is not None:
                        await view.apply(subscription.filter)
        for index, change in enumerate(changes):
            for channel in listeners:
                view = views.get((change.table.oid, channel.viewer))
                ids = [
                    subscription.id
                    for subscription in channel.subscriptions
                    if subscription.covers(change) and view and view.lets_through(index, subscription.filter)
                ]
                if ids and view:
                    channel.push("postgres_changes", {"ids": ids, "data": view.payload(change)})


class _Seen:
    """One viewer's sight of one table's changes, in one batch."""

    def __init__(self, view: View, changes: dict[int, Change], columns: tuple[Column, ...]) -> None:
        self._view = view
        self._changes = changes
        self._columns = columns
        self._visible: set[int] = set()
        self._matching: dict[Filter, set[int]] = {}
        self._row_security = False
        self._error: str | None = None

    @classmethod
    async def look(
        cls, connection: AsyncConnection, table: Table, viewer: Viewer, changes: Sequence[Change]
    ) -> _Seen:
        """Ask PostgreSQL what ``viewer`` may see."""
        own = {index: change for index, change in enumerate(changes) if change.table.oid == table.oid}
        view = View(connection, table, viewer)
        seen = cls(view, own, await view.columns())
        seen._visible = set(own)
        seen._row_security = await view.row_security()
        if not table.keys:
            seen._error = NO_KEY
        elif not set(table.keys) <= set(seen._columns):
            seen._error = UNAUTHORIZED
        else:
            indexes = list(own)
            seen._visible = {indexes[at] for at in await view.visible(list(own.values()))}
        return seen

    async def apply(self, condition: Filter) -> None:
        """Find out which changes a filter lets through."""
        if condition not in self._matching:
            indexes = list(self._changes)
            matching = await self._view.matching(list(self._changes.values()), condition)
            self._matching[condition] = {indexes[at] for at in matching}

    def lets_through(self, index: int, condition: Filter | None) -> bool:
        """Tell whether a change is shown."""
        return index in self._visible and (condition is None or index in self._matching[condition])

    def payload(self, change: Change) -> Payload:
        """Return the change in the shape of Supabase's, or with the reason why it is not told."""
        data: dict[str, object] = {
            "schema": change.table.schema,
            "table": change.table.name,
            "type": change.kind,
            "commit_timestamp": _milliseconds(change.committed_at),
            "columns": [],
            "errors": None,
        }
        if self._error is not None:
            return {**data, "record": {}, "errors": [self._error]}
        columns = self._columns
        data["columns"] = [{"name": column.name, "type": column.type} for column in columns]
        new, old = shown(change.new, columns), shown(change.old, columns)
        if change.kind == "DELETE" and self._row_security:
            old = shown(old, change.table.keys)
        if len(json.dumps([new, old])) > MAX_RECORD_BYTES:
            new, old = _small_values(new), _small_values(old)
            data["errors"] = [TOO_LARGE]
        if new is not None:
            data["record"] = new
        if change.kind != "INSERT":
            data["old_record"] = old
        return data


def _milliseconds(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _small_values(record: Record | None) -> Record | None:
    if record is None:
        return None
    return {name: value for name, value in record.items() if len(json.dumps(value)) <= SMALL_VALUE_BYTES}
