"""``python -m sandbox.chaos [--seed N] [--events N] [--seconds N]`` (or ``make chaos``)."""

from __future__ import annotations

import argparse
import asyncio
import logging
import secrets
import sys
import tempfile
import time
from pathlib import Path

from sandbox.chaos.checker import check
from sandbox.chaos.process_run import ChaosError
from sandbox.chaos.report import report
from sandbox.chaos.run import Chaos
from sandbox.supabase import SupabaseStack
from sandbox.supabase.errors import StackError

SCHEMA = Path(__file__).resolve().parents[2] / "bot" / "supabase_schema.sql"


async def run(directory: Path, seed: int, events: int, seconds: float) -> bool:
    """Cause chaos, print what came of it, and return whether everything is as it must be."""
    stack = SupabaseStack(directory / "supabase", SCHEMA)
    await stack.start()
    try:
        chaos = Chaos(stack=stack, directory=directory / "chaos", seed=seed, events=events, seconds=seconds)
        await chaos.run()
        history = await chaos.history()
    finally:
        await stack.close()
    verdict = check(history)
    print(report(chaos, history, verdict))
    return not verdict.violations


def main() -> int:
    """Return the exit code: 0 if telemetry kept every promise, 1 if not, 2 if nothing can be said."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="repeats the same faults (default: any)")
    parser.add_argument("--events", type=int, default=20_000, help="how many at least (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=45, help="about how long (default %(default)s)")
    parser.add_argument("--keep", type=Path, help="a directory for journals, spool and logs (default: none)")
    arguments = parser.parse_args()
    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    # Faults are what this is about; the stand-in's and its clients' complaints about them are not.
    logging.basicConfig(level=logging.CRITICAL)
    print(
        f"Chaos with seed {seed}: {arguments.events:,} events in about {arguments.seconds:.0f} s", flush=True
    )
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="otonari-chaos-") as temporary:
            directory = arguments.keep.resolve() if arguments.keep else Path(temporary)
            is_sound = asyncio.run(run(directory, seed, arguments.events, arguments.seconds))
    except (ChaosError, StackError) as error:
        print(f"The chaos could not be run to its end: {error}", file=sys.stderr)
        return 2
    print(f"({time.monotonic() - began:.0f} s, seed {seed})")
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
