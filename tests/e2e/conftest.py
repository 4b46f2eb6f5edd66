"""One running sandbox with the real bot for every end-to-end test of the session."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.person import PeopleApi, Person
from tests.support.running_sandbox import RunningSandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

POLL_SECONDS = 0.1


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """The sandbox, started once; tests use ``sandbox``."""
    sandbox = RunningSandbox.start(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    assert sandbox.stop() == 0


@pytest.fixture
def sandbox(running: RunningSandbox) -> Iterator[RunningSandbox]:
    """The sandbox, without faults before and after the test, and with the bot running."""
    yield running
    for service in ("discord", "gemini", "lavalink", "supabase"):
        running.control(service, "DELETE", "/faults")
    running.control("bot", "POST", "/start")


@pytest.fixture
async def people(sandbox: RunningSandbox) -> AsyncIterator[PeopleApi]:
    """The people API."""
    async with PeopleApi(sandbox.page) as api:
        yield api


@pytest.fixture
async def me(people: PeopleApi) -> Person:
    """The person who owns the guild."""
    return await people.person()


async def eventually(ask: Callable[[], Any], timeout: float = 30.0) -> Any:
    """Return what ``ask`` returns once it is true; what a database holds cannot be waited for otherwise."""
    async with asyncio.timeout(timeout):
        while not (answer := await asyncio.to_thread(ask)):
            await asyncio.sleep(POLL_SECONDS)
        return answer
