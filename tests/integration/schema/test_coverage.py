"""network_coverage: the share of a period that samples cover, and how they were counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .conftest import Database

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
BOOTS = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(5)]


def now(database: Database) -> datetime:
    """The time of the test's transaction, which stands still."""
    [(moment,)] = database.execute("select now()")
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)


def run(
    database: Database,
    start: datetime,
    end: datetime,
    *,
    bot: str = "primary",
    boot: str = BOOTS[0],
    **more: str,
) -> None:
    """Have a bot run from ``start`` until ``end``: a sample every ten seconds, the first after ten."""
    columns = "".join(f", {name}" for name in more)
    values = "".join(f", '{value}'" for value in more.values())
    database.execute(
        f"""insert into network_stats
              (bot_id, boot_id, sequence, recorded_at, bytes_sent, bytes_recv, bytes_total,
               mb_sent, mb_recv, mb_total{columns})
            select %s, %s, n, %s::timestamptz + n * interval '10 seconds', 1, 1, 2, 0, 0, 0{values}
            from generate_series(1, %s) as n""",
        bot, boot, start, (end - start) // (10 * SECOND),
    )  # fmt: skip


def coverage(
    database: Database, since: datetime | None = None, until: datetime | None = None, bot: str | None = None
) -> tuple[float, float]:
    """Return seconds covered and seconds expected."""
    query = "select seconds_covered, seconds_expected from network_coverage(%s, %s, %s)"
    [(covered, expected)] = database.execute(query, since, until, bot)
    assert isinstance(covered, float)
    assert isinstance(expected, float)
    return covered, expected


def countings(database: Database, since: datetime | None = None, until: datetime | None = None) -> object:
    [(found,)] = database.execute("select countings from network_coverage(%s, %s)", since, until)
    return found


def test_without_a_gap_every_second_is_covered(database: Database) -> None:
    run(database, now(database) - 2 * HOUR, now(database) - 7 * SECOND)

    assert coverage(database) == (7190, 7190)  # the next sample is due in three seconds
    assert coverage(database, now(database) - HOUR) == (3590, 3590)


def test_a_time_without_a_process_lowers_it(database: Database) -> None:
    run(database, now(database) - 2 * HOUR, now(database) - HOUR)
    run(database, now(database) - HOUR + 122 * SECOND, now(database) - 2 * SECOND, boot=BOOTS[1])

    covered, expected = coverage(database, now(database) - 2 * HOUR)
    assert 122 - 10 <= expected - covered <= 122 + 10


def test_silence_until_now_and_from_the_beginning_of_the_period_lowers_it_too(database: Database) -> None:
    run(database, now(database) - 10 * HOUR, now(database) - 9 * HOUR)
    run(database, now(database) - 3 * HOUR, now(database) - 2 * HOUR, boot=BOOTS[1])

    assert coverage(database, now(database) - 5 * HOUR) == (3600, 5 * 3600)
    assert coverage(database) == (7200, 10 * 3600)


def test_before_the_first_sample_ever_nothing_is_expected(database: Database) -> None:
    run(database, now(database) - HOUR, now(database))

    assert coverage(database, now(database) - 100 * HOUR) == (3600, 3600)
    assert coverage(database, now(database) - 100 * HOUR, now(database) - 50 * HOUR) == (0, 0)
    assert coverage(database, bot="stranger") == (0, 0)


def test_thirty_gaps_of_an_hour_are_thirty_hours(database: Database) -> None:
    begin = now(database) - 60 * HOUR
    for n in range(30):
        run(database, begin + 2 * n * HOUR, begin + (2 * n + 1) * HOUR, boot=BOOTS[n % 5])

    assert coverage(database) == (30 * 3600, 60 * 3600)


def test_two_bots_make_up_for_no_gap_of_the_other(database: Database) -> None:
    run(database, now(database) - 2 * HOUR, now(database))
    run(database, now(database) - 2 * HOUR, now(database) - HOUR, bot="second")

    assert coverage(database) == (3 * 3600, 4 * 3600)
    assert coverage(database, bot="primary") == (7200, 7200)


def test_two_processes_of_one_bot_make_up_for_no_gap(database: Database) -> None:
    begin = now(database) - 3 * HOUR
    run(database, begin, begin + HOUR)
    run(database, begin, begin + HOUR, boot=BOOTS[1])
    run(database, begin + 2 * HOUR, begin + 3 * HOUR, boot=BOOTS[2])

    assert coverage(database) == (2 * 3600, 3 * 3600)
    assert coverage(database, begin + HOUR / 2) == (1.5 * 3600, 2.5 * 3600)


def test_one_sample_that_covers_a_long_stall_leaves_no_gap(database: Database) -> None:
    begin = now(database) - 2 * HOUR
    run(database, begin, begin + HOUR)
    database.execute(
        """insert into network_stats
             (boot_id, sequence, recorded_at, interval_seconds, bytes_sent, bytes_recv, bytes_total,
              mb_sent, mb_recv, mb_total)
           values (%s, 1000, now(), 3600, 1, 1, 2, 0, 0, 0)""",
        BOOTS[0],
    )

    assert coverage(database) == (7200, 7200)
    assert database.execute("select * from network_gaps()") == []


def test_it_stays_when_clean_up_has_deleted_the_rows(database: Database) -> None:
    run(database, now(database) - 2 * HOUR, now(database) - HOUR)
    before = coverage(database)
    database.execute("delete from network_stats")

    assert coverage(database) == before == (3600, 7200)


def test_a_period_knows_every_way_in_which_it_was_counted(database: Database) -> None:
    begin = now(database) - 72 * HOUR
    run(database, begin, begin + HOUR)
    run(database, begin + 24 * HOUR, begin + 25 * HOUR, boot=BOOTS[1], counting="external")
    run(database, begin + 48 * HOUR, begin + 49 * HOUR, boot=BOOTS[2], counting="only lo")
    database.execute("delete from network_stats")

    assert countings(database) == ["all", "external", "only lo"]
    assert countings(database, begin + 24 * HOUR, begin + 26 * HOUR) == ["external"]
    assert countings(database, begin, begin + 26 * HOUR) == ["all", "external"]
    assert countings(database, begin + 50 * HOUR) == []
