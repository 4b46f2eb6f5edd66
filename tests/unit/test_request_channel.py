"""The channel in which every message is a song, as it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import discord
import pytest

from bot.client import Bot
from bot.request_channel import CHANGED, RequestChannel, choose_request_channel, request_channel
from bot.storage.state import State

GUILD = 9


@pytest.fixture
def bot(tmp_path: Path) -> Mock:
    return Mock(spec=Bot, state=State(tmp_path / "otonari.sqlite3"))


async def test_one_takes_the_place_of_another_and_music_is_told(bot: Mock) -> None:
    for place in (RequestChannel(1, 10), RequestChannel(2, 20), None):
        await choose_request_channel(bot, GUILD, place)
        assert request_channel(bot.state, GUILD) == place
        assert bot.dispatch.call_args.args == (CHANGED, GUILD)
    await bot.state.close()


@pytest.mark.parametrize("stored", [None, 5, "x", [], {}, {"channel": 1}, {"channel": "1", "since": 2}])
def test_what_is_not_understood_is_none(stored: Any) -> None:
    assert request_channel(Mock(spec=State, get=Mock(return_value=stored)), GUILD) is None


@pytest.mark.parametrize(
    ("channel_id", "message_id", "taken"), [(1, 11, True), (1, 10, False), (2, 11, False)]
)
def test_only_what_was_written_there_since_is_a_request(
    channel_id: int, message_id: int, taken: bool
) -> None:
    message = Mock(spec=discord.Message, id=message_id)
    message.channel.id = channel_id

    assert RequestChannel(1, 10).takes(message) is taken
