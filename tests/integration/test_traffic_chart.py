from __future__ import annotations

import asyncio
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from bot import traffic_chart
from bot.telemetry.network_report import NetworkReport
from bot.traffic_chart import TrafficChart

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR = 3600.0
START = 1_795_300_000.0 // HOUR * HOUR


def report(points: Sequence[tuple[float, float, float]] | None = None) -> NetworkReport:
    if points is None:
        hours = [*range(6), *range(10, 24)]
        points = [(START + hour * HOUR, 1e6 + hour * 1e4, 2e6) for hour in hours]
    return NetworkReport(
        since=START,
        until=START + 24 * HOUR,
        step=HOUR,
        points=points,
        gaps=[],
        gap_count=0,
        gap_seconds=0,
    )


async def test_a_chart_is_a_png_drawn_by_another_process_that_is_gone_then(tmp_path: Path) -> None:
    png = await TrafficChart(tmp_path).draw(report(), "Asia/Tokyo")

    assert png is not None
    assert struct.unpack(">II", png[16:24]) == (1300, 572)  # width and height: PNG specification §11.2.2
    assert drawing_processes() == []
    assert "matplotlib" not in sys.modules


def drawing_processes() -> list[psutil.Process]:
    """Return the children that draw; other tests' servers may be children, too."""
    children = psutil.Process().children()
    return [child for child in children if any("traffic_chart" in word for word in child.cmdline())]


async def test_nothing_is_drawn_of_no_points_and_no_process_started(tmp_path: Path) -> None:
    assert await TrafficChart(tmp_path / "none").draw(report([]), "Asia/Tokyo") is None
    assert not (tmp_path / "none").exists()


async def test_a_process_that_fails_leaves_a_word_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert await TrafficChart(tmp_path).draw(report(), "Mars/Olympus") is None
    assert "ZoneInfoNotFoundError" in caplog.text


async def test_a_process_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(traffic_chart, "DRAWING_SECONDS", 0.05)
    assert await TrafficChart(tmp_path).draw(report(), "Asia/Tokyo") is None
    assert "TimeoutError" in caplog.text
    assert drawing_processes() == []


async def test_the_drawing_process_is_given_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, str] = {}

    async def note(*_command: str, env: dict[str, str], **_options: object) -> asyncio.subprocess.Process:
        given.update(env)
        raise OSError("no process today")

    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    monkeypatch.setattr(asyncio, "create_subprocess_exec", note)
    assert await TrafficChart(tmp_path).draw(report(), "Asia/Tokyo") is None
    assert given
    assert "DISCORD_TOKEN" not in given
