from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING

import psutil
from hypothesis import given
from hypothesis import strategies as st

from bot.telemetry.host_metrics import Counters, HostMetrics, Traffic, traffic_between

if TYPE_CHECKING:
    import pytest

Reading = namedtuple("Reading", "bytes_sent bytes_recv")
counters = st.builds(Counters, *[st.integers(0, 2**64)] * 2, st.floats(0, 1e9))


@given(counters, counters)
def test_traffic_is_never_negative(before: Counters, after: Counters) -> None:
    assert min(traffic_between(before, after)) >= 0


@given(st.lists(st.tuples(st.integers(0, 10**9), st.booleans()), min_size=1))
def test_traffic_adds_up_across_reboots(steps: list[tuple[int, bool]]) -> None:
    """Every byte counts once, as long as a counter that began again is still below its earlier value."""
    before, truth, measured = Counters(0, 0, 0.0), 0, 0
    for amount, rebooted in steps:
        base = 0 if rebooted else before.bytes_sent
        after = Counters(base + amount, 0, before.at + 10)
        grown = traffic_between(before, after).bytes_sent
        if not rebooted or amount < before.bytes_sent:
            truth += amount
            measured += grown
        before = after
    assert measured == truth


def test_the_first_reading_gives_nothing_and_the_next_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter([Reading(1000, 50), Reading(1500, 60), Reading(20, 5)])
    clock = iter([100.0, 110.0, 121.5])
    monkeypatch.setattr(psutil, "net_io_counters", lambda: next(readings))
    metrics = HostMetrics(monotonic=lambda: next(clock))
    assert metrics.traffic() is None
    assert metrics.traffic() == Traffic(500, 10, 10.0)
    assert metrics.traffic() == Traffic(20, 5, 11.5)  # the counters began again


def test_a_sample_describes_this_process() -> None:
    sample = HostMetrics().sample()
    assert 0 <= sample.cpu_usage <= 100
    assert 0 < sample.ram_usage <= 100
    assert sample.memory_rss > 5
    assert sample.memory_heap > 1
    assert sample.uptime >= 0
