"""The ``filter`` of a subscription: conditions such as ``guild_id=eq.1,song_title=not.like.%live%``.

Source: https://supabase.com/docs/guides/realtime/postgres-changes#available-filters
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString, cast

import psycopg
from psycopg import sql

from sandbox.supabase.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import AsyncConnection

COMPARISONS: dict[str, LiteralString] = {
    "eq": "=",
    "neq": "<>",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "isdistinct": "is distinct from",
}
PATTERNS: dict[str, LiteralString] = {"like": "like", "ilike": "ilike", "match": "~", "imatch": "~*"}
TRUTHS: dict[str, LiteralString] = {
    "null": "is null",
    "true": "is true",
    "false": "is false",
    "unknown": "is unknown",
}
COLUMN_TYPE: LiteralString = """
select format_type(atttypid, atttypmod) from pg_attribute
where attrelid = %s and attname = %s and attnum > 0 and not attisdropped
    and has_column_privilege(%s, attrelid, attnum, 'SELECT')
"""
_CONDITION = re.compile(
    r"\s*(?P<column>[^=]+?)\s*=\s*(?P<not>not\.)?(?P<operator>\w+)\.(?P<value>.*)", re.DOTALL
)
_TOP_LEVEL = re.compile(r'(?:"(?:[^"\\]|\\.)*"|\([^)]*\)|[^,])+')
_LIST_ITEM = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,]+)')


class SubscriptionError(StackError):
    """A subscription cannot be read, names no published table, or compares what cannot be compared."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a column with constants."""

    column: str
    operator: str
    values: tuple[str, ...]
    negated: bool

    async def check(self, connection: AsyncConnection, table: int, role: str) -> None:
        """Raise SubscriptionError unless ``role`` may compare the column of ``table`` with the values."""
        cursor = await connection.execute(COLUMN_TYPE, [table, self.column, role])
        found = await cursor.fetchone()
        if found is None:
            raise SubscriptionError(f"invalid column for filter {self.column}")
        # Comparing one value now shows what every comparison would run into.
        sql_type, sample = ("text", "a") if self.operator in PATTERNS else (found[0], None)
        query = sql.SQL("with v as (select {} as {}) select {} from v").format(
            typed(sql_type), sql.Identifier(self.column), self.to_sql(sql_type)
        )
        try:
            await connection.execute(query, [sample, *self.parameters])
        except (psycopg.DataError, psycopg.ProgrammingError) as error:
            raise SubscriptionError(str(error.diag.message_primary)) from error

    def to_sql(self, sql_type: str) -> sql.Composed:
        """Return the condition on the column of ``v``, of type ``sql_type``, with a placeholder per value."""
        column = sql.SQL("v.{}").format(sql.Identifier(self.column))
        if self.operator == "is":
            condition = sql.SQL("{} {}").format(column, sql.SQL(TRUTHS[self.values[0]]))
        elif self.operator in PATTERNS:
            condition = sql.SQL("{}::text {} %s").format(column, sql.SQL(PATTERNS[self.operator]))
        elif self.operator == "in":
            items = sql.SQL(", ").join([typed(sql_type)] * len(self.values))
            condition = sql.SQL("{} in ({})").format(column, items)
        else:
            comparison = sql.SQL(COMPARISONS[self.operator])
            condition = sql.SQL("{} {} {}").format(column, comparison, typed(sql_type))
        return sql.SQL("not ({})").format(condition) if self.negated else condition

    @property
    def parameters(self) -> tuple[str, ...]:
        """The values for the placeholders."""
        return () if self.operator == "is" else self.values


Filter = tuple[Condition, ...]
"""Conditions that must all hold; none: everything is let through."""


def parse_filter(text: str) -> Filter:
    """Return the conditions in ``text``; raises SubscriptionError in Realtime's words."""
    return tuple(_conditions(text))


def typed(sql_type: str) -> sql.SQL:
    """Return a placeholder cast to a type, whose name the catalogue has quoted."""
    return sql.SQL("%s::" + cast("LiteralString", sql_type))


def _conditions(text: str) -> Iterator[Condition]:
    for part in _TOP_LEVEL.findall(text.strip()):
        matched = _CONDITION.fullmatch(part)
        if matched is None:
            raise SubscriptionError(f"Error parsing `filter` params: {part}")
        operator, value = matched["operator"], matched["value"]
        if operator == "in":
            values = tuple(_unquoted(item) for item in _LIST_ITEM.finditer(value.strip("() ")))
        elif operator in COMPARISONS or operator in PATTERNS or (operator == "is" and value in TRUTHS):
            values = (value,)
        else:
            raise SubscriptionError(f"Error parsing `filter` params: {part}")
        yield Condition(matched["column"], operator, values, negated=matched["not"] is not None)


def _unquoted(item: re.Match[str]) -> str:
    quoted: str | None = item[1]
    return item[2].strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
