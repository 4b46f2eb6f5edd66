"""The rows that transactions have changed, read from the write-ahead log through a replication slot.

This is how Supabase Realtime does it: poll a temporary logical slot, so that the project's own tables need
no trigger, publication membership and commit order are PostgreSQL's own, and nothing is kept for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, LiteralString, TypeAlias, cast

from psycopg import sql

from sandbox.supabase.realtime import pgoutput
from sandbox.supabase.realtime.filters import typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection

PUBLICATION = "supabase_realtime"
SLOT = "otonari_sandbox_realtime"
BATCH = 1000
"""Row changes to fetch at once (whole transactions; the last may make it more)."""
CONVERTED_AT_ONCE = 200

CREATE_SLOT: LiteralString = "select pg_create_logical_replication_slot(%s, 'pgoutput', temporary => true)"
READ_SLOT: LiteralString = """
select data from pg_logical_slot_get_binary_changes(
    %s, null, %s, 'proto_version', '1', 'publication_names', %s)
"""
COLUMNS: LiteralString = """
select a.attname, t.typname, format_type(a.atttypid, a.atttypmod), coalesce(a.attnum = any (i.indkey), false)
from pg_attribute a
join pg_type t on t.oid = a.atttypid
left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
where a.attrelid = %s and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""


@dataclass(frozen=True, slots=True)
class Column:
    """``type`` is the catalogue's name of it, as Realtime reports it; ``sql_type`` the one to cast with."""

    name: str
    type: str
    sql_type: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A published table."""

    oid: int
    schema: str
    name: str
    columns: tuple[Column, ...]

    @property
    def identifier(self) -> sql.Identifier:
        """Its quoted name for a query."""
        return sql.Identifier(self.schema, self.name)

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns of its primary key."""
        return tuple(column for column in self.columns if column.is_key)


Record = dict[str, object]
"""A row as JSON, the way ``to_jsonb`` shows it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One changed row; ``old`` holds its key, or all of it with REPLICA IDENTITY FULL."""

    table: Table
    kind: pgoutput.Kind
    committed_at: datetime
    new: Record | None
    old: Record | None


async def open_slot(connection: AsyncConnection) -> None:
    """Start to collect changes for ``connection``; the slot ends with it. Needs an autocommit connection."""
    await connection.execute(CREATE_SLOT, [SLOT])


async def read_changes(connection: AsyncConnection) -> list[Change]:
    """Return what was committed since the last call, in commit order."""
    cursor = await connection.execute(READ_SLOT, [SLOT, BATCH, PUBLICATION])
    messages = [pgoutput.decode(cast("bytes", row[0])) for row in await cursor.fetchall()]
    relations: dict[int, pgoutput.Relation] = {}
    rows: list[_TextChange] = []
    committed_at = datetime.min.replace(tzinfo=UTC)
    for message in messages:
        if isinstance(message, pgoutput.Begin):
            committed_at = message.committed_at
        elif isinstance(message, pgoutput.Relation):
            relations[message.oid] = message
        elif isinstance(message, pgoutput.RowChange):
            rows.append(_in_text(message, relations[message.relation], committed_at))
    tables = {oid: await _table(connection, relation) for oid, relation in relations.items()}
    # One query per table turns its rows to JSON; they are handed out again in the order of the changes.
    records = {
        oid: iter(await _to_json(connection, table, [line for row in rows for line in row.lines(oid)]))
        for oid, table in tables.items()
    }
    return [
        Change(
            tables[row.relation],
            row.kind,
            row.committed_at,
            None if row.new is None else next(records[row.relation]),
            None if row.old is None else next(records[row.relation]),
        )
        for row in rows
    ]


TextRecord: TypeAlias = "dict[str, str | None]"


@dataclass(frozen=True, slots=True)
class _TextChange:
    relation: int
    kind: pgoutput.Kind
    committed_at: datetime
    new: TextRecord | None
    old: TextRecord | None

    def lines(self, relation: int) -> list[TextRecord]:
        """Return its rows, the new one first, if they are ``relation``'s."""
        return [row for row in (self.new, self.old) if row is not None and self.relation == relation]


def _in_text(change: pgoutput.RowChange, relation: pgoutput.Relation, committed_at: datetime) -> _TextChange:
    new = None if change.new is None else _named(relation, change.new)
    old = None if change.old is None else _named(relation, change.old)
    if old is not None and change.only_identity:
        old = {name: value for name, value in old.items() if name in relation.identity}
    if new is not None and change.kind == "UPDATE":
        # An unchanged key is not in the log a second time; an unchanged large value is only in the old row.
        old = old or {name: new[name] for name in relation.identity if name in new}
        new = {**old, **new}
    return _TextChange(relation.oid, change.kind, committed_at, new, old)


def _named(relation: pgoutput.Relation, row: pgoutput.Row) -> TextRecord:
    return {
        name: value
        for name, value in zip(relation.columns, row, strict=True)
        if not isinstance(value, pgoutput.Unchanged)
    }


async def _table(connection: AsyncConnection, relation: pgoutput.Relation) -> Table:
    cursor = await connection.execute(COLUMNS, [relation.oid])
    columns = tuple(Column(*row) for row in await cursor.fetchall())
    return Table(relation.oid, relation.schema, relation.name, columns)


async def _to_json(connection: AsyncConnection, table: Table, rows: Sequence[TextRecord]) -> list[Record]:
    """Return the rows as JSON; PostgreSQL converts them, so every type looks as it does in a REST answer."""
    known = [column for column in table.columns if any(column.name in row for row in rows)]
    line = sql.SQL("({})").format(sql.SQL(", ").join(typed(column.sql_type) for column in known))
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in known)
    records: list[Record] = []
    for start in range(0, len(rows), CONVERTED_AT_ONCE):
        some = rows[start : start + CONVERTED_AT_ONCE]
        query = sql.SQL("select to_jsonb(r) from (values {}) as r({})").format(
            sql.SQL(", ").join([line] * len(some)), names
        )
        cursor = await connection.execute(query, [row.get(column.name) for row in some for column in known])
        found = cast("list[tuple[Record]]", await cursor.fetchall())
        for row, (record,) in zip(some, found, strict=True):
            records.append({name: value for name, value in record.items() if name in row})
    return records
