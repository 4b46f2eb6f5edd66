"""SUPABASE_DB_TRIM: what goes, in what portions, and that no total, coverage or gap becomes another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from .test_coverage import BOOTS, HOUR, SECOND, now, run
from .test_retention import COLUMNS

if TYPE_CHECKING:
    from datetime import datetime

    from .conftest import Database

DAY = timedelta(days=1)
OLD_ROWS = "select count(*) from network_stats where recorded_at < now() - interval '8 days'"


@pytest.fixture
def month(database: Database) -> Database:
    """Two bots over 20 days, with restarts and gaps, short and long, at the ends of a boot and within it."""
    begin = now(database) - 20 * DAY
    at = begin
    for place in range(40):
        run(database, at, at + 4 * HOUR, boot=BOOTS[place % 5])
        run(database, at + 4 * HOUR + 95 * SECOND, at + 9 * HOUR, boot=BOOTS[place % 5])
        at += 9 * HOUR + (37 * SECOND if place % 2 else 5 * HOUR + 222 * SECOND)
    run(database, begin + DAY, begin + 2 * DAY, bot="second")
    database.execute(
        "insert into system_stats (timestamp)"
        " select now() - n * interval '1 hour' from generate_series(1, 480) as n"
    )
    for table in ("conversation_logs", "music_logs"):
        columns, values = COLUMNS[table]
        database.execute(
            f"insert into {table} ({columns}, timestamp) values ({values}, now() - interval '80 days')"
        )
    return database


def figures(database: Database) -> list[object]:
    """Totals, coverage, gaps and a long graph, of all time, of every day, and of odd quarters of an hour."""
    midnight = now(database).replace(hour=0, minute=0, second=0, microsecond=0)
    periods: list[tuple[datetime | None, datetime | None]] = [(None, None)]
    periods += [(midnight - n * DAY, midnight - (n - 1) * DAY) for n in range(21)]
    periods += [(midnight - n * DAY + 45 * 60 * SECOND, midnight - n * DAY + 5 * HOUR) for n in range(21)]
    return [
        database.execute(f"select * from {function}(%s, %s)", *period)
        for function in ("network_totals", "network_coverage")
        for period in periods
    ] + [
        database.execute(query, since, now(database))
        for since in (now(database) - 25 * DAY, now(database) - 9 * DAY - 432 * SECOND)
        for query in (
            "select * from network_gaps(%s, %s)",
            "select * from network_gaps(%s, %s, 'primary', '10 minutes')",
            "select * from network_points(%s, %s)",
            "select network_report(%s, %s)",
        )
    ]


def thin(database: Database, above: int = 0, rows: int | None = None) -> dict[str, int]:
    """Do one pass as the bot; returns how many rows went, by table."""
    with database.connection.transaction():
        database.execute("set local role service_role")
        done = database.execute("select * from thin_stats(%s, %s)", above, rows)
        database.execute("reset role")
    return {str(table): int(str(count)) for table, count in done}


def rows_of(database: Database, table: str) -> int:
    [(count,)] = database.execute(f"select count(*) from {table}")
    assert isinstance(count, int)
    return count


def test_totals_coverage_gaps_and_graphs_stay_what_they_were_to_the_byte(month: Database) -> None:
    before, [(old,)] = figures(month), month.execute(OLD_ROWS)
    assert isinstance(old, int)

    deleted = 0
    while portion := thin(month, rows=50_000)["network_stats"]:
        deleted += portion

    [(left,)] = month.execute(OLD_ROWS)
    assert isinstance(left, int)
    assert deleted == old - left
    assert 0 < left < old / 10  # those of quarters with a gap
    assert figures(month) == before


def test_conversations_plays_and_the_last_eight_days_stay(month: Database) -> None:
    recent = "select count(*) from {} where {} >= now() - interval '8 days'"
    of_tables = [recent.format("network_stats", "recorded_at"), recent.format("system_stats", "timestamp")]
    before = [month.execute(query) for query in of_tables]

    thin(month, rows=50_000)

    assert [month.execute(query) for query in of_tables] == before
    assert rows_of(month, "conversation_logs") == rows_of(month, "music_logs") == 1
    assert rows_of(month, "system_stats") == 8 * 24


def test_a_pass_deletes_no_more_than_it_may_and_the_oldest_first(month: Database) -> None:
    first = "select min(recorded_at) from network_stats where bot_id = 'primary'"
    [(oldest,)] = month.execute(first)

    assert thin(month, rows=100) == {"system_stats": 100, "network_stats": 100}
    assert month.execute(first) != [(oldest,)]
    assert thin(month, rows=1_000_000)["network_stats"] <= 50_000


def test_nothing_is_done_while_our_own_rows_are_few(month: Database) -> None:
    [(size,)] = month.execute("select live_bytes()")
    assert isinstance(size, int)

    assert thin(month, above=size) == {}
    assert thin(month, above=size - 1, rows=10) == {"system_stats": 10, "network_stats": 10}


def test_others_tables_do_not_count_and_deleted_rows_no_more(month: Database) -> None:
    size = "select live_bytes()"
    [(before,)] = month.execute(size)
    month.execute("create table others as select repeat('x', 1000) as words from generate_series(1, 2000)")
    assert month.execute(size) == [(before,)]

    thin(month, rows=50_000)

    [(after,)] = month.execute(size)
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after < before * 0.7  # although no file has shrunk


def test_live_bytes_come_near_to_what_full_files_have(own_database: Database) -> None:
    run(own_database, now(own_database) - 100 * HOUR, now(own_database))
    own_database.execute("vacuum full network_stats")

    [(live, files)] = own_database.execute(
        "select live_bytes(), (select sum(pg_total_relation_size(format('public.%I', table_name)::regclass))"
        " from telemetry_tables())::bigint"
    )
    assert isinstance(live, int)
    assert isinstance(files, int)
    assert files * 0.6 < live <= files


def test_a_bot_that_sends_meanwhile_does_not_wait(own_database: Database) -> None:
    run(own_database, now(own_database) - 10 * DAY, now(own_database) - 9 * DAY)
    with own_database.connection.transaction():
        assert thin(own_database)["network_stats"]
        other = type(own_database)(own_database.server, own_database.name)
        other.execute("set lock_timeout = '1ms'")
        run(other, now(own_database) - HOUR, now(own_database))
        other.connection.close()
