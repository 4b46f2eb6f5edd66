"""Samples of this process and its host, through psutil; deltas are pure functions.

The network counters are the host's, over all interfaces, loopback included: psutil has none for a single
process. https://psutil.readthedocs.io/en/latest/#psutil.net_io_counters
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import psutil

from bot.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Callable


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


def traffic_between(before: Counters, after: Counters) -> Traffic:
    """Return what passed between two readings; never negative.

    A counter below its earlier value was started again, by a reboot or a vanished interface: what it shows
    now is what passed since. (psutil itself corrects counters that wrap.)
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

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._process = psutil.Process()
        self._last: Counters | None = None
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

    def traffic(self) -> Traffic | None:
        """Return what passed since the last call; None in the first call. Raises OSError."""
        counters = psutil.net_io_counters()
        now = Counters(counters.bytes_sent, counters.bytes_recv, self._monotonic())
        before, self._last = self._last, now
        return traffic_between(before, now) if before else None
