from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.lavalink.position import REPORT_INTERVAL_MS, SETTLING_MS, TOLERANCE_MS, PositionClock


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


def test_a_report_of_before_a_seek_is_not_believed_for_a_while(time: Time) -> None:
    clock = PositionClock(time)
    clock.set(10_000, running=True)
    clock.seek(100_000, running=True)
    time.seconds += 0.5
    clock.report(10_500, running=True)
    assert clock.position_ms == 100_500

    time.seconds += SETTLING_MS / 1000
    clock.report(11_000, running=True)
    assert clock.position_ms == 11_000


def test_the_while_begins_again_with_the_answer_to_the_seek(time: Time) -> None:
    clock = PositionClock(time)
    clock.seek(100_000, running=False)
    time.seconds += SETTLING_MS / 1000
    clock.note_answer()
    clock.report(10_500, running=False)

    assert clock.position_ms == 100_000


def test_reports_of_the_old_place_are_not_believed_for_being_near(time: Time) -> None:
    clock = PositionClock(time)
    clock.set(100_000, running=True)
    clock.seek(100_700, running=True)
    time.seconds += 0.5
    clock.report(100_000, running=True)
    assert clock.position_ms == 101_200

    time.seconds += SETTLING_MS / 1000
    clock.report(102_400, running=True)
    assert clock.position_ms == 102_400


def test_a_report_that_is_not_believed_still_tells_whether_the_track_runs(time: Time) -> None:
    clock = PositionClock(time)
    clock.seek(100_000, running=True)
    time.seconds += 0.5
    clock.report(3_000, running=False)
    time.seconds += 10

    assert clock.position_ms == 100_500


def test_reports_that_count_from_zero_are_read_from_where_the_track_was_set(time: Time) -> None:
    clock = PositionClock(time)
    clock.seek(100_000, running=True, from_zero=True)
    time.seconds += 2
    clock.report(1_900, running=True)
    assert clock.position_ms == 101_900

    time.seconds += 5
    clock.report(7_000, running=True)
    assert clock.position_ms == 107_000
    clock.seek(50_000, running=True)
    time.seconds += 2
    clock.report(52_000, running=True)
    assert clock.position_ms == 52_000


@pytest.mark.parametrize("from_zero", [False, True])
def test_speed_counts_in_reports_from_zero_too(time: Time, from_zero: bool) -> None:
    clock = PositionClock(time)
    clock.seek(100_000, running=True, from_zero=True)
    time.seconds += 0.5
    clock.set_speed(2.0)
    time.seconds += 1.5
    clock.report(2_000 if from_zero else 102_000, running=True)

    assert clock.position_ms == 100_500 + 3_000


SEEK = st.tuples(st.just("seek"), st.integers(0, 300_000))
WAIT = st.tuples(st.just("wait"), st.integers(1, REPORT_INTERVAL_MS))


@example([("seek", 749), ("wait", 1), ("wait", 254)], False, False, 256)
@given(
    st.lists(SEEK | WAIT, max_size=20),
    st.booleans(),
    st.booleans(),
    st.integers(0, SETTLING_MS - 1),
)
def test_whatever_is_sought_the_clock_is_right(
    steps: list[tuple[str, int]], from_zero: bool, may_count_from_zero: bool, lag: int
) -> None:
    """Lavalink reports after every wait: the old position for ``lag`` ms after a seek, then the true one."""
    from_zero = from_zero and may_count_from_zero
    time = Time()
    clock = PositionClock(time)
    clock.set(0, running=True)
    truth = told = old = 0
    since_seek = SETTLING_MS
    for kind, number in steps:
        if kind == "seek":
            old = told if since_seek >= lag else old
            truth, told, since_seek = number, 0 if from_zero else number, 0
            clock.seek(number, running=True, from_zero=may_count_from_zero)
        else:
            time.seconds += number / 1000
            truth, told, since_seek = truth + number, told + number, since_seek + number
            clock.report(told if since_seek >= lag else old, running=True)
        # Times are floats: a millisecond may be lost at each.
        assert abs(clock.position_ms - truth) <= len(steps)
