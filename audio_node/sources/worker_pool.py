"""Processes that do what may hang, swell or crash; each task has one, and at most so many run at once."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, cast

from audio_node.errors import LoadFailedError

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncGenerator

    from audio_node.errors import Severity
    from audio_node.sources.worker import Json

LONGEST_ANSWER = 4 * 1024 * 1024
"""Bytes: a playlist of 600 songs is a tenth of it."""


class WorkerPool:
    """Starts ``python -m module`` when there is something to do; ends it after ``idle`` seconds of nothing.

    ``memory`` bytes are what one process, with its children, may have; a task that takes longer than
    ``seconds``, or a process that dies of one, costs that process only.
    """

    def __init__(
        self, module: str, *, size: int = 2, memory: int = 768 << 20, seconds: float = 30, idle: float = 120
    ) -> None:
        self._command = (sys.executable, "-m", module, str(memory))
        self._seconds = seconds
        self._idle_seconds = idle
        self._free = asyncio.Semaphore(size)
        self._resting: list[tuple[Process, asyncio.TimerHandle]] = []
        self._processes: set[Process] = set()

    async def run(self, operation: str, **arguments: object) -> Json:
        """Return the worker's result; raises LoadFailedError."""
        request = json.dumps({"operation": operation, **arguments}).encode() + b"\n"
        try:
            async with self._free, asyncio.timeout(self._seconds), self._worker() as process:
                answer = await _asked(process, request)
        except TimeoutError as error:
            raise LoadFailedError("The service took too long to answer.", "suspicious") from error
        except (OSError, EOFError, ValueError) as error:
            cause = f"{type(error).__name__}: {error}"
            raise LoadFailedError("Something broke while looking this up.", "fault", cause) from error
        if "error" in answer:
            fields = cast("dict[str, str]", answer["error"])
            raise LoadFailedError(fields["message"], cast("Severity", fields["severity"]), fields["cause"])
        return cast("Json", answer["result"])

    async def close(self) -> None:
        """End every process."""
        for _process, timer in self._resting:
            timer.cancel()
        self._resting.clear()
        await asyncio.gather(*(self._end(process) for process in list(self._processes)))

    @asynccontextmanager
    async def _worker(self) -> AsyncGenerator[Process]:
        process = await self._take()
        try:
            yield process
        except BaseException:
            # Whatever it was doing, the next answer could be that of this task.
            await asyncio.shield(self._end(process))
            raise
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._idle_seconds, self._retire, process)
        self._resting.append((process, timer))

    async def _take(self) -> Process:
        while self._resting:
            process, timer = self._resting.pop()
            timer.cancel()
            if process.returncode is None:
                return process
            await self._end(process)
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LONGEST_ANSWER,
        )
        self._processes.add(process)
        return process

    def _retire(self, process: Process) -> None:
        """Let a process end that nobody has needed for a while: with its input, at once."""
        self._resting = [(each, timer) for each, timer in self._resting if each is not process]
        if process.stdin is not None:
            process.stdin.close()
        self._processes.discard(process)

    async def _end(self, process: Process) -> None:
        self._processes.discard(process)
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _asked(process: Process, request: bytes) -> Json:
    if process.stdin is None or process.stdout is None:
        raise EOFError("the process has no pipes")
    process.stdin.write(request)
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line:
        raise EOFError(f"the process ended with {await process.wait()}")
    return cast("Json", json.loads(line))
