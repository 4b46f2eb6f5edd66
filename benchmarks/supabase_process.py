"""The sandbox's Supabase in a process of its own, so that it shares only the cores with what is measured."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
from psycopg import sql

from sandbox.child_process import dying_with_parent

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

ROOT = Path(__file__).resolve().parents[1]


class SupabaseProcess:
    """``python -m sandbox.supabase`` on its own directory; started by `start`, ended with the context."""

    def __init__(self) -> None:
        self._stack = contextlib.AsyncExitStack()
        self._info: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        """The project's URL; after `start`."""
        return str(self._info["url"])

    @property
    def key(self) -> str:
        """The secret key; after `start`."""
        return str(self._info["secret_key"])

    @property
    def publishable_key(self) -> str:
        """The key that a page may have; after `start`."""
        return str(self._info["publishable_key"])

    @property
    def dsn(self) -> str:
        """A superuser's connection string; after `start`."""
        return str(self._info["dsn"])

    @property
    def environment(self) -> dict[str, str]:
        """The bot's settings that point it here; after `start`."""
        return {"SUPABASE_URL": self.url, "SUPABASE_KEY": self.key}

    async def start(self) -> None:
        """Start it if it does not run yet, and put every switch back; returns when requests are answered."""
        if not self._info:
            directory = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="otonari-bench-"))
            process = await asyncio.create_subprocess_exec(
                *dying_with_parent(
                    [sys.executable, "-m", "sandbox.supabase", "--json", "--data-dir", directory]
                ),
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            self._stack.push_async_callback(_stop, process)
            assert process.stdout is not None
            self._info = json.loads(await process.stdout.readline())
        await self.switch("DELETE", "/faults")
        await self.latency(0)

    async def latency(self, milliseconds: int) -> None:
        """Make every request take ``milliseconds`` longer."""
        await self.switch("PUT", "/latency", {"ms": milliseconds})

    async def switch(self, method: str, path: str, body: object = None) -> None:
        """Turn a switch of sandbox/supabase/control.py."""
        async with httpx.AsyncClient(timeout=600) as client:
            answer = await client.request(method, f"{self._info['control']}{path}", json=body)
            answer.raise_for_status()

    async def connect(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        """Return a superuser's connection, each statement its own transaction."""
        return await psycopg.AsyncConnection.connect(self.dsn, autocommit=True)

    async def empty(self, *tables: str) -> None:
        """Empty ``tables``."""
        async with await self.connect() as connection:
            for table in tables:
                await connection.execute(
                    sql.SQL("truncate {} cascade").format(sql.Identifier("public", table))
                )


async def _stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    await process.wait()
