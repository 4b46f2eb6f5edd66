"""What a benchmark is, and what it may use.

A benchmark is a module here with ``TITLE`` and ``async def measure(bench: Bench) -> list[Figure]``,
named in ``benchmarks.__main__.BENCHMARKS``. Baselines are figures without a mark, measured in the same call.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from benchmarks.supabase_process import SupabaseProcess


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table; with a mark it is judged, without one it is a baseline or for the record."""

    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the mark is reached; None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least

    @property
    def mark(self) -> str:
        """The mark in words."""
        if self.at_most is not None:
            return f"≤ {number(self.at_most)} {self.unit}"
        return "" if self.at_least is None else f"≥ {number(self.at_least)} {self.unit}"


class Benchmark(Protocol):
    """The shape of a benchmark's module."""

    TITLE: str

    async def measure(self, bench: Bench) -> list[Figure]:
        """Measure; raises whatever goes wrong, which is reported in the benchmark's place."""
        ...


@dataclass(slots=True)
class Bench:
    """What is shared by the benchmarks of one run."""

    supabase: SupabaseProcess
    """A Supabase of real PostgreSQL; started when it is first asked for."""
    quick: bool = False
    """Whether sizes are cut down, to see that it works; the figures then mean little."""

    def scaled(self, full: int, quick: int) -> int:
        """Return the size to use."""
        return quick if self.quick else full


@dataclass(slots=True, kw_only=True)
class Section:
    """What one benchmark gave."""

    name: str
    title: str
    figures: list[Figure] = field(default_factory=list[Figure])
    error: str = ""
    seconds: float = 0.0
    load: float = field(default_factory=lambda: os.getloadavg()[0])
    """The machine's load average of the minute before it began."""


def number(value: float) -> str:
    """Return ``value`` with three significant digits, or whole from 1,000 on."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` (0 to 1) of ``values`` lie."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
