"""Telemetry by itself, without Discord."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import load_settings
from bot.storage.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.config import Settings

ROOT = Path(__file__).parents[2]


@dataclass
class Source:
    """A bot as telemetry sees it."""

    settings: Settings
    latency: float = 0.042
    guilds: list[object] = field(default_factory=lambda: [object(), object()])
    lavalink_ping: float | None = 7.5
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.state = State(self.settings.database_file)

    def lavalink_ping_ms(self) -> float | None:
        return self.lavalink_ping


def telemetry_settings(environ: Mapping[str, str]) -> Settings:
    """Return settings of ``environ`` and nothing else."""
    return load_settings({"DISCORD_TOKEN": "token", **environ}, env_file=Path("there-is-no.env"))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that other threads and processes bring about."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


def kill_telemetry_in_the_middle(environ: Mapping[str, str], count: int) -> tuple[list[str], list[str]]:
    """Run telemetry in a process that records conversations, and kill it after ``count`` of them.

    Returns every prompt that it recorded, and those of them that were older than 250 ms when it was killed.
    """
    program = textwrap.dedent(
        """
        import asyncio, os, time
        from bot.supabase_client import SupabaseClient
        from tests.support.telemetry import Source, telemetry_settings

        async def main():
            client = SupabaseClient(Source(telemetry_settings(os.environ)))
            await client.initialize()
            n = 0
            while True:
                await client.save_conversation_log(
                    user_id=1, user_name="x", prompt=str(n), response="y" * 100
                )
                print(n, time.monotonic(), flush=True)
                n += 1
                await asyncio.sleep(0.001)

        asyncio.run(main())
        """
    )
    said: list[tuple[str, float]] = []
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"DISCORD_TOKEN": "token", "PYTHONPATH": str(ROOT), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            prompt, moment = line.split()
            said.append((prompt, float(moment)))
            if len(said) == count:
                process.kill()
    killed_at = said[-1][1]
    return [prompt for prompt, _ in said], [prompt for prompt, at in said if at < killed_at - 0.25]
