"""One server program as a child process: its log file, its end, and never an orphan."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

from sandbox.child_process import dying_with_parent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from pwd import struct_passwd

STOP_SECONDS = 10.0
"""How long a server may take to stop before it is killed."""
TAIL_BYTES = 4_000
TAIL_LINES = 15


class ServiceProcess:
    """A running child process, in its own session (so that a terminal's Ctrl-C leaves it to its owner).

    On Linux it gets ``stop_signal`` when this process ends, however it ends.
    """

    def __init__(
        self, process: asyncio.subprocess.Process, log_file: Path, stop_signal: signal.Signals
    ) -> None:
        self._process = process
        self._log_file = log_file
        self._stop_signal = stop_signal

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        *,
        log_file: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        user: struct_passwd | None = None,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> ServiceProcess:
        """Start ``command``, as the system user ``user`` if given, its output in ``log_file``."""
        with log_file.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *dying_with_parent(command, stop_signal, user),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env=environment,
                cwd=directory,
            )
        return cls(process, log_file, stop_signal)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Return the exit code once the process has ended."""
        return await self._process.wait()

    async def stop(self) -> None:
        """Send the stop signal and wait; kill it if that takes longer than STOP_SECONDS."""
        for number in (self._stop_signal, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
                return

    def last_lines(self) -> str:
        """Return the end of what it wrote."""
        with self._log_file.open("rb") as log_file:
            size = log_file.seek(0, 2)
            log_file.seek(max(0, size - TAIL_BYTES))
            lines = log_file.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])
