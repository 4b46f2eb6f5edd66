"""The buttons: who may use them."""

from __future__ import annotations

from unittest.mock import AsyncMock, Mock

import discord
import pytest
from discord.ext import commands

from bot.music import controller_view
from bot.music.controller_view import ControllerView
from tests.support.music_hall import Hall, hall_fixture, simcord_bot_fixture  # noqa: F401


def press(**require: object) -> Mock:
    press = Mock(spec=discord.Interaction, channel=Mock(spec=discord.TextChannel))
    press.response.is_done = Mock(return_value=True)
    press.client = Mock(command_permissions=Mock(require=AsyncMock(**require)))
    return press


async def test_who_may_not_use_a_command_may_not_use_its_button() -> None:
    action = AsyncMock(return_value="done")
    denied = press(side_effect=commands.CheckFailure())
    with pytest.raises(commands.CheckFailure):
        await controller_view._run(denied, action, command="skip")
    assert not action.called

    allowed = press()
    await controller_view._run(allowed, action, command="skip")
    allowed.client.command_permissions.require.assert_awaited_once_with("skip", allowed.user, allowed.channel)
    assert action.await_count == 1


@pytest.mark.parametrize(("name", "command"), [("favourite", "favorites"), ("queue", "queue")])
async def test_nor_one_that_shows_or_keeps_something(name: str, command: str, hall: Hall) -> None:
    assert hall.bot.tree.get_command(command)
    library = Mock(toggle_favourite=AsyncMock())
    denied = press(side_effect=commands.CheckFailure())

    with pytest.raises(commands.CheckFailure):
        await ControllerView(library, "ja")._buttons[name].callback(denied)

    denied.client.command_permissions.require.assert_awaited_once_with(command, denied.user, denied.channel)
    assert not denied.response.send_message.called
    assert not library.toggle_favourite.called


async def test_every_button_that_changes_the_music_stands_for_a_command(hall: Hall) -> None:
    view = ControllerView(Mock(), "ja")
    for name, _emoji, _action in controller_view._ACTIONS:
        assert hall.bot.tree.get_command(controller_view._COMMANDS.get(name, name)), name
        assert view._buttons[name].custom_id == f"music:{name}"
