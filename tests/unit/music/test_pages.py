"""Pages and menus whose time is over."""

from __future__ import annotations

from unittest.mock import AsyncMock, Mock

import discord
import pytest

from bot.discord_limits import CHOICES
from bot.music.pages import Pages
from bot.music.picker import SongPicker
from tests.support.music_hall import SONG


def pages(count: int, page: int = 1) -> Pages:
    return Pages(lambda number: discord.Embed(title=str(number)), lambda: count, page)


def disabled(view: Pages) -> list[bool]:
    return [view.first.disabled, view.previous.disabled, view.next.disabled, view.last.disabled]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (1, [True, True, False, False]),
        (2, [False] * 4),
        (3, [False, False, True, True]),
        (9, [False, False, True, True]),
    ],
)
async def test_only_pages_that_exist_can_be_turned_to(page: int, expected: list[bool]) -> None:
    assert disabled(pages(3, page)) == expected


async def test_pages_follow_a_list_that_became_shorter() -> None:
    view = pages(3, 3)
    view._count = lambda: 1
    press = Mock(spec=discord.Interaction)
    press.response.edit_message = AsyncMock()
    await view.next.callback(press)

    assert press.response.edit_message.await_args.kwargs["embed"].title == "1"


@pytest.mark.parametrize("refused", [None, discord.NotFound(Mock(status=404), "Unknown Message")])
async def test_when_the_time_is_over_the_buttons_go(refused: Exception | None) -> None:
    view = pages(3)
    view.message = Mock(spec=discord.Message, edit=AsyncMock(side_effect=refused))
    await view.on_timeout()

    view.message.edit.assert_awaited_once_with(view=None)


async def test_a_menu_says_that_its_time_is_over_and_takes_no_more_than_discord_allows() -> None:
    picker = SongPicker([SONG] * (CHOICES + 5), chooser_id=1, language="ja", choose=AsyncMock())
    picker.message = Mock(spec=discord.Message, edit=AsyncMock())
    await picker.on_timeout()

    assert len(picker.menu.options) == picker.menu.max_values == CHOICES
    assert "時間が切れました" in picker.message.edit.await_args.kwargs["embed"].description


async def test_a_page_that_cannot_be_turned_to_is_answered_privately() -> None:
    view = pages(3)
    press = Mock(spec=discord.Interaction, locale=discord.Locale.japanese)
    press.response.is_done = Mock(return_value=False)
    press.response.send_message = AsyncMock()
    await view.on_error(press, RuntimeError("broken"), view.next)

    press.response.send_message.assert_awaited_once()
    assert "エラーが発生しました" in press.response.send_message.await_args.args[0]
    assert press.response.send_message.await_args.kwargs == {"ephemeral": True}
