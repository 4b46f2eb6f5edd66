from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telemetry.host_metrics import Counters, HostMetrics, Traffic, traffic_between

if TYPE_CHECKING:
    from collections.abc import Sequence

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


GIGABYTE = 10**9
TERABYTE = 10**12


def metrics_of(
    monkeypatch: pytest.MonkeyPatch, readings: list[dict[str, int]], interfaces: Sequence[str] = ()
) -> HostMetrics:
    """Read one dictionary of interfaces after the other; each has received as much as it has sent."""
    rest = iter(readings)

    def read(*, pernic: bool = False) -> dict[str, Reading]:
        assert pernic
        return {name: Reading(count, count) for name, count in next(rest).items()}

    monkeypatch.setattr(psutil, "net_io_counters", read)
    return HostMetrics(interfaces=interfaces)


def sent(metrics: HostMetrics, readings: Sequence[object]) -> list[int]:
    """Return what was sent in each of as many samples as there are readings, without the first."""
    samples = [metrics.traffic() for _ in readings]
    assert samples[0] is None
    return [sample.bytes_sent for sample in samples if sample is not None]


@pytest.mark.parametrize(
    ("readings", "passed"),
    [
        # a veth with 300 MB goes: the rest is no traffic of this time
        (
            [
                {"eth0": 4 * TERABYTE, "eth1": 300 * 10**6},
                {"eth0": 4 * TERABYTE + 5},
                {"eth0": 4 * TERABYTE + 7},
            ],
            [5, 2],
        ),
        # one that appears with history counts from then on
        ([{"eth0": 10}, {"eth0": 11, "eth1": TERABYTE}, {"eth0": 12, "eth1": TERABYTE + 3}], [1, 4]),
        # one that goes and comes back, too
        ([{"eth0": 1, "eth1": 50}, {"eth0": 2}, {"eth0": 3, "eth1": 90}, {"eth0": 4, "eth1": 91}], [1, 1, 2]),
        # loopback, bridges, ends of containers and tunnels repeat what eth0 carried
        (
            [
                {"lo": 0, "eth0": 0, "docker0": 0, "veth1": 0, "wg0": 0},
                {"lo": 99, "eth0": 7, "docker0": 7, "veth1": 7, "wg0": 6},
            ],
            [7],
        ),
        ([{"lo": 0}, {"lo": GIGABYTE}], [0]),
        ([{"eth0": 1000}, {"eth0": 20}, {"eth0": 25}], [20, 5]),  # the counter began again
    ],
)
def test_a_difference_is_taken_per_interface_and_each_byte_counts_once(
    monkeypatch: pytest.MonkeyPatch, readings: list[dict[str, int]], passed: list[int]
) -> None:
    assert sent(metrics_of(monkeypatch, readings), readings) == passed


interfaces = st.sampled_from(["lo", "eth0", "eth1", "wlan0", "veth1", "docker0"])


@given(st.lists(st.dictionaries(interfaces, st.integers(0, 2**50)), min_size=2, max_size=8))
def test_no_sample_has_more_than_its_counters_grew_or_show(readings: list[dict[str, int]]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        passed = sent(metrics_of(monkeypatch, [{"eth9": 0, **reading} for reading in readings]), readings)
    for before, after, amount in zip(readings, readings[1:], passed, strict=False):
        grown = [
            after[name] - before[name] if after[name] >= before[name] else after[name]
            for name in after.keys() & before.keys() & {"eth0", "eth1", "wlan0"}
        ]
        assert amount == sum(grown)


def test_the_owner_may_choose_what_counts_and_the_sample_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = [{"lo": 0, "eth0": 0}, {"lo": 5, "eth0": 9}]
    for chosen, counted, counting in ((["lo"], 5, "only lo"), (["lo", "eth*"], 14, "only eth*, lo")):
        metrics = metrics_of(monkeypatch, readings, chosen)
        metrics.traffic()
        traffic = metrics.traffic()
        assert traffic is not None
        assert (traffic.bytes_sent, metrics.counting) == (counted, counting)
    metrics = metrics_of(monkeypatch, readings)
    metrics.traffic()
    traffic = metrics.traffic()
    assert traffic is not None
    assert metrics.counting == "external"


def test_that_nothing_counts_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    readings = [{"lo": 0, "eth0": n} for n in range(3)]
    assert sent(metrics_of(monkeypatch, readings, ["eth9"]), readings) == [0, 0]
    assert caplog.messages == [
        "No network interface counts: NETWORK_INTERFACES is eth9, and there are lo, eth0"
    ]


def test_without_counters_by_interface_the_total_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    totals = iter([Reading(10, 20), Reading(13, 24)])
    monkeypatch.setattr(psutil, "net_io_counters", lambda pernic=False: {} if pernic else next(totals))
    metrics = HostMetrics()
    assert metrics.traffic() is None
    traffic = metrics.traffic()
    assert traffic is not None
    assert (traffic.bytes_sent, traffic.bytes_recv, metrics.counting) == (3, 4, "all")


def test_a_sample_describes_this_process() -> None:
    sample = HostMetrics().sample()
    assert 0 <= sample.cpu_usage <= 100
    assert 0 < sample.ram_usage <= 100
    assert sample.memory_rss > 5
    assert sample.memory_heap > 1
    assert sample.uptime >= 0
