"""The process under test: the bot's telemetry as ``bot/main.py`` composes it, without Discord.

Started by `sandbox.chaos.process_run`; its settings come from the environment, like the bot's. It prints a
line of JSON, its ledger, when the outbox is open, and one whenever it sets its clock; then it records until
it is stopped (SIGTERM) or killed.
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import json
import math
import os
import random
import signal
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.chaos.clock import SkewedClock
from sandbox.chaos.journal import Journal
from sandbox.tasks import cancel

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.storage.state import State
    from sandbox.chaos.workload import JournaledClient

BURST = 60
"""The most events that are recorded without a pause."""
JUMP_SHARE = 0.01
"""How often the clock is set between two bursts."""
JUMP_SECONDS = 1800.0
DUMP_STACKS = signal.SIGUSR1
"""Makes it print the stack of every thread and task, and end."""


@dataclass
class Source:
    """The bot as telemetry sees it."""

    settings: Settings
    state: State
    rng: random.Random
    guilds: list[object] = field(default_factory=list[object])

    @property
    def latency(self) -> float:
        """The gateway's round trip, unknown now and then."""
        return self.rng.choice((0.04, 0.2, math.nan, math.inf))

    def lavalink_ping_ms(self) -> float | None:
        """Return the round trip to Lavalink, absent now and then."""
        return self.rng.choice((7.5, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What one run of the process is to do."""

    journal: Path
    seed: int
    clock_offset: float
    rate: float
    """Events per second; 0 to record nothing but what telemetry records by itself."""
    open_only: bool = False
    """End again as soon as the outbox is open, without a word to Supabase."""
    until_drained: bool = False
    """End as soon as nothing is left to send."""

    def arguments(self) -> list[str]:
        """Return the command line that `of` reads."""
        return [json.dumps(asdict(self), default=str)]

    @classmethod
    def of(cls, text: str) -> RunOptions:
        """Read what `arguments` has written."""
        values: dict[str, Any] = json.loads(text)
        values["journal"] = Path(values["journal"])
        return cls(**values)


async def run(options: RunOptions, clock: SkewedClock) -> None:
    """Record and deliver as the options say, until SIGTERM at the latest."""
    from bot.config import load_settings  # noqa: PLC0415 - after the clock has been replaced
    from bot.log_setup import set_up_logging  # noqa: PLC0415
    from bot.redaction import redactor  # noqa: PLC0415
    from bot.storage.state import State  # noqa: PLC0415
    from sandbox.chaos.workload import JournaledClient  # noqa: PLC0415

    asyncio.get_running_loop().add_signal_handler(DUMP_STACKS, _print_tasks_and_end)
    faulthandler.register(DUMP_STACKS, chain=True)  # prints the threads, even if the loop hangs
    settings = load_settings(os.environ, Path("there-is-no.env"))
    set_up_logging(settings.log_level, redactor(settings.secrets))
    rng = random.Random(options.seed)  # noqa: S311 - repeatable, not secret
    client = JournaledClient(
        Source(settings, State(settings.database_file), rng), Journal(options.journal), rng
    )
    await client.dead_letters()  # answered by the writer's thread once it has opened the spool
    _print_ledger(client)
    if not options.open_only:
        await _work(options, client, clock, rng)
    await client.close()


async def _work(options: RunOptions, client: JournaledClient, clock: SkewedClock, rng: random.Random) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    # Recording does not wait for the project's first answer: neither does the bot.
    starting = asyncio.create_task(client.initialize())
    recording = asyncio.create_task(_record(options, client, clock, rng))
    draining = asyncio.create_task(_drained(client) if options.until_drained else stopped.wait())
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait({draining, stopping, recording}, return_when=asyncio.FIRST_COMPLETED)
    await starting
    for task in (recording, draining, stopping):
        await cancel(task)


async def _record(
    options: RunOptions, client: JournaledClient, clock: SkewedClock, rng: random.Random
) -> None:
    while options.rate:
        burst = rng.randint(1, BURST)
        for _ in range(burst):
            await client.record_something()
        if rng.random() < JUMP_SHARE:
            clock.offset_seconds = rng.uniform(-JUMP_SECONDS, JUMP_SECONDS)
            print(json.dumps({"clock": clock.offset_seconds}), flush=True)
        await asyncio.sleep(burst / options.rate)
    await asyncio.Event().wait()


async def _drained(client: JournaledClient) -> None:
    while any(account.spooled for account in client.ledger().values()):
        await client.network_totals()  # does not wait for the statistics' turn
        await asyncio.sleep(0.05)


def _print_ledger(client: JournaledClient) -> None:
    ledger = {table: asdict(account) for table, account in client.ledger().items()}
    print(json.dumps({"ledger": ledger}), flush=True)


def _print_tasks_and_end() -> None:
    for task in asyncio.all_tasks():
        task.print_stack(file=sys.stderr)
    os._exit(os.EX_SOFTWARE)


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.chaos.driver", description=__doc__)
    parser.add_argument("options", type=RunOptions.of)
    options: RunOptions = parser.parse_args().options
    clock = SkewedClock(options.clock_offset)
    clock.install()
    asyncio.run(run(options, clock))


if __name__ == "__main__":
    main()
