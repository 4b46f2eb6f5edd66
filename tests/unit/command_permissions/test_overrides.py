"""What servers decided is read once, kept current, bounded, and asked for again after a failure."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.command_permissions import overrides as module
from bot.command_permissions.decision import Override, OverrideKind
from bot.command_permissions.overrides import OverrideCache

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GUILD, COMMAND, APPLICATION = 1, 10, 99
YES = (Override(5, OverrideKind.ROLE, True),)
NO = (Override(5, OverrideKind.ROLE, False),)


class Discord:
    """Answers as it is told, and counts the questions."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.answer: dict[int, tuple[Override, ...]] | Exception = {COMMAND: YES}
        self.go = asyncio.Event()
        self.go.set()
        self.now = 0.0

    async def read(self, guild_id: int) -> dict[int, tuple[Override, ...]]:
        self.asked.append(guild_id)
        answer = self.answer
        await self.go.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def discord() -> Discord:
    return Discord()


@pytest.fixture
async def cache(discord: Discord) -> AsyncIterator[OverrideCache]:
    cache = OverrideCache(discord.read, lambda: discord.now)
    yield cache
    await cache.close()


async def test_a_server_is_read_once_however_many_ask_at_the_same_time(
    cache: OverrideCache, discord: Discord
) -> None:
    assert await asyncio.gather(*(cache.of(GUILD) for _ in range(5))) == [{COMMAND: YES}] * 5
    assert await cache.of(GUILD) == {COMMAND: YES}
    assert discord.asked == [GUILD]


async def test_an_event_replaces_what_is_known_of_its_command(cache: OverrideCache, discord: Discord) -> None:
    await cache.of(GUILD)

    cache.update(GUILD, COMMAND, NO)
    cache.update(GUILD, APPLICATION, YES)
    assert await cache.of(GUILD) == {COMMAND: NO, APPLICATION: YES}

    cache.update(GUILD, COMMAND, ())
    assert await cache.of(GUILD) == {APPLICATION: YES}
    assert discord.asked == [GUILD]


async def test_an_event_that_comes_while_a_server_is_read_is_newer(
    cache: OverrideCache, discord: Discord
) -> None:
    discord.go.clear()
    asking = asyncio.ensure_future(cache.of(GUILD))
    while not discord.asked:
        await asyncio.sleep(0)

    cache.update(GUILD, COMMAND, NO)
    discord.go.set()

    assert await asking == {COMMAND: NO}


async def test_what_was_read_before_a_new_session_is_not_kept(cache: OverrideCache, discord: Discord) -> None:
    discord.go.clear()
    asking = asyncio.ensure_future(cache.of(GUILD))
    while not discord.asked:
        await asyncio.sleep(0)

    cache.forget_all()
    discord.go.set()

    assert await asking is None
    discord.answer = {COMMAND: NO}
    assert await cache.of(GUILD) == {COMMAND: NO}


async def test_a_failure_is_no_answer_and_discord_is_asked_again_later(
    cache: OverrideCache, discord: Discord
) -> None:
    discord.answer = OSError("gone")
    assert await cache.of(GUILD) is None
    assert await cache.of(GUILD) is None
    assert discord.asked == [GUILD]

    discord.now, discord.answer = module.RETRY_SECONDS, {COMMAND: YES}
    assert await cache.of(GUILD) == {COMMAND: YES}


async def test_a_slow_answer_is_not_waited_for_but_kept(
    cache: OverrideCache, discord: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.0)
    discord.go.clear()
    assert await cache.of(GUILD) is None

    discord.go.set()
    monkeypatch.undo()
    assert await cache.of(GUILD) == {COMMAND: YES}
    assert discord.asked == [GUILD]


async def test_a_server_with_very_many_overrides_makes_the_oldest_go(
    cache: OverrideCache, discord: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OVERRIDES", 10)
    await cache.of(GUILD)
    discord.answer = {COMMAND: YES * 10}
    await cache.of(2)
    await cache.of(GUILD)

    assert discord.asked == [GUILD, 2, GUILD]


async def test_the_server_asked_about_longest_ago_goes_first(
    cache: OverrideCache, discord: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GUILDS", 2)
    for guild_id in (1, 2, 1, 3, 1, 2):
        await cache.of(guild_id)

    assert discord.asked == [1, 2, 3, 2]


async def test_a_server_that_is_left_is_forgotten(cache: OverrideCache, discord: Discord) -> None:
    await cache.of(GUILD)
    cache.forget(GUILD)
    await cache.of(GUILD)

    assert discord.asked == [GUILD, GUILD]
