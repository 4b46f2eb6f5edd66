"""The real bot, unchanged, as a child process of the sandbox; tests stop, kill and start it again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.child_process import dying_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

log = logging.getLogger(__name__)

REPOSITORY = Path(__file__).resolve().parent.parent
STOP_TIMEOUT = 20.0
"""Seconds that the bot gets for its shutdown (it flushes telemetry for 5) before it is killed."""


class BotProcess:
    """``python -m bot``, with what ``environment()`` returns at each start added to the sandbox's own.

    Its console goes to ``log_file``, or to the sandbox's standard error.
    """

    name = "bot"

    def __init__(self, environment: Callable[[], Mapping[str, str]], log_file: Path | None = None) -> None:
        self._environment = environment
        self._log_file = log_file
        self._process: asyncio.subprocess.Process | None = None
        self.exited = asyncio.Event()
        """Set while a bot that was started does not run any more."""
        self.lost = asyncio.Event()
        """Set while it does not run although nobody here ended it."""
        self._ended_here = False
        self._watch: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.returncode is None

    @property
    def returncode(self) -> int | None:
        """Exit status of the last run (negative: the signal that ended it); None before its end."""
        return self._process.returncode if self._process else None

    @property
    def ending(self) -> str:
        """How the last run ended, for people: ``killed by SIGKILL``, ``exit code 1``."""
        code = self.returncode or 0
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    async def start(self) -> None:
        """Start the bot; returns at once, not when it is ready."""
        self.exited.clear()
        self.lost.clear()
        self._ended_here = False
        with self._log_file.open("ab") if self._log_file else contextlib.nullcontext(sys.stderr) as output:
            self._process = await asyncio.create_subprocess_exec(
                *dying_with_parent([sys.executable, "-m", "bot"]),
                cwd=REPOSITORY,
                env={**os.environ, **self._environment()},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # A terminal's Ctrl-C is the sandbox's to pass on, while all that the bot talks to is there.
                start_new_session=True,
            )
        self._watch = asyncio.create_task(self._wait(self._process))

    async def close(self) -> None:
        """End the bot as a service manager would: SIGTERM, and SIGKILL after ``STOP_TIMEOUT``."""
        await self.signal(signal.SIGTERM)

    async def signal(self, number: signal.Signals) -> None:
        """Send a signal and wait until the process is gone; a process that is gone already is fine."""
        if self._process is None or self._watch is None:
            return
        self._ended_here = True
        self.lost.clear()
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        try:
            await asyncio.wait_for(asyncio.shield(self._watch), STOP_TIMEOUT)
        except TimeoutError:
            log.warning("The bot did not stop within %s s and is killed", STOP_TIMEOUT)
            self._process.kill()
            await self._watch

    def info(self) -> Mapping[str, object]:
        """Return the process id and whether it runs."""
        return {
            "pid": self._process.pid if self._process else None,
            "running": self.running,
            "returncode": self.returncode,
            "log": str(self._log_file) if self._log_file else None,
        }

    def control_routes(self) -> Sequence[web.RouteDef]:
        """Return ``GET /``, ``POST /start``, ``/stop`` (SIGTERM) and ``/kill`` (SIGKILL)."""
        return [
            web.get("/", self._show),
            web.post("/start", self._start),
            web.post("/stop", self._stop),
            web.post("/kill", self._kill),
        ]

    async def _wait(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self.exited.set()
        if not self._ended_here:
            self.lost.set()

    async def _show(self, _request: web.Request) -> web.Response:
        return web.json_response(dict(self.info()))

    async def _start(self, request: web.Request) -> web.Response:
        if not self.running:
            await self.start()
        return await self._show(request)

    async def _stop(self, request: web.Request) -> web.Response:
        await self.signal(signal.SIGTERM)
        return await self._show(request)

    async def _kill(self, request: web.Request) -> web.Response:
        await self.signal(signal.SIGKILL)
        return await self._show(request)
