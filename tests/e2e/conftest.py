"""One running sandbox with the real bot for every end-to-end test of the session."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.config import SETTING_KEYS
from sandbox.child_process import dying_with_parent
from sandbox.people import PeopleApi, Person
from tests.support import discord_oracle
from tests.support.running_sandbox import RunningSandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

POLL_SECONDS = 0.1
PATIENCE = 200.0
"""Seconds; telemetry that an earlier test kept from Supabase may wait for a minute before its next try."""


@pytest.fixture(scope="session")
def running() -> Iterator[RunningSandbox]:
    """The sandbox, started once; tests use ``sandbox``."""
    # Not pytest's own temporary folder: as root, PostgreSQL runs as somebody who may not look into that.
    with tempfile.TemporaryDirectory(prefix="otonari-e2e-") as directory:
        sandbox = RunningSandbox.start(Path(directory))
        yield sandbox
        assert sandbox.stop() == 0


@pytest.fixture
def sandbox(running: RunningSandbox) -> Iterator[RunningSandbox]:
    """The sandbox, without faults before and after the test, and with the bot running."""
    yield running
    for service in ("discord", "gemini", "lavalink", "lrclib", "supabase"):
        running.control(service, "DELETE", "/faults")
    running.start_bot()


@pytest.fixture
async def people(sandbox: RunningSandbox) -> AsyncIterator[PeopleApi]:
    """The people API; in the end, what bot and stand-in told each other must fit Discord's description."""
    async with PeopleApi(sandbox.page) as api:
        await api.call("DELETE", "/discord/exchanges")
        yield api
        exchanges = (await api.call("GET", "/discord/exchanges"))["exchanges"]
        if discord_oracle.load() is not None:
            assert discord_oracle.exchange_problems(exchanges) == []


@pytest.fixture
async def me(people: PeopleApi) -> Person:
    """The person who owns the guild."""
    return await people.person()


@pytest.fixture(scope="module")
def services(running: RunningSandbox) -> Iterator[RunningSandbox]:
    """The stand-ins without a bot."""
    running.control("bot", "POST", "/stop")
    yield running
    running.start_bot()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="otonari-e2e-") as directory:
        yield Path(directory)


def settings_for(services: RunningSandbox, data_dir: Path) -> dict[str, str]:
    """Return the settings of a bot whose owner filled in Discord and Supabase, and nothing else."""
    discord, supabase = services.info["discord"], services.info["supabase"]
    return {
        "DISCORD_TOKEN": discord["token"],
        "DISCORD_API_URL": discord["api"],
        "DISCORD_GATEWAY_URL": discord["gateway"],
        "SUPABASE_URL": supabase["url"],
        "SUPABASE_KEY": supabase["secret_key"],
        "DATA_DIR": str(data_dir),
    }


def start(command: tuple[list[str], Path], settings: dict[str, str]) -> subprocess.Popen[str]:
    arguments, directory = command
    blank = dict.fromkeys(SETTING_KEYS, "")
    return subprocess.Popen(
        dying_with_parent(arguments),
        cwd=directory,
        env={**os.environ, **blank, **settings},
        stderr=subprocess.PIPE,
        encoding=settings.get("PYTHONIOENCODING", "utf-8"),
    )


def lines_until(process: subprocess.Popen[str], wanted: str) -> list[str]:
    """Return what the process writes, up to the line with ``wanted``."""
    assert process.stderr is not None
    lines: list[str] = []
    for line in process.stderr:
        lines.append(line)
        if wanted in line:
            return lines
    raise AssertionError(f"the process ended with {process.wait()} without “{wanted}”:\n{''.join(lines)}")


async def new_channel(me: Person) -> str:
    """Make a text channel of my guild, where no other bot has left anything; returns its id."""
    channel = await me.api.call("POST", f"/guilds/{me.guild_id}/channels", {"name": "songs"})
    return channel["id"]


async def eventually(ask: Callable[[], Any], timeout: float = PATIENCE, doing: str = "") -> Any:
    """Return what ``ask`` returns once it is true; what a database holds cannot be waited for otherwise.

    ``doing`` tells a failed test what was waited for.
    """
    try:
        async with asyncio.timeout(timeout):
            while not (answer := await asyncio.to_thread(ask)):
                await asyncio.sleep(POLL_SECONDS)
            return answer
    except TimeoutError as error:
        raise AssertionError(f"waited in vain for {timeout} s: {doing or ask}") from error
