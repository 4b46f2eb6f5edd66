"""``python -m benchmarks.music_process``: the bot itself, which tells every second how its loop stalled.

Lines of standard output: the longest stall of that second, in milliseconds.
"""

from __future__ import annotations

import asyncio
import time

from bot.config import load_settings
from bot.discord_connection import use_discord_endpoints
from bot.main import run

TICK = 0.005


async def watched() -> None:
    """Run the bot beside the measurement."""
    settings = load_settings()
    use_discord_endpoints(settings)
    probe = asyncio.create_task(_probe())
    try:
        await run(settings)
    finally:
        probe.cancel()


async def _probe() -> None:
    while True:
        worst, until = 0.0, time.monotonic() + 1
        while time.monotonic() < until:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            worst = max(worst, time.perf_counter() - before - TICK)
        print(f"{worst * 1000:.2f}", flush=True)


if __name__ == "__main__":
    asyncio.run(watched())
