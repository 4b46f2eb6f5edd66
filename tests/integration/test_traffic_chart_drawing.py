"""The program's drawing, in this process; only its arithmetic is looked at, its look by people."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
from bot.traffic_chart.drawing import Series, _scale
for raw in json.load(sys.stdin):
    series = Series.of(raw)
    print(json.dumps([[len(points) for points in series.stretches()], list(series.breaks())]))
print(json.dumps([_scale(peak) for peak in (0, 1023, 1024, 5 * 1024**2, 1024**9)]))
"""


def test_points_apart_are_not_joined_and_what_is_missing_is_shaded() -> None:
    def raw(*at: float, until: float = 100) -> dict[str, object]:
        points = [(moment, 1, 2) for moment in at]
        return {"since": 0, "until": until, "step": 10, "points": points, "timezone": "Asia/Tokyo"}

    series = [raw(0, 10, 50, 60, until=70), raw(20, 30), raw(), raw(*range(0, 100, 10))]
    # In a process of its own: the bot's never loads the library.
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(series),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *told, scales = map(json.loads, done.stdout.splitlines())
    assert told == [
        [[2, 2], [[20, 50]]],
        [[2], [[40, 100]]],
        [[], []],
        [[10], []],
    ]
    assert scales == [[1, "B/s"], [1, "B/s"], [1024, "KB/s"], [1024**2, "MB/s"], [1024**4, "TB/s"]]
