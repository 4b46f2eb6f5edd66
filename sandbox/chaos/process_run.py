"""One run of the process under test, from its start to its end, and what it left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.telemetry.ledger import Account
from sandbox.chaos.driver import DUMP_STACKS
from sandbox.chaos.journal import read_journal
from sandbox.chaos.spool_file import SpoolState, read_spool
from sandbox.child_process import dying_with_parent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.chaos.driver import RunOptions
    from sandbox.chaos.journal import Recorded

REPOSITORY = Path(__file__).resolve().parents[2]
SPOOL_NAME = "otonari.sqlite3"
READY_SECONDS = 60.0
STOP_SECONDS = 90.0
DUMP_SECONDS = 60.0
LOG_TAIL = 40_000


class ChaosError(Exception):
    """The chaos itself went wrong: nothing can be said about telemetry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What happened in a run, and what it left behind."""

    events: list[Recorded]
    before: SpoolState
    after: SpoolState
    reported: dict[str, Account]
    """The ledger as telemetry itself gave it when it had opened the spool."""
    killed_at: float | None = None
    """Monotonic seconds, right before SIGKILL; None if it ended by itself or was asked to."""


@dataclass(slots=True)
class ProcessRun:
    """Starts ``python -m sandbox.chaos.driver`` and ends it."""

    options: RunOptions
    environment: Mapping[str, str]
    data_dir: Path
    before: SpoolState
    """What the spool holds when it starts."""
    clock_offset: float = 0.0
    clock_jumps: int = 0
    _process: asyncio.subprocess.Process | None = None
    _listening: asyncio.Task[None] | None = None
    _reported: dict[str, Account] = field(default_factory=dict[str, Account])
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def spool(self) -> Path:
        """The file under test."""
        return self.data_dir / SPOOL_NAME

    async def start(self) -> None:
        """Start, and return when the outbox is open; raises ChaosError."""
        self.clock_offset = self.options.clock_offset
        with self.log_file.open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *dying_with_parent([sys.executable, "-m", "sandbox.chaos.driver", *self.options.arguments()]),
                cwd=REPOSITORY,
                env={**os.environ, **self.environment, "DATA_DIR": str(self.data_dir)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
            )
        self._listening = asyncio.create_task(self._listen(self._process))
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait(
            {ready, self._listening}, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        ready.cancel()
        if not self._ready.is_set():
            raise ChaosError(f"the process under test did not start: {self._log_tail()}")

    async def kill(self) -> RunResult:
        """End it with SIGKILL."""
        killed_at = time.monotonic()
        self._signal(signal.SIGKILL)
        await self._ended()
        return self._result(killed_at)

    async def stop(self) -> RunResult:
        """Ask it to end, with SIGTERM; raises ChaosError if it ends badly."""
        self._signal(signal.SIGTERM)
        return await self.end()

    async def end(self) -> RunResult:
        """Wait until it ends by itself; raises ChaosError if it ends badly."""
        code = await self._ended()
        if code:
            raise ChaosError(f"the process under test ended with {code}: {self._log_tail()}")
        return self._result(None)

    @property
    def log_file(self) -> Path:
        """What every run has logged."""
        return self.data_dir.parent / "telemetry.log"

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None or self._process.returncode is not None:
            raise ChaosError(f"the process under test ended before its time: {self._log_tail()}")
        self._process.send_signal(number)

    async def _ended(self) -> int:
        if self._process is None or self._listening is None:
            raise ChaosError("the process under test was not started")
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._listening
                return await self._process.wait()
        except TimeoutError as error:
            raise ChaosError(
                f"the process under test does not come to its end: {await self._dump(self._process)}"
            ) from error

    async def _dump(self, process: asyncio.subprocess.Process) -> str:
        """Return what it still had to send, and the end of its log: where its threads and tasks are."""
        with contextlib.suppress(TimeoutError, ProcessLookupError):
            process.send_signal(DUMP_STACKS)
            async with asyncio.timeout(DUMP_SECONDS):
                await process.wait()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        waiting = Counter(read_spool(self.spool).waiting.values())
        return f"{dict(waiting)} wait to be sent; {self._log_tail()}"

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        while process.stdout is not None and (line := await process.stdout.readline()).endswith(b"\n"):
            reported = json.loads(line)
            if "clock" in reported:
                self.clock_offset = reported["clock"]
                self.clock_jumps += 1
            else:
                self._reported = {table: Account(**counts) for table, counts in reported["ledger"].items()}
                self._ready.set()

    def _result(self, killed_at: float | None) -> RunResult:
        return RunResult(
            events=read_journal(self.options.journal),
            before=self.before,
            after=read_spool(self.spool),
            reported=self._reported,
            killed_at=killed_at,
        )

    def _log_tail(self) -> str:
        if not self.log_file.exists():
            return "nothing"
        return self.log_file.read_text(errors="replace")[-LOG_TAIL:]
