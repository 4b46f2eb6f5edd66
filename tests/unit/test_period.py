from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.period import Period

TOKYO = ZoneInfo("Asia/Tokyo")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
NEW_YORK = ZoneInfo("America/New_York")


def test_today_begins_at_midnight_in_the_owners_zone() -> None:
    assert Period.TODAY.start(datetime(2026, 11, 21, 0, 30, tzinfo=TOKYO)) == datetime(
        2026, 11, 20, 15, tzinfo=ZoneInfo("UTC")
    )
    assert Period.TODAY.start(datetime(2026, 11, 21, 9, tzinfo=KATHMANDU)) == datetime(
        2026, 11, 20, 18, 15, tzinfo=ZoneInfo("UTC")
    )


def test_today_is_25_hours_long_when_the_clocks_go_back() -> None:
    end = datetime(2026, 11, 1, 23, 59, 59, tzinfo=NEW_YORK)
    start = Period.TODAY.start(end)
    assert start is not None
    assert end.timestamp() - start.timestamp() == 25 * 3600 - 1


def test_a_week_and_a_month_are_the_last_7_and_30_days_from_a_whole_quarter_and_all_time_has_no_start() -> (
    None
):
    now = datetime(2026, 11, 21, 12, 34, 56, tzinfo=TOKYO)
    quarter = datetime(2026, 11, 21, 12, 30, tzinfo=TOKYO)
    assert Period.WEEK.start(now) == quarter - timedelta(days=7)
    assert Period.MONTH.start(now) == quarter - timedelta(days=30)
    assert Period.ALL.start(now) is None


def test_today_is_compared_with_yesterday_until_the_same_time() -> None:
    now = datetime(2026, 11, 21, 12, 34, 56, tzinfo=TOKYO)
    yesterday = (datetime(2026, 11, 20, tzinfo=TOKYO), datetime(2026, 11, 20, 12, 34, 56, tzinfo=TOKYO))
    assert Period.TODAY.before(now) == yesterday


def test_the_day_after_the_clocks_went_back_is_compared_with_as_much_of_the_longer_day() -> None:
    now = datetime(2026, 11, 2, 12, tzinfo=NEW_YORK)
    before = Period.TODAY.before(now)
    assert before is not None
    assert before[1].timestamp() - before[0].timestamp() == 12 * 3600


def test_a_week_and_a_month_are_compared_with_as_long_before_and_all_time_with_nothing() -> None:
    now = datetime(2026, 11, 21, 12, 34, 56, tzinfo=TOKYO)
    for period, days in ((Period.WEEK, 7), (Period.MONTH, 30)):
        start = period.start(now)
        assert start is not None
        assert period.before(now) == (start - timedelta(days=days), start)
    assert Period.ALL.before(now) is None


@pytest.mark.parametrize("choice", ["today", "week", "month", "all"])
def test_each_choice_has_its_period_and_a_title_of_its_own(choice: str) -> None:
    assert Period.of(choice).value[0] == choice
    assert Period.of(choice).title.startswith("📊 Network Stats - ")
    assert len({period.title for period in Period}) == 4
