"""The program's drawing, in this process; only its arithmetic is looked at, its look by people."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
from bot.traffic_chart.drawing import Series, _scale
for raw in json.load(sys.stdin):
    series = Series.of(raw)
    print(json.dumps([[len(points) for points in series.stretches()], list(series.breaks())]))
print(json.dumps([_scale(peak) for peak in (0, 1023, 1024, 5 * 1024**2, 1024**9)]))
"""

WORDS = """
import sys
from matplotlib.axes import Axes
from bot.traffic_chart import drawing
legend = Axes.legend
def noted(axes, handles, names, **options):
    print(*names)
    return legend(axes, handles, names, **options)
Axes.legend = noted
if sys.argv[2] == "no font":
    drawing._japanese_fonts = lambda: []
raw = {"since": 0, "until": 90, "step": 10, "points": [(0, 1, 2), (60, 1, 2)], "timezone": "Asia/Tokyo"}
drawing.draw(drawing.Series.of({**raw, "language": sys.argv[1]}))
"""


@pytest.mark.parametrize(
    ("language", "font", "words"),
    [
        ("en", "font", "Sent Received No data"),
        ("en", "no font", "Sent Received No data"),
        ("ja", "no font", "↑ ↓ ×"),
        ("ja", "font", "送信 受信 記録なし"),
    ],
)
def test_its_words_are_the_readers_and_never_boxes(language: str, font: str, words: str) -> None:
    if (language, font) == ("ja", "font") and not japanese_font():
        pytest.skip("no Japanese font is installed here")
    # A glyph that no font has is a warning, and here an error.
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", WORDS, language, font],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, words), done.stderr


def japanese_font() -> bool:
    program = "from bot.traffic_chart import drawing; raise SystemExit(not drawing._japanese_fonts())"
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


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
