"""How much of a period was recorded, on the dashboard as in /netstats."""

from __future__ import annotations

from tests.support.dashboard_library import call

DAY = 86_400
MIDNIGHT = 1_700_000_000_000
"""In milliseconds."""


def test_a_gap_from_before_is_told_where_it_lowers_the_coverage() -> None:
    reaches = (1, 15, 16, 3600)
    totals = [
        {"samples": 9, "samples_expected": 9, "seconds_expected": DAY, "seconds_covered": DAY - reach}
        for reach in reaches
    ]

    told = call("coverage", [["isGapSince", MIDNIGHT, MIDNIGHT + 1000 * reach] for reach in reaches])
    percents = call("coverage", [["coveragePercent", each] for each in totals])

    assert told == [False, False, True, True]
    assert [percent < 100 for percent in percents] == told
