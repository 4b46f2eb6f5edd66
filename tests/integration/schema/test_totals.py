"""network_totals over a month of ten-second rows, by the days of several time zones, and after clean-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from .conftest import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Server

ROWS = 259_200  # 30 days of one every ten seconds
AGE = timedelta(
    days=12
)  # of the last row, so that clean-up finds rows that it deletes and rows that it keeps
# i is a row's place; the figures are unlike each other, and their sum is easily checked by any other means
FILL = """
insert into network_stats
  (boot_id, sequence, recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
select
  '00000000-0000-0000-0000-000000000001', i, %s::timestamptz + i * interval '10 seconds',
  sent, recv, sent + recv, 0, 0, 0
from generate_series(0::bigint, %s - 1) as i,
  lateral (select i * 7919 %% 100003 as sent, i * 104729 %% 1000003 as recv) as bytes
"""
TOTALS = "select bytes_sent, bytes_recv, bytes_total, samples from network_totals(%s, %s)"


def true_total(start: int, end: int) -> tuple[int, int, int, int]:
    """The figures of rows ``start`` to ``end`` (exclusive), worked out without the database."""
    sent = sum(i * 7919 % 100003 for i in range(start, end))
    recv = sum(i * 104729 % 1000003 for i in range(start, end))
    return sent, recv, sent + recv, max(0, end - start)


@dataclass(frozen=True)
class Month:
    """A database of ``ROWS`` rows; the first at an odd moment of its bucket."""

    database: Database
    first: datetime

    def place(self, moment: datetime | None, default: int = 0) -> int:
        """The place of the first row at or after ``moment``."""
        return (
            default
            if moment is None
            else min(max(0, -((self.first - moment) // timedelta(seconds=10))), ROWS)
        )

    def true_total(self, start: datetime | None, end: datetime | None) -> tuple[int, int, int, int]:
        return true_total(self.place(start), self.place(end, ROWS))

    def total(self, start: datetime | None, end: datetime | None) -> tuple[object, ...]:
        return self.database.execute(TOTALS, start, end)[0]


@pytest.fixture(scope="module")
def month(server: Server, otonari_template: str) -> Iterator[Month]:
    """Shared: tests that change it take ``expiring`` instead."""
    database = Database(server, server.create(template=otonari_template))
    first = datetime.now(UTC) - AGE - timedelta(seconds=10 * ROWS)
    database.execute(FILL, first, ROWS)
    yield Month(database, first)
    database.connection.close()


@pytest.fixture
def expiring(server: Server, month: Month) -> Iterator[Month]:
    """A copy of its own."""
    month.database.connection.close()  # a template may have no connection
    copy = Database(server, server.create(template=month.database.name))
    month.database.connection = server.connect(month.database.name)
    yield Month(copy, month.first)
    copy.connection.close()
    server.drop(copy.name)


def clean_up(month: Month) -> None:
    while any(
        row == (50_000,) for row in month.database.execute("select deleted from apply_retention(50000)")
    ):
        pass


def local_midnight(zone: str, days_ago: int) -> datetime:
    tz = ZoneInfo(zone)
    return datetime.combine(datetime.now(tz) - timedelta(days=days_ago), time(), tz)


def test_all_time_is_the_true_sum_before_and_after_clean_up(expiring: Month) -> None:
    truth = true_total(0, ROWS)
    assert expiring.total(None, None) == truth

    clean_up(expiring)

    kept = ROWS - 12 * 8640
    assert expiring.database.execute(
        "select count(*) between %s and %s from network_stats", kept - 60, kept
    ) == [(True,)]
    assert expiring.total(None, None) == truth
    expiring.database.execute("delete from network_stats")
    assert expiring.total(None, None) == truth


def test_local_days_stay_exact_when_their_rows_are_gone(expiring: Month) -> None:
    clean_up(expiring)

    for zone in ("Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu"):
        for days_ago in (40, 31, 30, 29, 13):
            day = (local_midnight(zone, days_ago), local_midnight(zone, days_ago - 1))
            assert expiring.total(*day) == expiring.true_total(*day)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York", "UTC"])
def test_days_weeks_and_months_of_any_time_zone_are_exact(month: Month, zone: str) -> None:
    today = local_midnight(zone, AGE.days)
    for period in [
        (today - timedelta(days=1), today),
        (today, None),
        (today - timedelta(days=7), None),
        (today - timedelta(days=20), today - timedelta(days=3)),
        (None, today),
    ]:
        assert month.total(*period) == month.true_total(*period), period


@pytest.mark.parametrize("session_zone", ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"])
def test_the_sessions_time_zone_makes_no_difference(month: Month, session_zone: str) -> None:
    start = month.first + timedelta(days=3, seconds=4321)

    with month.database.connection.transaction(force_rollback=True):
        month.database.execute(f"set local timezone = '{session_zone}'")

        assert month.total(start, None) == month.true_total(start, None)


def test_edges_of_a_microsecond_are_exact(month: Month) -> None:
    tick = timedelta(microseconds=1)
    moment = month.first + timedelta(days=9)
    row = month.place(moment)

    assert month.total(moment, moment + tick) == true_total(row, row + 1)
    assert month.total(moment + tick, moment + timedelta(seconds=10)) == (0, 0, 0, 0)
