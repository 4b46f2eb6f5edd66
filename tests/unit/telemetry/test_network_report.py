from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.telemetry.network_report import Gap, parse_report
from bot.telemetry.postgrest_errors import TelemetryError

if TYPE_CHECKING:
    from bot.storage.json_value import Json

ANSWER: dict[str, Json] = {
    "since": 0.5,
    "until": 100,
    "step": 10,
    "points": [[0, 1, 2], [10, 3.5, 4]],
    "gap_count": 3,
    "gap_seconds": 90,
    "gaps": [{"bot_id": "a", "from": 20, "to": 80.5}],
}


def test_a_report_is_read_from_the_functions_json() -> None:
    report = parse_report(ANSWER)
    assert list(report.points) == [(0, 1, 2), (10, 3.5, 4)]
    assert (report.since, report.until, report.step) == (0.5, 100, 10)
    gap = Gap("a", datetime.fromtimestamp(20, UTC), datetime.fromtimestamp(80.5, UTC))
    assert (list(report.gaps), report.gap_count, report.gap_seconds) == ([gap], 3, 90)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "<html>",
        [],
        {},
        {**ANSWER, "points": [[1, 2]]},
        {**ANSWER, "points": "123"},
        {**ANSWER, "step": None},
        {**ANSWER, "gaps": [7]},
        {**ANSWER, "gaps": [{"bot_id": "a", "from": 1e30, "to": 2}]},
    ],
)
def test_what_is_no_report_is_a_telemetry_error(answer: Json) -> None:
    with pytest.raises(TelemetryError):
        parse_report(answer)
