from __future__ import annotations

import pytest

from bot.lavalink.position import REPORT_INTERVAL_MS, TOLERANCE_MS, PositionClock


class Time:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_running_clock_goes_on_from_the_last_report(time: Time) -> None:
    clock = PositionClock(time)
    clock.set(60_000, running=True)
    time.seconds += 2.5

    assert clock.position_ms == 62_500


def test_a_held_clock_stands_where_it_was_held_and_goes_on_from_there(time: Time) -> None:
    clock = PositionClock(time)
    clock.set(10_000, running=True)
    time.seconds += 1
    clock.stop()
    time.seconds += 60
    assert clock.position_ms == 11_000

    clock.resume()
    time.seconds += 1
    assert clock.position_ms == 12_000


def test_a_silent_node_does_not_make_the_position_run_away(time: Time) -> None:
    clock = PositionClock(time)
    clock.set(10_000, running=True)
    time.seconds += 3600

    assert clock.position_ms == 10_000 + REPORT_INTERVAL_MS + TOLERANCE_MS


def test_a_negative_report_counts_as_the_beginning(time: Time) -> None:
    clock = PositionClock(time)
    clock.set(-1, running=False)

    assert clock.position_ms == 0


def test_a_speed_counts_from_its_change_on_although_reports_ignore_it(time: Time) -> None:
    clock = PositionClock(time)
    clock.set(10_000, running=True)
    time.seconds += 2
    clock.set_speed(2.0)
    time.seconds += 1
    assert clock.position_ms == 14_000

    clock.report(14_000, running=True)
    assert clock.position_ms == 16_000
    clock.set(60_000, running=True)
    time.seconds += 1
    assert clock.position_ms == 62_000


def test_another_clock_with_the_same_anchor_reads_reports_alike(time: Time) -> None:
    clock, heir = PositionClock(time), PositionClock(time)
    clock.set_speed(1.5)
    clock.set(10_000, running=True)
    clock.report(20_000, running=False)
    heir.adopt(clock.anchor, 1.5)
    heir.report(20_000, running=False)

    assert heir.position_ms == clock.position_ms == 25_000
