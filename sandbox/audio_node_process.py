"""The audio node as a child process of `make run`, started again when it dies, at the same port."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import sys
from typing import TYPE_CHECKING

from bot.backoff import doubled
from sandbox.bot_process import REPOSITORY
from sandbox.child_process import dying_with_parent
from sandbox.tasks import cancel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before it is started again: the first time, and after starts that failed."""
STOP_SECONDS = 10.0


class AudioNodeError(Exception):
    """It could not be started; its own lines are on the console."""


class AudioNodeProcess:
    """``python -m audio_node`` on loopback, with a password that only we and the bot know."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self._options = [option for host in hosts for option in ("--http-host", host)]
        self._password = secrets.token_urlsafe(24)
        self._port = 0
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, and return when it listens; raises AudioNodeError."""
        await self._start()
        self._watch = asyncio.create_task(self._keep(), name="audio node")

    async def close(self) -> None:
        """Stop it."""
        await cancel(self._watch)
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def environment(self) -> Mapping[str, str]:
        """Return the bot's setting that points it here."""
        return {"LAVALINK_NODES": f"http://:{self._password}@127.0.0.1:{self._port}"}

    async def _start(self) -> None:
        command = [sys.executable, "-m", "audio_node", "--json", "--port", str(self._port), *self._options]
        process = await asyncio.create_subprocess_exec(
            *dying_with_parent(command),
            cwd=REPOSITORY,
            env={**os.environ, "AUDIO_NODE_PASSWORD": self._password},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            # A terminal's Ctrl-C is ours to pass on, after the bot has left its voice channels.
            start_new_session=True,
        )
        self._process = process
        line = await process.stdout.readline() if process.stdout else b""
        if not line:
            raise AudioNodeError(f"the audio node ended with code {await process.wait()}")
        self._port = int(json.loads(line)["port"])

    async def _keep(self) -> None:
        failures = 0
        while self._process is not None:
            code = await self._process.wait()
            pause = doubled(failures, first=FIRST_PAUSE, most=LONGEST_PAUSE)
            log.error("The audio node ended with code %s; it is started again in %.0f s", code, pause)
            await asyncio.sleep(pause)
            try:
                await self._start()
            except AudioNodeError:
                failures += 1
            else:
                failures = 0
