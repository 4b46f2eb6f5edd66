"""Impossible samples: found by their speed, and taken out of the rows and of both rollups, exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from .conftest import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TERABYTE = 10**12
BOOT = "00000000-0000-4000-8000-000000000001"
ROLLUPS = ("network_stats_rollup", "network_stats_rollup_daily")


def sample(
    database: Database, at: datetime, number: int, sent: int, received: int = 3, bot: str = "primary"
) -> None:
    database.execute(
        """insert into network_stats
             (bot_id, boot_id, sequence, recorded_at, interval_seconds, bytes_sent, bytes_recv, bytes_total,
              mb_sent, mb_recv, mb_total)
           values (%s, %s, %s, %s, 9.9, %s, %s, %s, 0, 0, 0)""",
        bot, BOOT, number, at, sent, received, sent + received,
    )  # fmt: skip


def outliers(database: Database) -> list[object]:
    return [identifier for (identifier,) in database.execute("select id from network_outliers()")]


def remove(database: Database, *ids: object) -> int:
    [(count,)] = database.execute("select remove_network_outliers(%s)", list(ids))
    assert isinstance(count, int)
    return count


def rollups(database: Database) -> list[list[tuple[object, ...]]]:
    return [database.execute(f"select * from {table} order by 1, 2, 3") for table in ROLLUPS]


def an_hour(database: Database, *, outliers_at: tuple[int, ...] = (), without: tuple[int, ...] = ()) -> None:
    """Insert an hour of samples around midnight, from two bots; some impossible, some left out."""
    midnight = NOON + timedelta(hours=12)
    for number in range(360):
        at = midnight + (number - 180) * 10 * SECOND
        sample(database, at, number, number, bot="second")
        if number not in without:
            sent = 4 * TERABYTE if number in outliers_at else number
            sample(database, at, number, sent)


@pytest.mark.parametrize(
    "places",
    [(100,), (0, 359), (179, 180), tuple(range(180, 270)), tuple(range(180, 360)), tuple(range(360))],
    ids=["one", "first and last", "at midnight", "a quarter of an hour", "a day", "all"],
)
def test_without_them_everything_is_as_if_they_had_never_been(
    database: Database, places: tuple[int, ...]
) -> None:
    with database.connection.transaction(force_rollback=True):
        an_hour(database, without=places)
        truth = rollups(database)
        totals = database.execute("select * from network_totals()")
    an_hour(database, outliers_at=places)
    found = outliers(database)

    assert len(found) == len(places)
    assert remove(database, *found) == len(places)

    assert rollups(database) == truth
    assert database.execute("select * from network_totals()") == totals
    assert outliers(database) == []
    assert database.execute("select count(*) from network_stats") == [(720 - len(places),)]
    assert remove(database, *found) == 0


def test_where_clean_up_has_taken_their_neighbours_the_rest_stays_counted(database: Database) -> None:
    for number in range(90):
        sample(database, NOON + number * 10 * SECOND, number, TERABYTE if number == 50 else 2)
    database.execute("delete from network_stats where sequence < 40")

    assert remove(database, *outliers(database)) == 1

    for rollup in ROLLUPS:
        assert database.execute(
            f"select bytes_sent, bytes_recv, bytes_total, samples, sequence_min, sequence_max from {rollup}"
        ) == [(2 * 89, 3 * 89, 5 * 89, 89, 0, 89)]


def test_of_a_quarter_whose_rows_are_gone_all_goes_that_is_gone_and_no_more(database: Database) -> None:
    midnight = NOON + timedelta(hours=12)
    for number in range(180):
        sample(database, midnight + number * 10 * SECOND, number, 4 * TERABYTE if number == 50 else 2)
    database.execute("delete from network_stats where sequence < 60")

    [(identifier, samples, sent)] = database.execute("select id, samples, bytes_sent from network_outliers()")
    assert (samples, sent) == (60, 4 * TERABYTE + 59 * 2)
    assert remove(database, identifier) == 60

    assert outliers(database) == []
    kept = "select sum(bytes_sent), sum(bytes_recv), sum(samples), min(sequence_min), max(sequence_max) from"
    for rollup in ROLLUPS:
        assert database.execute(f"{kept} {rollup}") == [(240, 360, 120, 60, 179)]
    database.execute("delete from network_stats")
    assert outliers(database) == []
    assert database.execute("select bytes_sent, samples from network_totals()") == [(240, 120)]


def test_a_quarter_without_rows_that_was_whole_impossible_leaves_no_trace(database: Database) -> None:
    sample(database, NOON, 1, 4 * TERABYTE)
    database.execute("delete from network_stats")

    assert remove(database, *outliers(database)) == 1

    assert rollups(database) == [[], []]


def test_an_impossible_sample_is_faster_than_ten_gigabits_or_negative(database: Database) -> None:
    database.execute("alter table network_stats drop constraint network_stats_bytes_not_negative")
    for number, (sent, received) in enumerate(
        [(12 * 10**9, 0), (13 * 10**9, 0), (0, 13 * 10**9), (-1, 5), (5, -1), (9 * 10**9, 9 * 10**9)]
    ):
        sample(database, NOON + number * 10 * SECOND, number, sent, received)

    found = database.execute("select bytes_sent, bytes_recv from network_outliers()")
    assert found == [(13 * 10**9, 0), (0, 13 * 10**9), (-1, 5), (5, -1)]
    slow = database.execute("select count(*) from network_outliers(%s)", 125_000_000)
    assert slow == [(6,)]


def test_the_bot_alone_may_take_them_out(database: Database) -> None:
    an_hour(database, outliers_at=(5,))
    with database.acting("service_role") as bot:
        [(count,)] = bot("select remove_network_outliers(array(select id from network_outliers()))")
    assert count == 1
