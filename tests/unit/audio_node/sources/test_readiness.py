"""What a node says of the means to find songs."""

from __future__ import annotations

from datetime import date
from importlib.metadata import PackageNotFoundError

import pytest

from audio_node.sources import readiness
from audio_node.sources.readiness import UPDATE, problems

TODAY = date(2026, 11, 28)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "version", lambda _name: "2026.11.10")
    monkeypatch.setattr(readiness, "javascript_runtimes", lambda: {"deno": {"path": "/deno"}})


def test_with_everything_there_is_nothing_to_say() -> None:
    assert problems(TODAY) == []


@pytest.mark.parametrize(
    ("version", "days"),
    [("2026.9.28", "61"), ("2025.11.28.123456", "365"), ("2026.09.29", ""), ("nightly", "")],
)
def test_an_old_version_is_told_with_its_age(
    monkeypatch: pytest.MonkeyPatch, version: str, days: str
) -> None:
    monkeypatch.setattr(readiness, "version", lambda _name: version)
    told = problems(TODAY)

    assert len(told) == bool(days)
    assert all(f"is {days} days old" in problem and UPDATE in problem for problem in told)


def test_a_missing_javascript_runtime_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "javascript_runtimes", dict)
    (problem,) = problems(TODAY)
    assert "YouTube" in problem


def test_a_missing_yt_dlp_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(readiness, "version", missing)
    (problem,) = problems(TODAY)
    assert "not installed" in problem
