"""The process under test: the bot's telemetry as ``bot/main.py`` composes it, without Discord.

Started by `sandbox.chaos.life`; its settings come from the environment, like the bot's. It prints one line of
JSON, its ledger, when the outbox is open and another when it has ended well; then it records until it is
stopped (SIGTERM) or killed.
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

if TYPE_CHECKING:
    from bot.config import Settings
    from sandbox.chaos.workload import JournaledClient

BURST = 60
"""The most events that are recorded without a pause."""
JUMP_SHARE = 0.01
"""How often the clock is set between two bursts."""
JUMP_SECONDS = 1800.0
WHERE_ARE_YOU = signal.SIGUSR1
"""Has it say where every thread and every task is, and end."""


@dataclass
class Source:
    """The bot as telemetry sees it."""

    settings: Settings
    dice: random.Random
    guilds: list[object] = field(default_factory=list[object])

    @property
    def latency(self) -> float:
        """The gateway's round trip, unknown now and then."""
        return self.dice.choice((0.04, 0.2, math.nan, math.inf))

    def lavalink_ping_ms(self) -> float | None:
        """Return the round trip to Lavalink, absent now and then."""
        return self.dice.choice((7.5, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What one life of the process is to do."""

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
    def of(cls, text: str) -> Orders:
        """Read what `arguments` has written."""
        values: dict[str, Any] = json.loads(text)
        values["journal"] = Path(values["journal"])
        return cls(**values)


async def live(orders: Orders, clock: SkewedClock) -> None:
    """Do as ordered, until SIGTERM at the latest."""
    from bot.config import load_settings  # noqa: PLC0415 - after the clock has been replaced
    from bot.log_setup import redactor, set_up_logging  # noqa: PLC0415
    from sandbox.chaos.workload import JournaledClient  # noqa: PLC0415

    asyncio.get_running_loop().add_signal_handler(WHERE_ARE_YOU, _print_tasks_and_end)
    faulthandler.register(WHERE_ARE_YOU, chain=True)  # prints the threads, even if the loop hangs
    settings = load_settings(os.environ, Path("there-is-no.env"))
    set_up_logging(settings.log_level, redactor(settings.secrets))
    dice = random.Random(orders.seed)  # noqa: S311 - repeatable, not secret
    client = JournaledClient(Source(settings, dice), Journal(orders.journal), dice)
    await client.dead_letters()  # answered by the writer's thread once it has opened the spool
    _print_ledger(client)
    if not orders.open_only:
        await _work(orders, client, clock, dice)
    await client.close()


async def _work(orders: Orders, client: JournaledClient, clock: SkewedClock, dice: random.Random) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    # Recording does not wait for the project's first answer: neither does the bot.
    starting = asyncio.create_task(client.initialize())
    recording = asyncio.create_task(_record(orders, client, clock, dice))
    draining = asyncio.create_task(_drained(client) if orders.until_drained else stopped.wait())
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait({draining, stopping, recording}, return_when=asyncio.FIRST_COMPLETED)
    await starting
    for task in (recording, draining, stopping):
        task.cancel()
    for result in await asyncio.gather(recording, draining, stopping, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


async def _record(orders: Orders, client: JournaledClient, clock: SkewedClock, dice: random.Random) -> None:
    while orders.rate:
        burst = dice.randint(1, BURST)
        for _ in range(burst):
            await client.record_something()
        if dice.random() < JUMP_SHARE:
            clock.offset_seconds = dice.uniform(-JUMP_SECONDS, JUMP_SECONDS)
            print(json.dumps({"clock": clock.offset_seconds}), flush=True)
        await asyncio.sleep(burst / orders.rate)
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
    """Live once."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.chaos.driver", description=__doc__)
    parser.add_argument("orders", type=Orders.of)
    orders: Orders = parser.parse_args().orders
    clock = SkewedClock(orders.clock_offset)
    clock.install()
    asyncio.run(live(orders, clock))


if __name__ == "__main__":
    main()
