"""The dashboard's types of the database are those of the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.supabase.typescript import TARGET, database_types

if TYPE_CHECKING:
    import psycopg


def test_the_dashboards_types_are_what_make_types_writes(
    database: psycopg.Connection[tuple[Any, ...]],
) -> None:
    assert TARGET.read_text(encoding="utf-8") == database_types(database), "run `make types`"


def test_what_the_schema_gets_appears_and_what_a_visitor_may_not_use_does_not(
    database: psycopg.Connection[tuple[Any, ...]],
) -> None:
    database.execute("""
        begin;
        create function public.new_function(p_ids bigint[], p_words text default '') returns jsonb
          language sql as 'select null::jsonb';
        create function public.hidden_function() returns text language sql as 'select null';
        revoke execute on function public.hidden_function() from public, authenticated;
        alter table public.bot_logs add column is_seen boolean not null default false;
    """)
    try:
        written = database_types(database)
    finally:
        database.execute("rollback")

    arguments = "p_ids: number[] | null;\n          p_words?: string | null;"
    assert (
        f"new_function: {{\n        Args: {{\n          {arguments}\n        }};\n        Returns: Json;"
        in written
    )
    assert "is_seen: boolean;" in written
    assert "hidden_function" not in written
