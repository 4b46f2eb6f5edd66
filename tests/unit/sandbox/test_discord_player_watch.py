"""What people are told about players."""

from __future__ import annotations

from typing import Any

from sandbox.discord.events import EventLog
from sandbox.discord.player_watch import PlayerWatch


def told(*looks: list[dict[str, Any]]) -> list[tuple[str | None, int]]:
    """Look once per list, a second apart, and return title and position of each event."""
    log, rest = EventLog(), list(looks)
    watch = PlayerWatch(log, lambda: rest.pop(0))
    for _ in looks:
        watch.look(1.0)
    return [(event.data["title"], event.data["position_ms"]) for event in log._events]


def player(position: int, title: str | None = "曲", *, paused: bool = False) -> list[dict[str, Any]]:
    found = {"guild_id": "1", "channel_id": "2", "title": title, "position_ms": position, "paused": paused}
    return [found]


def test_a_track_that_plays_on_is_told_once() -> None:
    assert told(player(0), player(1000), player(2100)) == [("曲", 0)]


def test_a_new_track_a_pause_and_a_seek_are_told() -> None:
    assert told(player(0), player(0, "次")) == [("曲", 0), ("次", 0)]
    assert told(player(0), player(1000, paused=True), player(1000, paused=True)) == [("曲", 0), ("曲", 1000)]
    assert told(player(0), player(60_000), player(61_000)) == [("曲", 0), ("曲", 60_000)]


def test_a_player_that_went_has_no_title() -> None:
    assert told(player(0), [], []) == [("曲", 0), (None, 0)]
