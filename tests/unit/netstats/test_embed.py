from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.netstats.embed import (
    add_chart,
    add_comparison,
    add_gaps,
    format_duration,
    netstats_embed,
)
from bot.period import Period
from bot.telemetry.network_report import Gap, NetworkReport
from bot.telemetry.network_totals import NetworkTotals

if TYPE_CHECKING:
    from bot.texts import Language

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def totals(sent: int, received: int, *, seconds: float = 0) -> NetworkTotals:
    samples = 1 if sent or received else 0
    return NetworkTotals(
        bytes_sent=sent,
        bytes_recv=received,
        samples=samples,
        samples_expected=samples,
        seconds_covered=seconds,
    )


def compared(before: NetworkTotals) -> str:
    embed = discord.Embed()
    now = totals(112 * 2**20, 50 * 2**20)
    add_comparison(embed, Period.WEEK, now, before, seconds=1000, language="en")
    (field,) = embed.fields
    assert field.name == "📅 Compared with the 7 days before"
    return field.value or ""


def test_a_comparison_names_the_change_of_each_and_the_total_then() -> None:
    told = compared(totals(100 * 2**20, 100 * 2**20, seconds=990))
    assert told == "📤 ↑ 12%　📥 ↓ 50%　📊 ↓ 19%\nTotal then: 200.00 MB"


def test_a_period_of_which_little_was_recorded_is_called_a_poor_measure() -> None:
    assert compared(totals(2**20, 2**20, seconds=433)).endswith("(only 43% of that time was recorded)")


def test_where_nothing_was_recorded_there_is_no_arrow() -> None:
    assert compared(totals(0, 0)) == "There are no records to compare with."


def report(*gaps: Gap, count: int, seconds: float) -> NetworkReport:
    return NetworkReport(since=0, until=1, step=1, points=[], gaps=gaps, gap_count=count, gap_seconds=seconds)


def test_the_largest_gaps_are_listed_in_the_readers_time_and_the_others_counted() -> None:
    embed = discord.Embed()
    short, long = Gap("a", NOON, NOON + HOUR), Gap("b", NOON, NOON + 50 * HOUR)
    add_gaps(embed, report(long, short, count=7, seconds=53 * 3600), "en", name_bots=True)
    at = int(NOON.timestamp())
    assert (embed.fields[0].value or "").splitlines() == [
        f"`b` <t:{at}:f> – <t:{at + 50 * 3600}:f> (2 d 2 h)",
        f"`a` <t:{at}:f> – <t:{at + 3600}:t> (1 h)",
        "and 5 more; 2 d 5 h in all",
    ]


def test_without_a_gap_there_is_no_field() -> None:
    embed = discord.Embed()
    add_gaps(embed, report(count=0, seconds=0), "en", name_bots=False)
    assert not embed.fields


@pytest.mark.parametrize(("reach", "is_told"), [(1, False), (15, False), (16, True)])
def test_a_gap_from_before_is_told_where_it_lowers_the_coverage(reach: float, is_told: bool) -> None:
    midnight, embed = NOON - 12 * HOUR, discord.Embed()
    gap = Gap("a", midnight - HOUR, midnight + timedelta(seconds=reach))
    add_gaps(
        embed,
        replace(report(gap, count=1, seconds=3600 + reach), since=midnight.timestamp()),
        "en",
        name_bots=False,
    )

    assert bool(embed.fields) is is_told
    assert coverage(covered=43_200 - reach, expected=43_200).startswith("100.0%") is not is_told


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (90_000, "1 d 1 h"), (86_401, "1 d")],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: float, shown: str) -> None:
    assert format_duration(seconds, "en") == shown


def coverage(*, covered: float, expected: float, lost: int = 0) -> str:
    some = NetworkTotals(
        bytes_sent=1,
        bytes_recv=1,
        samples=1000,
        samples_expected=1000 + lost,
        seconds_covered=covered,
        seconds_expected=expected,
    )
    embed = netstats_embed(Period.TODAY, some, NOON, "en")
    return {field.name: field.value for field in embed.fields}["🧭 Coverage"] or ""


@pytest.mark.parametrize(
    ("covered", "expected", "lost", "shown"),
    [
        (86_400, 86_400, 0, "100.0% (1 d)"),
        (86_390, 86_400, 0, "100.0% (1 d)"),  # the ends of a period
        (2010, 2132, 0, "94.2% (2 min 2 s missing of 35 min 32 s)"),
        (30 * 3600, 60 * 3600, 0, "50.0% (1 d 6 h missing of 2 d 12 h)"),
        (99_999_969, 100_000_000, 0, "99.9% (31 s missing of 1157 d 9 h)"),
        (86_390, 86_400, 1, "99.9% (1 d; lost samples: 1)"),
        (0, 3600, 0, "0.0% (1 h missing of 1 h)"),
        (0, 0, 0, "unknown"),
    ],
)
def test_coverage_is_a_share_of_time_and_never_whole_beside_a_gap_or_a_lost_sample(
    covered: float, expected: float, lost: int, shown: str
) -> None:
    assert coverage(covered=covered, expected=expected, lost=lost) == shown


@given(st.floats(0, 10**9), st.floats(30, 10**9), st.integers(0, 3))
def test_no_gap_of_thirty_seconds_is_rounded_away(covered: float, gap: float, lost: int) -> None:
    shown = coverage(covered=covered, expected=covered + gap, lost=lost)
    assert float(shown.partition("%")[0]) < 100


@pytest.mark.parametrize(
    ("now", "before", "is_compared"),
    [
        ({"external"}, {"external"}, True),
        ({"external"}, {"all"}, False),
        ({"all", "external"}, {"all"}, False),
    ],
)
def test_periods_that_were_counted_differently_are_not_compared(
    now: set[str], before: set[str], is_compared: bool
) -> None:
    embed = discord.Embed()
    amounts = [
        replace(totals(2**20, 2**20, seconds=1000), countings=frozenset(ways)) for ways in (now, before)
    ]
    add_comparison(embed, Period.WEEK, *amounts, seconds=1000, language="en")
    (field,) = embed.fields
    assert ("Total then" in (field.value or "")) is is_compared
    assert ("counted differently" in (field.value or "")) is not is_compared


NAMES = ["📤 Sent", "📥 Received", "📊 Total", "📈 Data Points", "⚡ Avg/10s"]
TITLES = ["Today", "Last 7 Days", "Last 30 Days", "All Time"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_titles_names_colour_and_footer_are_the_same_in_every_language(language: Language) -> None:
    for period, title in zip(Period, TITLES, strict=True):
        embed = netstats_embed(period, totals(2**20, 2**20), NOON, language)
        assert embed.title == f"📊 Network Stats - {title}"
        assert [field.name for field in embed.fields][:5] == NAMES
        assert embed.colour == discord.Colour(0x00FF88)
        assert embed.footer.text == "Updated every 10 seconds"


def test_japanese_stands_in_the_description_and_the_values() -> None:
    some = replace(totals(1_279_262, 2**31), samples=1000, samples_expected=1000)
    embed = netstats_embed(Period.WEEK, some, NOON, "ja")
    assert {field.name: field.value for field in embed.fields if field.name in NAMES} == {
        "📤 Sent": "1.22 MB（送信）",
        "📥 Received": "2.00 GB（受信）",
        "📊 Total": "2.00 GB（合計）",
        "📈 Data Points": "1,000",
        "⚡ Avg/10s": "2.05 MB（10秒平均）",
    }
    assert embed.description == "今週（直近7日間）の通信量です。Data Points は10秒ごとの記録の件数です。"


def test_below_the_summary_stands_what_the_charts_colours_mean() -> None:
    embed = netstats_embed(Period.TODAY, totals(1, 1), NOON, "ja")
    add_chart(embed, "attachment://traffic.png", "Asia/Tokyo", "ja")
    summary, legend = (embed.description or "").splitlines()
    assert summary.startswith("今日の0:00から")
    assert (
        legend.replace("\u200b", "") == "グラフ: 🟥 送信　🟦 受信　斜線は記録のない時間（時刻は Asia/Tokyo）"
    )
    assert embed.image.url == "attachment://traffic.png"
