"""What a viewer may see of a table's changes: privileges, row level security, filters.

The rules are those of Supabase's ``realtime.apply_rls``: a row is shown if the subscriber's role, with the
claims of its token, can select it by its primary key, and of it the columns that the role may select.
Source: https://supabase.com/docs/guides/realtime/postgres-changes
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, LiteralString, cast

from psycopg import sql

from sandbox.supabase.realtime.filters import typed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from psycopg import AsyncConnection

    from sandbox.supabase.realtime.changes import Change, Column, Record, Table
    from sandbox.supabase.realtime.filters import Filter
    from sandbox.supabase.realtime.frames import Payload
    from sandbox.supabase.realtime.subscriptions import Viewer

MAX_RECORD_BYTES = 1024 * 1024
SMALL_VALUE_BYTES = 64
"""Of a record that is too large, the values up to this size are shown."""
UNAUTHORIZED = "Error 401: Unauthorized"
TOO_LARGE = "Error 413: Payload Too Large"
NO_KEY = "Error 400: Bad Request, no primary key"

SELECTABLE: LiteralString = """
select attname from pg_attribute
where attrelid = %s and attnum > 0 and not attisdropped
    and has_column_privilege(%s, attrelid, attnum, 'SELECT')
"""
BECOME: LiteralString = """
select set_config('role', %s, true), set_config('request.jwt.claims', %s, true),
    set_config('request.jwt.claim.sub', %s, true), set_config('request.jwt.claim.role', %s, true)
"""
"""auth.uid() and auth.role() read the last two in lite, the claims in a hosted project."""
ROW_SECURITY: LiteralString = "select relrowsecurity from pg_class where oid = %s"


class View:
    """One viewer's sight of one table's changes, in one batch; changes go by their index in the batch."""

    def __init__(
        self, connection: AsyncConnection, table: Table, viewer: Viewer, changes: Sequence[Change]
    ) -> None:
        self._connection = connection
        self._table = table
        self._viewer = viewer
        self._changes = [(at, change) for at, change in enumerate(changes) if change.table.oid == table.oid]
        self._columns: tuple[Column, ...] = ()
        self._row_security = False
        self._error: str | None = None
        self._visible: set[int] = set()
        self._matching: dict[Filter, set[int]] = {}

    async def look(self, filters: set[Filter]) -> None:
        """Ask PostgreSQL what the viewer may see, and which of it each of ``filters`` lets through."""
        selectable = await self._connection.execute(SELECTABLE, [self._table.oid, self._viewer.role])
        names = {row[0] for row in await selectable.fetchall()}
        self._columns = tuple(column for column in self._table.columns if column.name in names)
        row_security = await self._connection.execute(ROW_SECURITY, [self._table.oid])
        self._row_security = await row_security.fetchone() == (True,)
        self._visible = {at for at, _ in self._changes}
        if not self._table.keys:
            self._error = NO_KEY
        elif not {key.name for key in self._table.keys} <= names:
            self._error = UNAUTHORIZED
        elif self._row_security:
            self._visible = await self._selectable_rows()
        for conditions in filters:
            self._matching[conditions] = await self._matches(conditions)

    def lets_through(self, at: int, conditions: Filter) -> bool:
        """Tell whether a change is shown to a subscription with this filter."""
        return at in self._visible and (not conditions or at in self._matching[conditions])

    def payload(self, change: Change, select: frozenset[str] | None) -> Payload:
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
        columns = [column for column in self._columns if select is None or column.name in select]
        data["columns"] = [{"name": column.name, "type": column.type} for column in columns]
        new, old = _shown(change.new, columns), _shown(change.old, columns)
        if change.kind == "DELETE" and self._row_security:
            old = _shown(old, self._table.keys)
        if len(json.dumps([new, old])) > MAX_RECORD_BYTES:
            new, old = _small_values(new), _small_values(old)
            data["errors"] = [TOO_LARGE]
        if new is not None:
            data["record"] = new
        if change.kind != "INSERT":
            data["old_record"] = old
        return data

    async def _selectable_rows(self) -> set[int]:
        """Return the changes whose row the viewer can select now, and all deletions.

        A deleted row cannot be asked for any more: Realtime shows everybody its key.
        """
        deleted = {at for at, change in self._changes if change.new is None}
        present = [(at, change.new) for at, change in self._changes if change.new is not None]
        if not present:
            return deleted
        keys = self._table.keys
        query = sql.SQL("select v.i from {} as v join {} as t on {}").format(
            _values_list(keys, len(present)),
            self._table.identifier,
            sql.SQL(" and ").join(sql.SQL("t.{0} = v.{0}").format(sql.Identifier(key.name)) for key in keys),
        )
        viewer = self._viewer
        async with self._connection.transaction(force_rollback=True):
            await self._connection.execute(BECOME, [viewer.role, viewer.claims, viewer.subject, viewer.role])
            cursor = await self._connection.execute(query, _values(keys, present))
            return deleted | {cast("int", row[0]) for row in await cursor.fetchall()}

    async def _matches(self, conditions: Filter) -> set[int]:
        """Return the changes that a filter lets through, compared as PostgreSQL compares."""
        used = {condition.column for condition in conditions}
        columns = [column for column in self._table.columns if column.name in used]
        rows = [(at, change.new or change.old or {}) for at, change in self._changes]
        present = [(at, row) for at, row in rows if used <= row.keys()]
        if not conditions or len(columns) < len(used) or not present:
            return set()
        types = {column.name: column.sql_type for column in columns}
        query = sql.SQL("select v.i from {} as v where {}").format(
            _values_list(columns, len(present)),
            sql.SQL(" and ").join(condition.to_sql(types[condition.column]) for condition in conditions),
        )
        constants = [value for condition in conditions for value in condition.parameters]
        cursor = await self._connection.execute(query, [*_values(columns, present), *constants])
        return {cast("int", row[0]) for row in await cursor.fetchall()}


def _values_list(columns: Sequence[Column], length: int) -> sql.Composed:
    """Return ``(values (%s::int, %s::type, …), …)`` with the names ``i`` and the columns'."""
    casts = [typed("int"), *(typed(column.sql_type) for column in columns)]
    line = sql.SQL("({})").format(sql.SQL(", ").join(casts))
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    lines = sql.SQL(", ").join([line] * length)
    return sql.SQL("(select * from (values {}) as v(i, {}))").format(lines, names)


def _values(columns: Sequence[Column], rows: Sequence[tuple[int, Record]]) -> list[int | str | None]:
    return [value for at, row in rows for value in (at, *(_text(row[column.name]) for column in columns))]


def _text(value: object) -> str | None:
    """Return a JSON value in the text form that a cast takes."""
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _shown(record: Record | None, columns: Sequence[Column]) -> Record | None:
    if record is None:
        return None
    names = {column.name for column in columns}
    return {name: value for name, value in record.items() if name in names}


def _small_values(record: Record | None) -> Record | None:
    if record is None:
        return None
    return {name: value for name, value in record.items() if len(json.dumps(value)) <= SMALL_VALUE_BYTES}


def _milliseconds(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
