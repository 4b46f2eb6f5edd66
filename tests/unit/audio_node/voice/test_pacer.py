"""The rhythm by a clock that the test moves; nothing here depends on how fast the machine is."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pytest

from audio_node.voice.pacer import INTERVAL, Pacer

if TYPE_CHECKING:
    from collections.abc import Callable


class Time:
    """A clock on which sleeping takes exactly as long as asked, or ``over`` longer."""

    def __init__(self) -> None:
        self.now = 100.0
        self.over = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds + self.over


class Turns:
    """Takes turns, noting their times, until there have been enough."""

    def __init__(self, time: Time, count: int, takes: Callable[[int], float] = lambda _: 0.0) -> None:
        self._time = time
        self._left = count
        self._takes = takes
        self.times: list[float] = []
        self.pacer = Pacer(clock=time.clock, sleep=time.sleep)

    def __call__(self) -> None:
        self.times.append(round(self._time.now - 100, 6))
        self._time.now += self._takes(len(self.times))
        self._left -= 1
        if self._left <= 0:
            self.pacer._stopped = True

    def run(self, *others: Callable[[], None]) -> None:
        self.pacer._turns = (self, *others)
        self.pacer._busy.set()
        self.pacer.run()


def raster(count: int) -> list[float]:
    return [round(index * INTERVAL, 6) for index in range(count)]


def test_turns_come_every_20_ms() -> None:
    turns = Turns(Time(), 1000)
    turns.run()
    assert turns.times == raster(1000)


def test_the_time_that_turns_take_does_not_add_up() -> None:
    turns = Turns(Time(), 100, lambda _: 0.013)
    turns.run()
    assert turns.times == raster(100)


def test_a_system_that_always_sleeps_too_long_does_not_slow_the_music() -> None:
    time = Time()
    time.over = 0.001
    turns = Turns(time, 100)
    turns.run()
    assert turns.times[-1] == pytest.approx(99 * INTERVAL + 0.001)


def test_after_a_delay_turns_catch_up_with_the_raster() -> None:
    turns = Turns(Time(), 20, lambda turn: 0.11 if turn == 3 else 0.0)
    turns.run()
    assert turns.times[:3] == raster(3)
    assert turns.times[3:8] == [0.15] * 5  # due at 60, 80 … 140 ms
    assert turns.times[8:] == raster(20)[8:]


def test_after_a_long_sleep_the_raster_begins_again_and_nothing_is_hurried() -> None:
    turns = Turns(Time(), 10, lambda turn: 60.0 if turn == 3 else 0.0)
    turns.run()
    assert turns.times[3] == pytest.approx(60.04)
    assert turns.times[4:] == pytest.approx([60.04 + 0.02 * index for index in range(1, 7)])


def test_a_player_that_breaks_costs_only_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[int] = []

    def broken() -> None:
        heard.append(0)
        raise ZeroDivisionError

    turns = Turns(Time(), 5)
    with caplog.at_level(logging.ERROR):
        turns.run(broken, lambda: heard.append(1))
    assert heard == [0, 1, 1, 1, 1, 1]
    assert len(caplog.records) == 1


def test_it_starts_with_the_first_player_rests_without_any_and_ends_when_closed() -> None:
    pacer = Pacer()
    before = threading.active_count()
    rang = threading.Semaphore(0)
    pacer.add(rang.release)
    assert rang.acquire(timeout=30)
    pacer.remove(rang.release)
    pacer.add(rang.release)
    assert rang.acquire(timeout=30)
    pacer.close()
    assert threading.active_count() == before
