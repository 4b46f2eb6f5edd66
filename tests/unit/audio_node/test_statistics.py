"""The frames that clients are told of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from audio_node.player import FrameCounts
from audio_node.statistics import Statistics

if TYPE_CHECKING:
    from audio_node.guild_player import GuildPlayer


@dataclass(eq=False)
class Playing:
    counts: FrameCounts = field(default_factory=FrameCounts)
    playing: bool = True
    connected: bool = True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [1_000.0]
    monkeypatch.setattr("audio_node.statistics.time.monotonic", lambda: seconds[0])
    return seconds


def frames(statistics: Statistics, *players: Playing) -> object:
    known = cast("list[GuildPlayer]", list(players))
    return statistics.as_json(known, with_frames=True)["frameStats"]


def test_frames_are_the_average_of_a_minute(clock: list[float]) -> None:
    statistics, one, two = Statistics(), Playing(), Playing()
    assert frames(statistics, one, two) is None
    clock[0] += 30
    one.counts.sent, two.counts.sent, two.counts.nulled = 1_500, 1_300, 100
    assert frames(statistics, one, two) == {"sent": 2_800, "nulled": 100, "deficit": 100}


def test_who_did_not_play_all_the_time_does_not_count(clock: list[float]) -> None:
    statistics, one, new = Statistics(), Playing(), Playing()
    frames(statistics, one)
    clock[0] += 60
    one.counts.sent, new.counts.sent = 3_000, 50
    assert frames(statistics, one, new) == {"sent": 3_000, "nulled": 0, "deficit": 0}
    clock[0] += 60
    one.playing = new.connected = False
    assert frames(statistics, one, new) is None


def test_the_process_is_measured() -> None:
    stats = Statistics().as_json([], with_frames=False)
    memory = cast("dict[str, int]", stats["memory"])
    assert 0 < memory["used"] < memory["reservable"]
    assert stats["frameStats"] is None
