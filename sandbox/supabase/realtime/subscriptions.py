"""What a client asks to be told, and which changes it may be told: filters, privileges, row level security.

The rules are those of Supabase's ``realtime.apply_rls``: a row is shown if the subscriber's role, with the
claims of its token, can select it by its primary key, and only the columns that the role may select.
Source: https://supabase.com/docs/guides/realtime/postgres-changes
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString, cast

import psycopg
from psycopg import sql

from sandbox.supabase.errors import StackError
from sandbox.supabase.realtime.changes import PUBLICATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection

    from sandbox.supabase.keys import Claims
    from sandbox.supabase.realtime.changes import Change, Column, Record, Table
    from sandbox.supabase.realtime.frames import Payload

OPERATORS: dict[str, LiteralString] = {
    "eq": "=",
    "neq": "<>",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "in": "in",
}
PUBLISHED: LiteralString = """
select to_regclass(format('%%I.%%I', schemaname, tablename))::oid
from pg_publication_tables where pubname = %s and schemaname = %s and (%s = '*' or tablename = %s)
"""
COLUMN_TYPE: LiteralString = """
select format_type(atttypid, atttypmod) from pg_attribute
where attrelid = %s and attname = %s and attnum > 0 and not attisdropped
    and has_column_privilege(%s, attrelid, attnum, 'SELECT')
"""
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


class SubscriptionError(StackError):
    """A subscription names no published table, or filters by what cannot be compared."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """On whose behalf changes are read."""

    role: str
    claims: str
    """The token's claims as JSON."""
    subject: str

    @classmethod
    def of(cls, claims: Claims) -> Viewer:
        """Return the viewer whom a token with ``claims`` stands for."""
        return cls(str(claims.get("role")), json.dumps(dict(claims)), str(claims.get("sub") or ""))


@dataclass(frozen=True, slots=True)
class Filter:
    """``column=operator.value``, one column at most."""

    column: str
    operator: str
    values: tuple[str, ...]

    @classmethod
    def parse(cls, raw: object) -> Filter | None:
        """Return the filter a client sent, None if it sent none; raises SubscriptionError."""
        if not raw:
            return None
        matched = re.fullmatch(r"([^=]+)=(\w+)\.(.*)", str(raw), re.DOTALL)
        if matched is None or matched[2] not in OPERATORS:
            raise SubscriptionError(f"Error parsing filter params: {raw}")
        column, operator, value = matched.groups()
        values = value.strip("()").split(",") if operator == "in" else [value]
        return cls(column.strip(), operator, tuple(values))

    async def check(self, connection: AsyncConnection, table: int, role: str) -> None:
        """Raise SubscriptionError unless ``role`` may compare the column of ``table`` with the values."""
        cursor = await connection.execute(COLUMN_TYPE, [table, self.column, role])
        found = await cursor.fetchone()
        if found is None:
            raise SubscriptionError(f"invalid column for filter {self.column}")
        try:
            for value in self.values:
                await connection.execute(sql.SQL("select %s::" + cast("LiteralString", found[0])), [value])
        except psycopg.DataError as error:
            raise SubscriptionError(str(error.diag.message_primary)) from error


@dataclass(frozen=True, slots=True)
class Subscription:
    """One ``postgres_changes`` binding of a channel; ``table`` may be ``*``."""

    id: int
    event: str
    schema: str
    table: str
    filter: Filter | None

    @classmethod
    def parse(cls, number: int, raw: Payload) -> Subscription:
        """Return the binding a client sent in its join; raises SubscriptionError."""
        return cls(
            id=number,
            event=str(raw.get("event") or "*").upper(),
            schema=str(raw.get("schema") or "public"),
            table=str(raw.get("table") or "*"),
            filter=Filter.parse(raw.get("filter")),
        )

    def covers(self, change: Change) -> bool:
        """Tell whether it asks for this table and kind of change; its filter is another question."""
        return (
            self.event in {"*", change.kind}
            and self.schema == change.table.schema
            and self.table in {"*", change.table.name}
        )

    async def check(self, connection: AsyncConnection, role: str) -> None:
        """Raise SubscriptionError, in Realtime's words, unless it can ever be told anything."""
        cursor = await connection.execute(PUBLISHED, [PUBLICATION, self.schema, self.table, self.table])
        tables = [cast("int", row[0]) for row in await cursor.fetchall()]
        if not tables:
            raise SubscriptionError(
                "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for"
                f" the given connect parameters: [event: {self.event}, schema: {self.schema},"
                f" table: {self.table}]"
            )
        if self.filter is not None:
            for table in tables:
                await self.filter.check(connection, table, role)


class View:
    """What one viewer may see of one table's changes."""

    def __init__(self, connection: AsyncConnection, table: Table, viewer: Viewer) -> None:
        self._connection = connection
        self._table = table
        self._viewer = viewer

    async def columns(self) -> tuple[Column, ...]:
        """Return the columns that the viewer's role may select."""
        cursor = await self._connection.execute(SELECTABLE, [self._table.oid, self._viewer.role])
        names = {row[0] for row in await cursor.fetchall()}
        return tuple(column for column in self._table.columns if column.name in names)

    async def row_security(self) -> bool:
        """Tell whether the table has row level security."""
        cursor = await self._connection.execute(ROW_SECURITY, [self._table.oid])
        found = await cursor.fetchone()
        return found is not None and bool(found[0])

    async def visible(self, changes: Sequence[Change]) -> set[int]:
        """Return the indexes of the changes whose row the viewer can select now, and of all deletions.

        A deleted row cannot be asked for any more: Realtime shows everybody its key.
        """
        deleted = {index for index, change in enumerate(changes) if change.new is None}
        present = [(index, change.new) for index, change in enumerate(changes) if change.new is not None]
        if not present or not await self.row_security():
            return deleted | {index for index, _ in present}
        keys = self._table.keys
        query = sql.SQL("select v.i from {} as v join {} as t on {}").format(
            _values_list(keys, len(present)),
            self._table.identifier,
            sql.SQL(" and ").join(sql.SQL("t.{0} = v.{0}").format(sql.Identifier(key.name)) for key in keys),
        )
        values = [
            value for index, row in present for value in (index, *(_text(row[key.name]) for key in keys))
        ]
        viewer = self._viewer
        async with self._connection.transaction(force_rollback=True):
            await self._connection.execute(BECOME, [viewer.role, viewer.claims, viewer.subject, viewer.role])
            cursor = await self._connection.execute(query, values)
            return deleted | {cast("int", row[0]) for row in await cursor.fetchall()}

    async def matching(self, changes: Sequence[Change], condition: Filter) -> set[int]:
        """Return the indexes of the changes that a filter lets through, compared as PostgreSQL compares."""
        column = next((column for column in self._table.columns if column.name == condition.column), None)
        rows = [(index, change.new or change.old or {}) for index, change in enumerate(changes)]
        present = [(index, row[condition.column]) for index, row in rows if condition.column in row]
        if column is None or not present:
            return set()
        of_type: LiteralString = "%s::" + cast("LiteralString", column.sql_type)
        right = sql.SQL(", ").join(sql.SQL(of_type) for _ in condition.values)
        query = sql.SQL("select v.i from {} as v where v.{} {} ({})").format(
            _values_list((column,), len(present)),
            sql.Identifier(column.name),
            sql.SQL(OPERATORS[condition.operator]),
            right,
        )
        values = [value for index, item in present for value in (index, _text(item))]
        cursor = await self._connection.execute(query, [*values, *condition.values])
        return {cast("int", row[0]) for row in await cursor.fetchall()}


def _values_list(columns: Sequence[Column], length: int) -> sql.Composed:
    """Return ``(values (%s::int, %s::type, …), …)`` with the names ``i`` and the columns'."""
    casts = (sql.SQL("%s::" + cast("LiteralString", column.sql_type)) for column in columns)
    line = sql.SQL("({})").format(sql.SQL(", ").join([sql.SQL("%s::int"), *casts]))
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    return sql.SQL("(select * from (values {}) as v(i, {}))").format(
        sql.SQL(", ").join([line] * length), names
    )


def _text(value: object) -> str | None:
    """Return a JSON value in the text form that a cast takes."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def shown(record: Record | None, columns: Sequence[Column]) -> Record | None:
    """Return the record without the columns that may not be seen."""
    if record is None:
        return None
    names = {column.name for column in columns}
    return {name: value for name, value in record.items() if name in names}
