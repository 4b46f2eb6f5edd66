"""What a client asks to be told, and on whose behalf."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString, cast

from sandbox.supabase.realtime.changes import PUBLICATION
from sandbox.supabase.realtime.filters import SubscriptionError, parse_filter

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from sandbox.supabase.keys import Claims
    from sandbox.supabase.realtime.changes import Change
    from sandbox.supabase.realtime.filters import Filter
    from sandbox.supabase.realtime.frames import Payload

PUBLISHED: LiteralString = """
select to_regclass(format('%%I.%%I', schemaname, tablename))::oid
from pg_publication_tables
where pubname = %(publication)s
    and %(schema)s::text in ('*', schemaname::text) and %(table)s::text in ('*', tablename::text)
"""


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
class Subscription:
    """One ``postgres_changes`` binding of a channel; schema and table may be ``*``."""

    id: int
    event: str
    schema: str
    table: str
    filter: Filter
    select: frozenset[str] | None
    """The columns it wants; None: all of them."""

    @classmethod
    def parse(cls, number: int, raw: Payload) -> Subscription:
        """Return the binding a client sent in its join; raises SubscriptionError."""
        select = raw.get("select")
        if select is not None and not isinstance(select, list):
            raise SubscriptionError("Error parsing `select` params: expected a list of column name strings")
        return cls(
            id=number,
            event=str(raw.get("event") or "*").upper(),
            schema=str(raw.get("schema") or "public"),
            table=str(raw.get("table") or "*"),
            filter=parse_filter(str(raw.get("filter") or "")),
            select=frozenset(map(str, cast("list[object]", select))) if select else None,
        )

    def covers(self, change: Change) -> bool:
        """Tell whether it asks for this table and kind of change; its filter is another question."""
        return (
            self.event in {"*", change.kind}
            and self.schema in {"*", change.table.schema}
            and self.table in {"*", change.table.name}
        )

    async def check(self, connection: AsyncConnection, role: str) -> None:
        """Raise SubscriptionError, in Realtime's words, unless it can be told something."""
        asked = {"schema": self.schema, "table": self.table}
        cursor = await connection.execute(PUBLISHED, {**asked, "publication": PUBLICATION})
        tables = [cast("int", row[0]) for row in await cursor.fetchall()]
        if not tables:
            raise SubscriptionError(
                "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for"
                f" the given connect parameters: [event: {self.event}, schema: {self.schema},"
                f" table: {self.table}]"
            )
        for table in tables:
            for condition in self.filter:
                await condition.check(connection, table, role)
