from __future__ import annotations

import logging
import random
from typing import TYPE_CHECKING

from bot.telemetry.circuit_breaker import CircuitBreaker
from bot.telemetry.postgrest_errors import TelemetryError, classified

if TYPE_CHECKING:
    import pytest


class LongestWait(random.Random):
    def uniform(self, a: float, b: float) -> float:
        return b


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def breaker(clock: Clock | None = None) -> CircuitBreaker:
    return CircuitBreaker("music_logs", monotonic=clock or Clock(), rng=LongestWait())


def waits(breaker: CircuitBreaker, error: TelemetryError, count: int) -> list[float]:
    found = []
    for _ in range(count):
        breaker.record_failure(error)
        found.append(breaker.wait)
    return found


def test_the_bound_doubles_from_one_second_to_sixty() -> None:
    assert waits(breaker(), TelemetryError("x"), 9) == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_delay_is_random_below_the_bound() -> None:
    breaker = CircuitBreaker("x", monotonic=Clock(), rng=random.Random(1))
    found = waits(breaker, TelemetryError("x"), 200)[10:]
    assert 0 <= min(found) < 5
    assert 55 < max(found) <= 60


def test_retry_after_is_the_least_to_wait() -> None:
    assert waits(breaker(), TelemetryError("x", retry_after=30), 7) == [30, 30, 30, 30, 30, 32, 60]


def test_a_fault_of_the_setup_is_probed_more_often() -> None:
    assert waits(breaker(), classified(404, {}, "PGRST205", ""), 7) == [1, 2, 4, 8, 15, 15, 15]


def test_success_opens_and_forgets() -> None:
    shut = breaker()
    waits(shut, TelemetryError("x"), 5)
    shut.record_success()
    assert (shut.wait, shut.failure) == (0, None)
    assert waits(shut, TelemetryError("x"), 1) == [1]


def test_waiting_ends_with_time_or_haste() -> None:
    clock = Clock()
    shut = breaker(clock)
    waits(shut, TelemetryError("x"), 3)
    clock.now += 1.5
    assert shut.wait == 2.5
    clock.now += 5
    assert shut.wait == 0
    waits(shut, TelemetryError("x"), 1)
    shut.retry_now()
    assert shut.wait == 0


def test_one_line_is_logged_for_each_change_of_state(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    shut = breaker(clock)
    waits(shut, TelemetryError("connection refused"), 5)
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (
            logging.WARNING,
            "music_logs: telemetry waits on disk and will be sent later: network: connection refused",
        )
    ]
    caplog.clear()
    waits(shut, classified(404, {}, "PGRST205", "no such table"), 5)
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.ERROR]
    assert "PGRST205: no such table" in caplog.messages[0]
    assert "supabase_schema.sql" in caplog.messages[1]
    caplog.clear()
    clock.now += 12
    shut.record_success()
    shut.record_success()
    assert caplog.messages == ["✅ music_logs: telemetry passes again after 12 s"]
