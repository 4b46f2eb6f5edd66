from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock, Mock

import discord
import pytest

from bot import deferral
from bot.deferral import deferring


@pytest.fixture
def interaction() -> Mock:
    interaction = Mock(spec=discord.Interaction)
    interaction.response.defer = AsyncMock()
    return interaction


async def test_what_is_quick_is_not_deferred(interaction: Mock) -> None:
    async def work() -> str:
        return "done"

    assert await deferring(interaction, work()) == "done"
    interaction.response.defer.assert_not_awaited()


async def test_what_takes_long_is_deferred_meanwhile(
    interaction: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deferral, "DEFER_AFTER", 0.0)
    deferred = asyncio.Event()
    interaction.response.defer.side_effect = deferred.set

    async def work() -> str:
        await deferred.wait()
        return "done"

    assert await deferring(interaction, work()) == "done"


async def test_the_work_ends_with_whoever_waits_for_it(interaction: Mock) -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(deferring(interaction, work()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended.is_set()


async def test_an_error_is_raised_to_whoever_waits(interaction: Mock) -> None:
    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await deferring(interaction, work())
