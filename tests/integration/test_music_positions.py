"""Where a song is, by the bot, against what a Lavalink 4.2.2 reports after a seek."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.music_bench import SECOND, Bench, music_bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch) as bench:
        await bench.listen()
        yield bench


async def positions_until_reported(bench: Bench) -> list[int]:
    """Note the bot's positions until it believes every report, and has taken one."""
    seen = list[int]()

    def told() -> bool:
        seen.append(bench.player.position_ms)
        return bench.player._playback._clock._settled_at < time.monotonic()

    await bench.until(told)
    reports = reports_taken(bench)
    await bench.until(lambda: seen.append(bench.player.position_ms) or reports_taken(bench) != reports)
    return seen


def reports_taken(bench: Bench) -> float:
    return bench.player._playback._clock._reported_at


@pytest.mark.parametrize("target", [100 * SECOND, 2 * SECOND])
async def test_reports_of_before_a_seek_do_not_move_the_position_back(bench: Bench, target: int) -> None:
    sought_at = time.monotonic()
    await bench.player.seek(target)
    seen = await positions_until_reported(bench)

    passed = (time.monotonic() - sought_at) * SECOND
    assert target <= min(seen) <= max(seen) <= target + passed + SECOND
    assert abs(bench.player.position_ms - bench.playing().position) <= SECOND


@pytest.mark.parametrize("paused", [False, True])
async def test_a_song_can_be_sought_in_its_last_seconds(bench: Bench, paused: bool) -> None:
    end = bench.player.track.length_ms
    if paused:
        await bench.say("!pause")
    await bench.player.seek(end - 4 * SECOND)
    await bench.player.seek(10 * SECOND)

    assert bench.title() == "Lemon"
    assert bench.playing().paused is bench.player.paused is paused
    assert 10 * SECOND <= bench.playing().position <= 60 * SECOND
    await positions_until_reported(bench)
    assert bench.plays.titles == ["Lemon"], "a song that is sent again is not logged again"


@pytest.mark.parametrize("extension", ["ogg", "wav"])
async def test_positions_are_right_whatever_they_are_counted_from(bench: Bench, extension: str) -> None:
    await bench.say(f"!play {bench.nodes[0].base_url}/song.{extension}")
    await bench.say("!skip")
    await bench.say("!skip")
    await bench.until(lambda: bench.title() and bench.title() not in {"Lemon", "群青"})
    await bench.player.seek(60 * SECOND)
    seen = await positions_until_reported(bench)

    assert min(seen) >= 60 * SECOND
    assert abs(bench.player.position_ms - bench.playing().position) <= SECOND
    if extension == "ogg":
        assert bench.playing().told_position < 60 * SECOND
