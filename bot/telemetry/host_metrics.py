"""Samples of this process and its host, through psutil; deltas are pure functions.

The network counters are the host's: psutil has none for a single process. They are read by interface, and
`bot.telemetry.network_interfaces` says which of them count.
https://psutil.readthedocs.io/en/latest/#psutil.net_io_counters
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import psutil

from bot.telemetry.network_interfaces import counted, identity
from bot.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

log = logging.getLogger(__name__)

ALL_INTERFACES = "all"
"""How it was counted where nobody tells the interfaces apart: their sum, loopback included."""
EXTERNAL_INTERFACES = "external"
"""How it was counted by `bot.telemetry.network_interfaces`."""


@dataclass(frozen=True, slots=True)
class HostSample:
    """CPU and RAM in percent of the host, memory of this process in MiB, ``uptime`` in seconds."""

    cpu_usage: float
    """Since the sample before; 0 in the first."""
    ram_usage: float
    memory_rss: float
    memory_heap: float
    """CPython keeps no figure of its heap: this is the data segment, that is heap, stacks and anonymous
    mappings, where the system tells it (Linux), and otherwise what the process has for itself alone."""
    uptime: int


class Counters(NamedTuple):
    """Network counters at one moment; ``at`` is monotonic time in seconds."""

    bytes_sent: int
    bytes_recv: int
    at: float


class Traffic(NamedTuple):
    """Bytes between two moments, and the seconds between them."""

    bytes_sent: int
    bytes_recv: int
    seconds: float


class Reading(NamedTuple):
    """The counters of one moment by interface, a name and its `identity`; ``at`` is monotonic time."""

    at: float
    counters: Mapping[tuple[str, str], Counters]
    counted: Collection[str]
    """Names of those that count."""
    counting: str


def traffic_between(before: Counters, after: Counters) -> Traffic:
    """Return what passed one interface between two readings; never negative.

    A counter below its earlier value was started again: what it shows now is what passed since. (psutil
    itself corrects counters that wrap.)
    """
    return Traffic(
        _grown(before.bytes_sent, after.bytes_sent),
        _grown(before.bytes_recv, after.bytes_recv),
        max(after.at - before.at, 0.0),
    )


def _grown(before: int, after: int) -> int:
    return after - before if after >= before else after


class HostMetrics:
    """Reads the figures; every call returns at once."""

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, *, interfaces: Sequence[str] = ()
    ) -> None:
        self._monotonic = monotonic
        self._process = psutil.Process()
        self._chosen = interfaces
        self._warned = False
        self._last: Reading | None = None
        psutil.cpu_percent(interval=None)  # the first reading has nothing to compare with

    def sample(self) -> HostSample:
        """Return the figures of now; raises psutil.Error or OSError."""
        memory = self._process.memory_info()
        # "data" exists on Linux, "private" on Windows; the resident size is everywhere.
        heap: int = getattr(memory, "data", 0) or getattr(memory, "private", 0) or memory.rss
        return HostSample(
            cpu_usage=psutil.cpu_percent(interval=None),
            ram_usage=psutil.virtual_memory().percent,
            memory_rss=memory.rss / MEBIBYTE,
            memory_heap=heap / MEBIBYTE,
            uptime=int(time.time() - self._process.create_time()),
        )

    @property
    def counting(self) -> str:
        """How the last traffic was counted: two names of this are two measures that cannot be compared."""
        return self._last.counting if self._last else ALL_INTERFACES

    def traffic(self) -> Traffic | None:
        """Return what passed since the last call; None in the first call. Raises OSError.

        An interface counts from its first sight: what it carried before then is not of this time, and what
        one that is gone carried last is not known.
        """
        now = self._read()
        before, self._last = self._last, now
        if before is None:
            return None
        passed = [
            traffic_between(before.counters[interface], counters)
            for interface, counters in now.counters.items()
            if interface[0] in now.counted and interface in before.counters
        ]
        return Traffic(
            sum(traffic.bytes_sent for traffic in passed),
            sum(traffic.bytes_recv for traffic in passed),
            max(now.at - before.at, 0.0),
        )

    def _read(self) -> Reading:
        at = self._monotonic()
        try:
            found = psutil.net_io_counters(pernic=True)
        except TypeError:  # a stand-in that knows the total only
            found = {}
        if not found:
            total = psutil.net_io_counters()
            counters = Counters(total.bytes_sent, total.bytes_recv, at)
            return Reading(at, {(ALL_INTERFACES, ""): counters}, {ALL_INTERFACES}, ALL_INTERFACES)
        names = counted(found, self._chosen)
        if not names and not self._warned:
            self._warned = True
            setting, there = ",".join(self._chosen) or "not set", ", ".join(found)
            log.warning(
                "No network interface counts: NETWORK_INTERFACES is %s, and there are %s", setting, there
            )
        every = {
            (name, identity(name)): Counters(shown.bytes_sent, shown.bytes_recv, at)
            for name, shown in found.items()
        }
        counting = f"only {', '.join(sorted(self._chosen))}" if self._chosen else EXTERNAL_INTERFACES
        return Reading(at, every, names, counting)
