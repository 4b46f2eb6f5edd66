"""``Prefer: count=planned`` told a stranger half of one person's count.

PostgREST answers it with the planner's number of rows, and ``count=estimated`` with the same where there are
many (https://docs.postgrest.org/en/stable/references/api/pagination_count.html#planned-count). Row level
security hides rows from the answer, but not their statistics from the planner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_database import estimate

from .conftest import ADMIN, NAME, NOBODY, SOMEBODY, STRANGER, VICTIM

if TYPE_CHECKING:
    from tests.support.project_database import Database

IDS = (VICTIM, SOMEBODY, NOBODY)
CONDITIONS = (
    *(f"{{id}} {sign} '{one}'" for sign in ("=", "<>", "<", ">=") for one in IDS),
    f"{{id}} in ('{VICTIM}', '{SOMEBODY}')",
    f"{{id}} = any (array['{VICTIM}'])",
    f"{{id}} between '{VICTIM}' and '{VICTIM}'",
    f"{{id}} = '{VICTIM}' or {{id}} = '{SOMEBODY}'",
    f"not {{id}} = '{VICTIM}'",
    "{id} like '7000%'",
    f"{{id}} = '{VICTIM}' and {{time}} > now() - interval '1 day'",
    "{time} > now() - interval '1 day'",
    "{time} between now() - interval '2 hours' and now() - interval '1 hour'",
    "{time} is not null",
)
TABLES = {
    "conversation_logs": ("user_id", "timestamp"),
    "gemini_usage": ("user_id", "timestamp"),
    "music_logs": ("requested_by_id", "timestamp"),
    "bot_logs": ("message", "timestamp"),
    "discord_names": ("discord_id", "timestamp"),
    "privacy_optouts": ("user_id", "opted_out_at"),
    "privacy_erasures": ("user_id", "asked_at"),
}


@pytest.mark.parametrize("table", TABLES)
def test_an_estimate_is_the_same_whatever_a_stranger_asks(project: Database, table: str) -> None:
    column, time = TABLES[table]
    with project.acting("authenticated", STRANGER) as execute:
        whole = estimate(execute, f"select 1 from {table}")
        found = {
            condition: estimate(execute, f"select 1 from {table} where {condition}")
            for condition in (one.format(id=column, time=time) for one in CONDITIONS)
        }
    assert set(found.values()) == {whole} == {1}, found


@pytest.mark.parametrize("name", [NAME, "nobody"])
def test_neither_do_views_and_functions_tell(project: Database, name: str) -> None:
    with project.acting("authenticated", STRANGER) as execute:
        users = estimate(execute, f"select 1 from most_active_users_7d where user_name = '{name}'")
        talks = estimate(execute, f"select 1 from search_conversations() where user_name = '{name}'")
        listeners = estimate(execute, f"select 1 from top_listeners() where requested_by = '{name}'")
    assert (users, talks, listeners) == (1, 5, 5)  # 5: of a function's thousand rows, whatever is in them


def test_the_tables_with_a_thousand_times_as_many_rows_would_not_tell_either(own_database: Database) -> None:
    own_database.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response)"
        " select %s, 'x', 'x', 'x' from generate_series(1, 1000)",
        VICTIM,
    )
    own_database.execute("analyze conversation_logs")
    with own_database.server.connect(own_database.name, user="postgres") as superuser:
        superuser.execute(
            "update pg_class set reltuples = 1e9 where oid = 'public.conversation_logs'::regclass"
        )
    with own_database.acting("authenticated", STRANGER) as execute:
        assert estimate(execute, f"select 1 from conversation_logs where user_id = '{VICTIM}'") == 1


def test_an_exact_count_is_nothing_for_a_stranger_and_all_for_an_admin(project: Database) -> None:
    count = "select count(*) from conversation_logs where user_id = %s"
    with project.acting("authenticated", STRANGER) as execute:
        assert execute(count, VICTIM) == [(0,)]
    with project.acting("authenticated", ADMIN) as execute:
        assert execute(count, VICTIM) == [(3000,)]


def test_the_planners_statistics_themselves_are_not_shown(project: Database) -> None:
    with project.acting("authenticated", STRANGER) as execute:
        assert execute("select tablename from pg_stats where tablename = any (%s)", list(TABLES)) == []
