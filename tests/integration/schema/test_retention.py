"""Clean-up: what goes, what stays, in what portions."""

from __future__ import annotations

from .conftest import Database

DAYS = {
    "system_stats": 7,
    "conversation_logs": 90,
    "music_logs": 90,
    "network_stats": 30,
    "bot_logs": 30,
    "gemini_usage": 90,
    "discord_names": 100,
    "privacy_erasures": 90,
}
TIMES = {"network_stats": "recorded_at", "privacy_erasures": "asked_at"}
COLUMNS = {
    "system_stats": ("cpu_usage", "1"),
    "conversation_logs": ("user_id, user_name, prompt, response", "'1', 'はる', 'a', 'b'"),
    "music_logs": ("guild_id, song_title, requested_by, requested_by_id", "'1', '夜', 'はる', '1'"),
    "network_stats": ("bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total", "1, 1, 2, 0, 0, 0"),
    "bot_logs": ("level, logger, message", "'ERROR', 'bot', 'x'"),
    "gemini_usage": ("user_id, model", "'1', 'gemini'"),
    "discord_names": ("discord_id, kind, name", "gen_random_uuid(), 'guild', 'x'"),
    "privacy_erasures": ("user_id, erased_before", "gen_random_uuid(), '-infinity'"),
}


def fill(database: Database, expired: int) -> None:
    """Give every table ``expired`` rows past their time and one just before it."""
    for table, (columns, values) in COLUMNS.items():
        time_column = TIMES.get(table, "timestamp")
        database.execute(
            f"insert into {table} ({columns}, {time_column})"
            f" select {values}, now() - interval '{DAYS[table]} days' - (n * 60 - 1) * interval '1 minute'"
            f" from generate_series(0, {expired}) as n"
        )


def clean_up(database: Database, *batch: int) -> dict[str, int]:
    with database.connection.transaction():
        database.execute("set local role service_role")
        return dict(database.execute(f"select * from apply_retention({', '.join(map(str, batch))})"))


def left(database: Database) -> dict[str, int]:
    return {table: database.execute(f"select count(*) from {table}")[0][0] for table in DAYS}


def test_each_table_is_kept_as_long_as_the_seeds_say(database: Database) -> None:
    fill(database, expired=3)

    assert clean_up(database) == dict.fromkeys(DAYS, 3)
    assert left(database) == dict.fromkeys(DAYS, 1)
    assert clean_up(database) == dict.fromkeys(DAYS, 0)


def test_a_call_deletes_no_more_than_its_batch_and_the_oldest_first(database: Database) -> None:
    fill(database, expired=5)

    assert clean_up(database, 2) == dict.fromkeys(DAYS, 2)
    oldest = "select date_trunc('hour', now() - min(timestamp)) = interval '30 days 2 hours' from bot_logs"
    assert database.execute(oldest) == [(True,)]


def test_two_clean_ups_at_once_do_not_wait_for_each_other(own_database: Database) -> None:
    fill(own_database, expired=6)
    other = Database(own_database.server, own_database.name)
    with own_database.connection.transaction():
        own_database.execute("select * from apply_retention(4)")
        other.execute("set lock_timeout = '1ms'")

        assert clean_up(other, 4) == dict.fromkeys(DAYS, 2)
    other.connection.close()

    assert left(own_database) == dict.fromkeys(DAYS, 1)


def test_inserts_go_on_during_a_clean_up(own_database: Database) -> None:
    fill(own_database, expired=6)
    other = Database(own_database.server, own_database.name)
    with own_database.connection.transaction():
        own_database.execute("select * from apply_retention()")
        other.execute("set lock_timeout = '1ms'")

        fill(other, expired=0)
    other.connection.close()

    assert left(own_database) == dict.fromkeys(DAYS, 2)


def test_the_policy_can_be_read_by_the_dashboard(database: Database) -> None:
    with database.acting("authenticated") as execute:
        days = execute("select table_name, extract(day from keep)::integer from retention_policy()")

    assert dict(days) == DAYS
