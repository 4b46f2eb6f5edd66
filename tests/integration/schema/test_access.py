"""Who may do what: every table, view and function, by every role and verb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from psycopg import errors

if TYPE_CHECKING:
    from .conftest import Database

STRANGER = "00000000-0000-4000-8000-000000000001"
ADMIN = "00000000-0000-4000-8000-000000000002"
OTHER_ADMIN = "00000000-0000-4000-8000-000000000003"


@dataclass(frozen=True)
class Person:
    """Whom the API acts for in one request."""

    name: str
    role: str
    user_id: str | None = None


ANON = Person("anon", "anon")
AUTHENTICATED = Person("authenticated", "authenticated", STRANGER)
DASHBOARD_ADMIN = Person("dashboard admin", "authenticated", ADMIN)
SERVICE_ROLE = Person("service_role", "service_role")
PEOPLE = (ANON, AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE)

ROLLUP_VALUES = "(now(), 'b', '00000000-0000-0000-0000-000000000000', 1, 1, 2, 1, 10, now(), now())"
ROLLUP_COLUMNS = (
    "(bucket_start, bot_id, boot_id, bytes_sent, bytes_recv, bytes_total, samples, seconds_covered,"
    " first_sample_at, last_sample_at)"
)
INSERTS = {
    "system_stats": "(cpu_usage) values (1)",
    "conversation_logs": "(user_id, user_name, prompt, response) values ('1', 'はる', 'a', 'b')",
    "music_logs": "(guild_id, song_title, requested_by, requested_by_id) values ('1', '夜', 'はる', '1')",
    "network_stats": (
        "(bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total) values (1, 1, 2, 0, 0, 0)"
    ),
    "bot_logs": "(level, logger, message) values ('ERROR', 'bot', 'x')",
    "gemini_usage": "(user_id, model) values ('1', 'gemini')",
    "discord_names": "(discord_id, kind, name) values (gen_random_uuid()::text, 'guild', 'お隣さん荘')",
    "privacy_optouts": "(user_id) values (gen_random_uuid()::text)",
    "privacy_erasures": "(user_id, erased_before) values (gen_random_uuid()::text, now())",
    "network_stats_rollup": f"{ROLLUP_COLUMNS} values {ROLLUP_VALUES}",
    "network_stats_rollup_daily": f"{ROLLUP_COLUMNS} values {ROLLUP_VALUES}",
    "network_counting": "(bot_id, boot_id, counting) values ('b', gen_random_uuid(), 'all')",
    "dashboard_admins": f"(user_id) values ('{STRANGER}')",
}
UPDATES = {
    "system_stats": "cpu_usage = 2",
    "conversation_logs": "prompt = 'c'",
    "music_logs": "song_title = 'c'",
    "network_stats": "bytes_sent = 2",
    "bot_logs": "message = 'c'",
    "gemini_usage": "model = 'c'",
    "discord_names": "name = 'c'",
    "privacy_optouts": "opted_out_at = now()",
    "privacy_erasures": "erased_before = now()",
    "network_stats_rollup": "bytes_sent = 2",
    "network_stats_rollup_daily": "bytes_sent = 2",
    "network_counting": "counting = 'external'",
    "dashboard_admins": "created_at = now()",
}
OPEN = {
    "system_stats",
    "network_stats",
    "network_stats_rollup",
    "network_stats_rollup_daily",
    "network_counting",
}
PRIVATE = {
    "conversation_logs",
    "music_logs",
    "bot_logs",
    "gemini_usage",
    "discord_names",
    "privacy_optouts",
    "privacy_erasures",
}
TRIGGER_FUNCTIONS = {"add_to_network_stats_rollup", "enforce_privacy", "keep_newest_name"}
VIEWS = {"popular_songs", "plays_per_guild_30d", "average_cpu_24h", "most_active_users_7d"}
WITH_THE_OWNERS_RIGHTS = {
    "is_dashboard_admin",
    "hidden_until",
    "song_ranking",
    "guild_ranking",
    "play_count",
    "play_history",
}
FUNCTIONS = {
    "network_totals()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "network_coverage()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "retention_policy()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "graph_step(now(), now())": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "system_points()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "network_points()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "network_gaps()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "latest_system_stats()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "activity()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "top_songs()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "top_listeners()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "top_guilds()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "play_history()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "search_conversations()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "conversation_guilds()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "database_time()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "network_bots()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "network_report()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "schema_version()": {AUTHENTICATED, DASHBOARD_ADMIN, SERVICE_ROLE},
    "telemetry_tables()": {SERVICE_ROLE},
    "personal_data_summary('1')": {SERVICE_ROLE},
    "personal_data('1')": {SERVICE_ROLE},
    "erase_personal_data('1')": {SERVICE_ROLE},
    "database_bytes()": {SERVICE_ROLE},
    "apply_retention()": {SERVICE_ROLE},
    "live_bytes()": {SERVICE_ROLE},
    "thin_stats(0)": {SERVICE_ROLE},
    "network_outliers_without_rows(1)": {SERVICE_ROLE},
    "network_outliers()": {SERVICE_ROLE},
    "remove_network_outliers('{}')": {SERVICE_ROLE},
    "telemetry_health()": {SERVICE_ROLE},
}


@pytest.fixture
def filled(database: Database) -> Database:
    """One row in every table (two admins: the rollups get theirs from the trigger)."""
    for user_id in (STRANGER, ADMIN, OTHER_ADMIN):
        database.execute("insert into auth.users (id) values (%s)", user_id)
    for user_id in (ADMIN, OTHER_ADMIN):
        database.execute("insert into dashboard_admins (user_id) values (%s)", user_id)
    for table in (
        "system_stats",
        "conversation_logs",
        "music_logs",
        "network_stats",
        "bot_logs",
        "gemini_usage",
        "discord_names",
        "privacy_optouts",
        "privacy_erasures",
    ):
        database.execute(f"insert into {table} {INSERTS[table]}")
    return database


def visible(table: str, person: Person) -> int | None:
    """How many of the rows of ``filled`` a person should see; None where reading itself is refused."""
    if person is ANON:
        return None
    if person is SERVICE_ROLE:
        return 2 if table == "dashboard_admins" else 1
    if table in OPEN:
        return 1
    return 1 if person is DASHBOARD_ADMIN else 0


def test_the_matrix_knows_every_table_view_and_function(database: Database) -> None:
    in_public = "relnamespace = 'public'::regnamespace"
    tables = database.execute(
        f"select relname from pg_class where {in_public} and relkind in ('r', 'p', 'f')"
    )
    views = database.execute(f"select relname from pg_class where {in_public} and relkind in ('v', 'm')")
    functions = database.execute("select proname from pg_proc where pronamespace = 'public'::regnamespace")

    assert {name for (name,) in tables} == INSERTS.keys() == UPDATES.keys()
    assert {name for (name,) in views} == VIEWS
    known = {function.partition("(")[0] for function in FUNCTIONS}
    assert {name for (name,) in functions} == known | TRIGGER_FUNCTIONS


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_everybody_reads_what_is_meant_for_them_and_no_more(filled: Database, person: Person) -> None:
    for table in INSERTS:
        with filled.acting(person.role, person.user_id) as execute:
            if visible(table, person) is None:
                with pytest.raises(errors.InsufficientPrivilege):
                    execute(f"select * from {table}")
            else:
                assert (table, len(execute(f"select * from {table}"))) == (table, visible(table, person))


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
@pytest.mark.parametrize("verb", ["insert", "update", "delete"])
def test_nobody_but_the_service_role_writes(filled: Database, person: Person, verb: str) -> None:
    for table in INSERTS:
        statement = {
            "insert": f"insert into {table} {INSERTS[table]}",
            "update": f"update {table} set {UPDATES[table]}",
            "delete": f"delete from {table}",
        }[verb]
        with filled.acting(person.role, person.user_id) as execute:
            if person is SERVICE_ROLE:
                assert execute(f"with done as ({statement} returning 1) select count(*) > 0 from done") == [
                    (True,)
                ]
            else:
                with pytest.raises(errors.InsufficientPrivilege):
                    execute(statement)


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_nobody_truncates_refers_to_or_adds_triggers(database: Database, role: str) -> None:
    privileges = "unnest(array['TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege"
    for relation in {*INSERTS, *VIEWS}:
        assert (
            database.execute(
                f"select privilege from {privileges} where has_table_privilege(%s, %s, privilege)",
                role,
                relation,
            )
            == []
        )


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_a_view_shows_what_its_reader_may_read(filled: Database, person: Person) -> None:
    for view in VIEWS:
        table = "conversation_logs" if view == "most_active_users_7d" else "system_stats"
        with filled.acting(person.role, person.user_id) as execute:
            if person is ANON:
                with pytest.raises(errors.InsufficientPrivilege):
                    execute(f"select * from {view}")
            else:
                assert (view, len(execute(f"select * from {view}"))) == (view, visible(table, person))


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_a_function_runs_for_those_it_is_for(filled: Database, person: Person) -> None:
    for function, allowed in FUNCTIONS.items():
        with filled.acting(person.role, person.user_id) as execute:
            if person in allowed:
                assert execute(f"select count(*) from {function}") != []
            else:
                with pytest.raises(errors.InsufficientPrivilege, match=r"permission denied for function"):
                    execute(f"select * from {function}")


@pytest.mark.parametrize("function", sorted(f"{name}()" for name in TRIGGER_FUNCTIONS))
def test_nobody_calls_a_trigger_function(database: Database, function: str) -> None:
    for role in ("anon", "authenticated", "service_role"):
        allowed = database.execute("select has_function_privilege(%s, %s, 'EXECUTE')", role, function)
        assert allowed == [(False,)]


def test_an_admin_reads_their_own_membership_only(filled: Database) -> None:
    with filled.acting("authenticated", ADMIN) as execute:
        assert [str(user_id) for (user_id,) in execute("select user_id from dashboard_admins")] == [ADMIN]


def test_an_account_that_is_deleted_is_no_admin_any_more(filled: Database) -> None:
    filled.execute("delete from auth.users where id = %s", ADMIN)

    with filled.acting("authenticated", ADMIN) as execute:
        assert execute("select * from conversation_logs") == []


def test_no_function_runs_with_a_callers_search_path_and_few_with_their_owners_rights(
    database: Database,
) -> None:
    functions = database.execute(
        "select proname, pronamespace::regnamespace::text, prosecdef, proconfig from pg_proc"
        " where pronamespace in ('public'::regnamespace, 'otonari_private'::regnamespace)"
    )

    assert all(isinstance(settings, list) and 'search_path=""' in settings for *_, settings in functions)
    assert {(name, schema) for name, schema, definer, _ in functions if definer} == {
        (name, "otonari_private") for name in WITH_THE_OWNERS_RIGHTS
    }


def test_nobody_who_has_not_signed_in_comes_near_the_private_schema(database: Database) -> None:
    callable_by_anon = database.execute(
        "select proname from pg_proc where pronamespace = 'otonari_private'::regnamespace"
        " and has_function_privilege('anon', oid, 'execute')"
    )

    assert callable_by_anon == []
    assert database.execute("select has_schema_privilege('anon', 'otonari_private', 'usage')") == [(False,)]
