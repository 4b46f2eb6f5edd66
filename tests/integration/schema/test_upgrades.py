"""Every version that was ever released, with rows in it, becomes what a fresh installation is.

After a change of ``bot/supabase_schema.sql``: put the file as it was before into ``released``, named after
its version, raise `schema_version()` and `REQUIRED_VERSION`, tell in ``bot/texts/schema.py`` what the new
version brings, and add a line to ``released/digests.txt``. ``dashboard/lib/queries.ts`` has the number, too.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from bot.telemetry.schema_version import REQUIRED_VERSION
from tests.support.released_schemas import DIRECTORY, RELEASED, ROOT, version_number

from .conftest import SCHEMA, Database
from .test_access import ADMIN, INSERTS
from .test_pasting import dump

if TYPE_CHECKING:
    from .conftest import Server

NETWORK_TIMES = ("2026-07-01 00:14:59.9+00", "2026-07-01 00:15+00", "2026-07-02 00:00+05:45")
TOTALS = "select bytes_sent, bytes_recv, bytes_total, samples, seconds_covered from network_totals()"


def digest(schema: str) -> str:
    """A fingerprint of what a file does, whatever is said in lines of comment between its statements."""
    lines = [line for line in schema.splitlines() if line.strip() and not line.startswith("--")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def tables(database: Database) -> list[str]:
    found = database.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
    return [str(name) for (name,) in found]


def fill(database: Database) -> None:
    """Put rows into every table that there is; the rollups get theirs from the trigger."""
    for table in tables(database):
        if table == "network_stats":
            for moment in NETWORK_TIMES:
                database.execute(
                    "insert into network_stats"
                    " (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, recorded_at)"
                    " values (3, 4, 7, 0, 0, 0, %s)",
                    moment,
                )
        elif table == "dashboard_admins":
            database.execute("insert into auth.users (id) values (%s)", ADMIN)
            database.execute("insert into dashboard_admins (user_id) values (%s)", ADMIN)
        elif "rollup" not in table:
            database.execute(f"insert into {table} {INSERTS[table]}")


def rows(database: Database) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for table in tables(database):
        stored = database.execute(f"select to_jsonb(stored) from {table} as stored order by stored::text")
        found[table] = [row for (row,) in stored if isinstance(row, dict)]
    return found


def definitions(database: Database) -> str:
    """All but the rows: columns, indexes, constraints, policies, grants, functions, triggers, Realtime."""
    return dump(database, "--schema-only")


@pytest.fixture(scope="session")
def fresh(server: Server, otonari_template: str) -> str:
    database = Database(server, otonari_template)
    try:
        return definitions(database)
    finally:
        database.connection.close()


@pytest.fixture(params=list(RELEASED))
def old(request: pytest.FixtureRequest, empty: Database) -> Database:
    """A project with one released version, and rows."""
    empty.execute(RELEASED[request.param])
    fill(empty)
    return empty


def test_an_old_database_becomes_what_a_fresh_one_is_and_keeps_its_rows(old: Database, fresh: str) -> None:
    before = rows(old)
    assert all(before.values())

    old.execute(SCHEMA)

    after = rows(old)
    for table, kept in before.items():
        assert len(after[table]) == len(kept), table
        assert all(any(row.items() <= new.items() for new in after[table]) for row in kept), table
    assert definitions(old) == fresh
    upgraded = dump(old)
    old.execute(SCHEMA)
    assert dump(old) == upgraded


def test_totals_outlive_the_update_although_raw_rows_are_gone(old: Database) -> None:
    if "network_stats_rollup" in tables(old):
        old.execute("delete from network_stats where recorded_at < '2026-07-01 00:15+00'")

    for _ in range(2):
        old.execute(SCHEMA)
        assert old.execute(TOTALS) == [(9, 12, 21, 3, 30)]


@pytest.mark.parametrize("released", [name for name in RELEASED if version_number(name) > 0])
def test_an_older_file_run_over_a_newer_database_lowers_its_number_until_the_newer_is_run_again(
    own_database: Database, fresh: str, released: str
) -> None:
    fill(own_database)
    before = rows(own_database)

    own_database.execute(RELEASED[released])
    [(version,)] = own_database.execute("select (telemetry_health() -> 'version')::integer")
    assert version == version_number(released)
    own_database.execute(SCHEMA)

    assert own_database.execute("select (telemetry_health() -> 'version')::integer") == [(REQUIRED_VERSION,)]
    assert definitions(own_database) == fresh
    assert rows(own_database) == before


def test_bot_and_dashboard_need_the_version_that_the_file_sets(database: Database) -> None:
    assert database.execute("select schema_version()") == [(REQUIRED_VERSION,)]
    questions = (ROOT / "dashboard" / "lib" / "queries.ts").read_text(encoding="utf-8")
    assert f"export const SCHEMA_VERSION = {REQUIRED_VERSION};" in questions


def test_whoever_changes_the_file_raises_its_number_and_keeps_the_file_before() -> None:
    listed = dict(line.split() for line in (DIRECTORY / "digests.txt").read_text().splitlines())
    files = {**RELEASED, str(REQUIRED_VERSION): SCHEMA}

    assert listed == {version: digest(file) for version, file in files.items()}, __doc__
    assert re.findall(r"as \$\$ select (\d+) \$\$", SCHEMA) == [str(REQUIRED_VERSION)]
