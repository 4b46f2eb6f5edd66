"""Telemetry in a process of its own, for what must be measured there: memory, stalls, costs to a caller.

``in_process(task, **arguments)`` runs ``async def task(...)`` of a module here in a fresh interpreter and
returns its JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.child_process import dying_with_parent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.config import Settings
    from bot.storage.state import State
    from bot.supabase_client import SupabaseClient

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Source:
    """A bot as telemetry sees it."""

    settings: Settings
    state: State
    latency: float = 0.04
    guilds: list[object] = field(default_factory=list[object])

    def lavalink_ping_ms(self) -> float | None:
        """Return no round trip."""
        return None


def make_client() -> SupabaseClient:
    """Return telemetry as ``bot/main.py`` composes it, with the settings of the environment."""
    from bot.config import load_settings  # noqa: PLC0415 - only the child pays for it
    from bot.storage.state import State  # noqa: PLC0415
    from bot.supabase_client import SupabaseClient  # noqa: PLC0415

    settings = load_settings(os.environ, Path("there-is-no.env"))
    return SupabaseClient(Source(settings, State(settings.database_file)))


async def in_process(
    task: Callable[..., Awaitable[object]], environment: Mapping[str, str], **arguments: object
) -> Any:  # noqa: ANN401 - JSON that its caller knows
    """Run ``task`` in a process with an empty ``DATA_DIR``; returns what it returned, by way of JSON."""
    with tempfile.TemporaryDirectory(prefix="otonari-bench-") as directory:
        task_words = (task.__module__, task.__name__, json.dumps(arguments))
        process = await asyncio.create_subprocess_exec(
            *dying_with_parent([sys.executable, "-m", "benchmarks.telemetry_process", *task_words]),
            cwd=ROOT,
            env={**os.environ, "DISCORD_TOKEN": "x", "DATA_DIR": directory, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        answer, errors = await process.communicate()
    if process.returncode:
        raise RuntimeError(errors.decode(errors="replace")[-1000:])
    return json.loads(answer)


def main() -> None:
    """Run one task and print its result."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.telemetry_process", description=__doc__)
    parser.add_argument("module")
    parser.add_argument("task")
    parser.add_argument("arguments", type=json.loads)
    given = parser.parse_args()
    task = getattr(import_module(given.module), given.task)
    print(json.dumps(asyncio.run(task(**given.arguments))))


if __name__ == "__main__":
    main()
