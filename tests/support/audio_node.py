"""``python -m audio_node`` as a test sees it: a process, its address."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.child_process import dying_with_parent

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]


class RunningNode:
    """One process; starts at the same port again after a stop."""

    def __init__(self, *options: str, environment: Mapping[str, str] | None = None) -> None:
        self._options = options
        self._environment = {**os.environ, **(environment or {})}
        self._port = 0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it, and return when it listens."""
        command = [sys.executable, "-m", "audio_node", "--json", "--port", str(self._port), *self._options]
        process = await asyncio.create_subprocess_exec(
            *dying_with_parent(command), cwd=ROOT, env=self._environment, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        line = await process.stdout.readline()
        assert line, f"the node ended with code {await process.wait()}; its messages are above"
        self._process = process
        self._port = json.loads(line)["port"]

    async def stop(self) -> None:
        """Stop it as a service manager does, if it runs."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            assert await self._process.wait() == 0
