"""A Discord stand-in on a free port, a real discord.py client against it, and people to talk to it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest
import yarl
from discord.ext import commands

from sandbox.discord import DiscordStandIn
from sandbox.people import PeopleApi
from tests.support.busy_machine import BUSY_SECONDS
from tests.support.discord_oracle import Watcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from sandbox.people import Person


class TestBot(commands.Bot):
    """The real client; it identifies again at once, where it would otherwise wait five seconds."""

    __test__ = False

    def __init__(self, **options: object) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        defaults = {"intents": intents, "chunk_guilds_at_startup": False, "guild_ready_timeout": 0.01}
        super().__init__("!", help_command=None, **{**defaults, **options})  # type: ignore[arg-type]
        self.seen: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        return

    async def on_socket_event_type(self, kind: str) -> None:
        self.seen.append(kind)


@pytest.fixture
async def stand_in(watcher: Watcher) -> AsyncIterator[DiscordStandIn]:
    async with standing_in(
        DiscordStandIn(None, rate_limits=False, acknowledge_seconds=BUSY_SECONDS), watcher
    ) as stand_in:
        yield stand_in


@contextlib.asynccontextmanager
async def standing_in(stand_in: DiscordStandIn, watcher: Watcher) -> AsyncIterator[DiscordStandIn]:
    """Start a stand-in with the oracle watching, and close it."""
    stand_in.observers.append(watcher)
    await stand_in.start()
    try:
        yield stand_in
    finally:
        await stand_in.close()


@pytest.fixture
def watcher() -> AsyncIterator[Watcher]:
    watcher = Watcher()
    yield watcher
    watcher.verify()


@contextlib.asynccontextmanager
async def running(bot: commands.Bot, stand_in: DiscordStandIn) -> AsyncIterator[None]:
    """Run a client until the block ends; it is ready when the block begins."""
    environment = stand_in.environment()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.http.Route, "BASE", environment["DISCORD_API_URL"])
        gateway = yarl.URL(environment["DISCORD_GATEWAY_URL"])
        patch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        task = asyncio.create_task(bot.start(environment["DISCORD_TOKEN"]))
        ready = asyncio.create_task(_ready(bot))
        try:
            await asyncio.wait({task, ready}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                await task
            assert ready.done(), "the client did not become ready"
            yield
        finally:
            ready.cancel()
            await bot.close()
            await asyncio.wait([task])


async def _ready(bot: commands.Bot) -> None:
    await bot.wait_for("ready")
    while any(guild.unavailable for guild in bot.guilds):
        await bot.wait_for("guild_available")


@pytest.fixture
def run(stand_in: DiscordStandIn) -> Callable[[commands.Bot], AbstractAsyncContextManager[None]]:
    return lambda bot: running(bot, stand_in)


@pytest.fixture
async def people(stand_in: DiscordStandIn) -> AsyncIterator[PeopleApi]:
    async with PeopleApi(stand_in.url) as api:
        yield api


@pytest.fixture
async def me(people: PeopleApi) -> Person:
    return await people.person()


@pytest.fixture
async def haru(people: PeopleApi) -> Person:
    return await people.person("はる")


@pytest.fixture
async def general(me: Person) -> str:
    return await me.channel("general")


@pytest.fixture
async def rest(stand_in: DiscordStandIn) -> AsyncIterator[aiohttp.ClientSession]:
    """A bare HTTP client with the bot's token."""
    headers = {"Authorization": f"Bot {stand_in.token}"}
    async with aiohttp.ClientSession(f"{stand_in.url}/api/v10/", headers=headers) as session:
        yield session
