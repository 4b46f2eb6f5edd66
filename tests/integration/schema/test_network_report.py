"""network_report and network_bots: the picture of a period, and who is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .conftest import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def sample(database: Database, first: datetime, count: int, *, bot: str = "primary") -> None:
    """Insert ``count`` traffic samples, ten seconds apart, of 100 bytes out and 300 in."""
    database.execute(
        """insert into network_stats
             (bot_id, recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
           select %s, %s::timestamptz + i * interval '10 seconds', 100, 300, 400, 0, 0, 0
           from generate_series(0, %s - 1) as i""",
        bot, first, count,
    )  # fmt: skip


def report(database: Database, since: datetime | None, until: datetime, **more: object) -> dict[str, object]:
    options = "".join(f", {name} => %s" for name in more)
    query = f"select network_report(%s, %s{options})"
    [(answer,)] = database.execute(query, since, until, *more.values())
    assert isinstance(answer, dict)
    return answer


def test_a_point_is_the_rate_per_second_of_what_was_covered(database: Database) -> None:
    sample(database, NOON, 60)

    answer = report(database, NOON, NOON + timedelta(hours=1))

    assert answer["step"] == 30
    assert answer["points"] == [
        [(NOON + i * 3 * 10 * timedelta(seconds=1)).timestamp(), 10, 30] for i in range(20)
    ]


def test_the_rates_of_several_bots_are_added_and_not_averaged(database: Database) -> None:
    for bot in ("a", "b"):
        sample(database, NOON, 360, bot=bot)

    points = {bot: report(database, NOON, NOON + DAY, p_bot_id=bot)["points"] for bot in ("a", None)}

    assert [sent for _, sent, _ in points["a"]] == [10] * len(points["a"])
    assert [sent for _, sent, _ in points[None]] == [20] * len(points[None])


def test_the_largest_gaps_come_first_and_all_of_them_are_counted(database: Database) -> None:
    for minute in (0, 10, 30, 33):
        sample(database, NOON + minute * MINUTE, 6)

    answer = report(database, NOON, NOON + 34 * MINUTE, p_gaps=2)

    found = [(gap["bot_id"], gap["to"] - gap["from"]) for gap in answer["gaps"]]
    assert found == [("primary", 19 * 60.0), ("primary", 9 * 60.0)]
    assert answer["gap_count"] == 3
    assert answer["gap_seconds"] == (19 + 9 + 2) * 60


def test_all_time_begins_with_the_first_sample_and_has_no_more_points_than_asked_for(
    database: Database,
) -> None:
    for day in range(0, 1000, 10):
        sample(database, NOON - day * DAY, 2)

    answer = report(database, None, NOON + DAY, p_points=100)

    assert answer["since"] == (NOON - 990 * DAY).timestamp()
    assert 50 < len(answer["points"]) <= 100


def test_a_report_without_a_sample_is_empty(database: Database) -> None:
    answer = report(database, None, NOON)

    assert (answer["points"], answer["gaps"], answer["gap_count"], answer["gap_seconds"]) == ([], [], 0, 0)


def test_every_bot_that_ever_reported_is_known_also_after_clean_up(database: Database) -> None:
    sample(database, NOON, 3, bot="b")
    sample(database, NOON - DAY, 1, bot="a")
    database.execute("delete from network_stats")

    assert database.execute("select * from network_bots()") == [
        ("a", NOON - DAY, NOON - DAY),
        ("b", NOON, NOON + timedelta(seconds=20)),
    ]
