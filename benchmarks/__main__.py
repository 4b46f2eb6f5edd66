"""Run the benchmarks: ``python -m benchmarks [names …] [--quick]``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from benchmarks.frame import Bench, Section
from benchmarks.report import as_json, as_markdown, documented, machine, summary
from benchmarks.supabase_process import SupabaseProcess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.frame import Benchmark, Figure

BENCHMARKS: tuple[str, ...] = (
    "stall", "recording", "delivery", "all_time", "memory", "idle", "storage", "retention", "failover",
    "music", "audio_node", "dashboard", "chat", "hostile", "hostile_memory",
)  # fmt: skip
"""Modules of this package, in the order in which they run."""
REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS = REPOSITORY / ".benchmarks"
DOCUMENT = REPOSITORY / "docs" / "benchmarks.md"


async def run(names: Sequence[str], *, quick: bool) -> list[Section]:
    """Run benchmarks one after the other, printing each one's table as it ends."""
    sections: list[Section] = []
    async with SupabaseProcess() as supabase:
        bench = Bench(supabase, quick)
        for name in names:
            sections.append(await _section(name, bench))
            print(as_markdown(sections[-1]), flush=True)
    return sections


async def _section(name: str, bench: Bench) -> Section:
    section = Section(name=name, title=name)
    began = time.monotonic()
    # Gathered, so that one that fails does not cost the others' figures.
    (result,) = await asyncio.gather(_measure(section, bench), return_exceptions=True)
    section.seconds = time.monotonic() - began
    if isinstance(result, Exception):
        section.error = f"{type(result).__name__}: {result}"
    elif isinstance(result, BaseException):
        raise result
    else:
        section.figures = result
    return section


async def _measure(section: Section, bench: Bench) -> list[Figure]:
    benchmark = cast("Benchmark", import_module(f"benchmarks.{section.name}"))
    section.title = benchmark.TITLE
    print(f"… {section.title}", file=sys.stderr, flush=True)
    return await benchmark.measure(bench)


def main() -> int:
    """Return the exit code: 0 if everything could be measured, whatever the figures are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which to run: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it works")
    parser.add_argument("--document", action="store_true", help="put the tables into docs/benchmarks.md")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    # gRPC, which a stand-in uses, complains of every child process unless it is told before its import.
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
    print(f"# Benchmarks\n\nMeasured on {machine()}.\n", flush=True)
    sections = asyncio.run(run(arguments.names or BENCHMARKS, quick=arguments.quick))
    print(summary(sections))
    if arguments.document:
        DOCUMENT.write_text(documented(DOCUMENT.read_text(encoding="utf-8"), sections), encoding="utf-8")
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{time.strftime('%Y%m%dT%H%M%S')}.json"
    target.write_text(json.dumps(as_json(sections, quick=arguments.quick), indent=2, ensure_ascii=False))
    print(f"as JSON: {target.relative_to(REPOSITORY)}")
    return int(any(section.error for section in sections))


if __name__ == "__main__":
    sys.exit(main())
