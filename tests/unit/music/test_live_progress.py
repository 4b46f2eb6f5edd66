from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock, Mock

import discord
import pytest

from bot.lavalink import Player
from bot.music.live_progress import LiveProgress
from tests.support.music_hall import SONG


@pytest.fixture
def player() -> Mock:
    return Mock(spec=Player, guild_id=10, track=SONG, paused=False, position_ms=0)


@pytest.fixture
def message() -> Mock:
    return Mock(spec=discord.Message, edit=AsyncMock())


async def moved(message: Mock, times: int = 1) -> None:
    async with asyncio.timeout(60):
        while message.edit.await_count < times:
            await asyncio.sleep(0.001)


async def test_the_bar_moves_while_the_song_plays_and_stands_when_it_is_over(
    player: Mock, message: Mock
) -> None:
    progress = LiveProgress(interval=0.001)
    progress.watch(player, message, "ja")
    await asyncio.sleep(0)
    player.position_ms = 200_000
    await moved(message)
    assert "3:20 / 4:21" in message.edit.await_args.kwargs["embed"].description
    player.track = None
    task = progress._tasks[10]
    await asyncio.wait({task})

    assert progress._tasks == {}


async def test_a_bar_that_has_not_moved_is_not_sent(player: Mock, message: Mock) -> None:
    progress = LiveProgress(interval=0.001, lifetime=0.05)
    progress.watch(player, message, "ja")
    await asyncio.wait({progress._tasks[10]})

    message.edit.assert_not_awaited()


async def test_a_guild_has_one_bar_that_moves(player: Mock, message: Mock) -> None:
    progress = LiveProgress(interval=0.001)
    newer = Mock(spec=discord.Message, edit=AsyncMock())
    progress.watch(player, message, "ja")
    first = progress._tasks[10]
    progress.watch(player, newer, "ja")
    await asyncio.wait({first})
    player.position_ms = 100_000
    await moved(newer)

    message.edit.assert_not_awaited()
    await progress.close()


async def test_a_deleted_message_ends_it(player: Mock, message: Mock) -> None:
    message.edit.side_effect = discord.NotFound(Mock(status=404), "Unknown Message")
    progress = LiveProgress(interval=0.001)
    progress.watch(player, message, "ja")
    task = progress._tasks[10]
    await asyncio.sleep(0)
    player.position_ms = 100_000
    await asyncio.wait({task})

    assert task.exception() is None
