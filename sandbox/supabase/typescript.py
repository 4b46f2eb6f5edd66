"""Writes what a signed-in visitor may use as the ``Database`` type of supabase-js (``make types``).

The shape is that of ``supabase gen types`` (https://supabase.com/docs/guides/api/rest/generating-types). As
there, a function's answer is taken for complete: PostgreSQL does not know which of its columns may be null.
"""

from __future__ import annotations

import asyncio
import tempfile
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from sandbox.supabase.stack import SupabaseStack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Connection = psycopg.Connection[tuple[Any, ...]]

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "bot" / "supabase_schema.sql"
TARGET = ROOT / "dashboard" / "lib" / "database.ts"

HEADER = """\
// Written by `make types` from bot/supabase_schema.sql; a test compares. Times are ISO 8601.

export type Json = string | number | boolean | null | { [key: string]: Json } | Json[];

"""

NUMBERS = ("smallint", "integer", "bigint", "real", "double precision", "numeric")
IN_JSON = dict.fromkeys(NUMBERS, "number") | {"boolean": "boolean", "json": "Json", "jsonb": "Json"}
"""What is no string in PostgREST's JSON."""

RELATIONS = """
select relname, obj_description(pg_class.oid, 'pg_class'), array(
  select array[attname, format_type(atttypid, null), (not attnotnull)::text]
  from pg_attribute where attrelid = pg_class.oid and attnum > 0 and not attisdropped order by attnum
)
from pg_class
where relnamespace = 'public'::regnamespace and relkind = %s
  and has_table_privilege('authenticated', oid, 'select')
order by relname collate "C"
"""

FUNCTIONS = """
select proname, obj_description(pg_proc.oid, 'pg_proc'), proretset, format_type(prorettype, null), array(
  select array[name, format_type(kind, null), (place > pronargs - pronargdefaults)::text]
  from unnest(proargtypes::oid[], proargnames[:pronargs]) with ordinality as parameter (kind, name, place)
  order by place
), array(
  select array[name, format_type(kind, null)]
  from unnest(proallargtypes, proargnames, proargmodes) with ordinality as result (kind, name, mode, place)
  where mode = 't' order by place
), (select relname from pg_class where reltype = prorettype)
from pg_proc
where pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', oid, 'execute')
order by proname collate "C"
"""


def database_types(connection: Connection) -> str:
    """Return the TypeScript of the schema ``public``, as far as the role ``authenticated`` may use it."""
    public = {
        "Tables": _object(_relations(connection, "r", {"Insert": "never", "Update": "never"})),
        "Views": _object(_relations(connection, "v", {})),
        "Functions": _object(_functions(connection)),
        "Enums": "Record<never, never>",
        "CompositeTypes": "Record<never, never>",
    }
    return f"{HEADER}export type Database = {_object({'public': _object(public.items())}.items())};\n"


def _relations(connection: Connection, kind: str, writable: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, comment, columns in connection.execute(RELATIONS, [kind]):
        row = _object(
            (column, _type(of) + (" | null" if nullable == "true" else ""))
            for column, of, nullable in columns
        )
        yield _described(name, comment), _object([("Row", row), *writable.items(), ("Relationships", "[]")])


def _functions(connection: Connection) -> Iterator[tuple[str, str]]:
    for name, comment, is_set, of, parameters, columns, relation in connection.execute(FUNCTIONS):
        arguments = [
            (key + "?" * (usual == "true"), f"{_type(kind)} | null") for key, kind, usual in parameters
        ]
        result = _type(of)
        if relation:
            result = f'Database["public"]["Tables"]["{relation}"]["Row"]'
        elif columns:
            result = _object((column, _type(kind)) for column, kind in columns)
        members = [
            ("Args", _object(arguments) if arguments else "never"),
            ("Returns", result + "[]" * is_set),
        ]
        yield _described(name, comment), _object(members)


def _described(name: str, comment: str | None) -> str:
    return f"/** {comment.replace('*/', '*')} */\n{name}" if comment else name


def _object(members: Iterable[tuple[str, str]]) -> str:
    """Return an object type, a line for each member."""
    lines = "\n".join(f"{name}: {kind};" for name, kind in members)
    return "{\n" + textwrap.indent(lines, "  ") + "\n}"


def _type(name: str) -> str:
    """Return the TypeScript type of a PostgreSQL type, as PostgREST's JSON carries it."""
    if name.endswith("[]"):
        return f"{_type(name.removesuffix('[]'))}[]"
    return IN_JSON.get(name, "string")


async def _write() -> None:
    with tempfile.TemporaryDirectory(prefix="otonari-types-") as directory:
        stack = SupabaseStack(Path(directory), SCHEMA)
        await stack.start()
        try:
            with psycopg.connect(stack.dsn) as connection:
                TARGET.write_text(database_types(connection), encoding="utf-8")
        finally:
            await stack.close()


if __name__ == "__main__":
    asyncio.run(_write())
