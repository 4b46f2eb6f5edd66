"""An answer that appears on Discord while it is written."""

from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock, MagicMock, create_autospec

import aiohttp
import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.live_answer import LiveAnswer
from bot.chat.message_splitter import split
from bot.chat.throttle import Throttle
from bot.discord_limits import MESSAGE_LENGTH
from bot.notice_mark import marked

NOT_FOUND = discord.NotFound(
    create_autospec(aiohttp.ClientResponse, instance=True, status=404, reason=""), ""
)
FORBIDDEN = discord.Forbidden(
    create_autospec(aiohttp.ClientResponse, instance=True, status=403, reason=""), ""
)
BROKEN = discord.DiscordServerError(
    create_autospec(aiohttp.ClientResponse, instance=True, status=500, reason=""), ""
)


class Channel:
    """Holds messages, and notes each state that could be seen."""

    def __init__(self) -> None:
        self.contents: dict[int, str] = {}
        self.buttons: dict[int, bool] = {}
        self.seen: list[list[str]] = []
        self.changed = asyncio.Event()
        self.refused = asyncio.Event()
        self.arrived_before: tuple[str, bool] | None = None
        """The content of a message that stands there already when it is sent, and whether it has buttons."""
        self.failures: list[discord.HTTPException] = []
        self.controls: list[MagicMock] = []

    def new_controls(self) -> discord.ui.View:
        self.controls.append(create_autospec(discord.ui.View, instance=True))
        return self.controls[-1]

    async def send(self, content: str, view: discord.ui.View | None) -> discord.Message:
        message = MagicMock(spec=discord.Message)
        message.id = len(self.contents) + 1
        message.edit = AsyncMock(side_effect=lambda **changes: self._put(message, **changes))
        message.delete = AsyncMock(side_effect=lambda: self._remove(message))
        self._put(message, content=content, view=view)
        message.content, has_buttons = self.arrived_before or (content, view is not None)
        message.components = ["button"] if has_buttons else []
        return message

    def _put(self, message: MagicMock, *, content: str, view: discord.ui.View | None) -> None:
        if self.failures:
            self.refused.set()
            raise self.failures.pop(0)
        assert 0 < len(content.strip()) <= len(content) <= MESSAGE_LENGTH
        self.contents[message.id] = content
        self.buttons[message.id] = view is not None
        self.seen.append(list(self.contents.values()))
        self.changed.set()

    def _remove(self, message: MagicMock) -> None:
        del self.contents[message.id]

    async def shows(self, *contents: str) -> None:
        """Wait until exactly these messages stand there."""
        async with asyncio.timeout(60):
            while tuple(self.contents.values()) != contents:
                self.changed.clear()
                await self.changed.wait()


def live_in(channel: Channel, pace: float = 0.0) -> LiveAnswer:
    return LiveAnswer(
        channel.send, controls=channel.new_controls, throttle=Throttle(1e6), pace=pace, end_retries=(0.0, 0.0)
    )


async def test_the_first_text_is_shown_at_once_and_carries_the_controls() -> None:
    channel = Channel()
    live = live_in(channel, pace=3600.0)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(live.run())
        live.append("お")
        await channel.shows("お")
        assert channel.buttons == {1: True}
        live.append("隣さん")
        live.end()

    assert channel.seen == [["お"], ["お隣さん"]]
    assert channel.buttons == {1: False}


async def test_the_end_does_not_wait_for_the_pace_and_what_came_in_between_is_one_update() -> None:
    channel = Channel()
    live = live_in(channel, pace=3600.0)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(live.run())
        live.append("1")
        await channel.shows("1")
        for number in range(2, 10):
            live.append(str(number))
            await asyncio.sleep(0)
        live.end()

    assert channel.seen == [["1"], ["123456789"]]


async def test_text_that_waited_for_the_pace_is_shown_without_new_text() -> None:
    channel = Channel()
    live = live_in(channel, pace=0.01)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(live.run())
        live.append("1")
        await channel.shows("1")
        live.append("2")
        await channel.shows("12")
        live.end()


async def test_the_controls_move_to_the_last_message() -> None:
    channel = Channel()
    live = live_in(channel)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(live.run())
        live.append("a" * 1990 + " ")
        await channel.shows("a" * 1990)
        live.append("b" * 100)
        await channel.shows("a" * 1990, "b" * 100)
        assert channel.buttons == {1: False, 2: True}
        live.end()

    assert channel.buttons == {1: False, 2: False}


async def test_what_hung_on_a_message_is_let_go_when_it_moves_and_at_the_end() -> None:
    channel = Channel()
    live = live_in(channel)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(live.run())
        live.append("a" * 1990 + " ")
        await channel.shows("a" * 1990)
        first, *others = channel.controls
        assert not others
        first.stop.assert_not_called()
        live.append("b" * 100)
        await channel.shows("a" * 1990, "b" * 100)
        live.end()

    assert [controls.stop.call_count for controls in channel.controls] == [1, 1]


async def test_an_open_code_block_is_shown_closed() -> None:
    channel = Channel()
    live = live_in(channel)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(live.run())
        live.append("```py\nx = 1\n``")
        await channel.shows("```py\nx = 1\n```")
        live.append("`")
        live.end()

    assert list(channel.contents.values()) == ["```py\nx = 1\n```"]


async def test_a_notice_follows_the_answer_and_is_not_a_part_of_it() -> None:
    channel = Channel()
    live = live_in(channel)
    live.append("text")
    live.end("notice")
    await live.run()

    assert list(channel.contents.values()) == ["text\n\n" + marked("notice")]
    assert live.text == "text"


async def test_a_notice_without_room_is_a_message_of_its_own() -> None:
    channel = Channel()
    live = live_in(channel)
    live.append("x" * MESSAGE_LENGTH)
    live.end("notice")
    await live.run()

    assert list(channel.contents.values()) == ["x" * MESSAGE_LENGTH, marked("notice")]


async def test_an_end_without_text_sends_nothing() -> None:
    channel = Channel()
    live = live_in(channel)
    live.end()
    await live.run()

    assert channel.seen == []


async def test_a_part_that_could_not_be_shown_is_tried_again() -> None:
    channel = Channel()
    channel.failures = [BROKEN]
    live = live_in(channel)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(live.run())
        live.append("1")
        await channel.shows("1")
        live.end()


async def test_a_part_that_discord_refuses_is_not_tried_again_before_there_is_more() -> None:
    channel = Channel()
    channel.failures = [FORBIDDEN]
    live = live_in(channel)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(live.run())
        live.append("1")
        await channel.refused.wait()
        live.append("2")
        await channel.shows("12")
        live.end()

    assert channel.seen[0] == ["12"]


@pytest.mark.parametrize(("content", "with_button"), [("1", False), ("12", True)])
async def test_a_message_that_had_already_arrived_is_brought_up_to_date(
    content: str, with_button: bool
) -> None:
    channel = Channel()
    channel.arrived_before = content, with_button
    live = live_in(channel)
    live.append("12")
    live.end()
    await live.run()

    live.messages[0].edit.assert_awaited_once_with(content="12", view=None)


@pytest.mark.parametrize("failures", [[FORBIDDEN], [BROKEN] * 3], ids=["at once", "after some tries"])
async def test_an_end_that_could_not_be_shown_is_raised(failures: list[discord.HTTPException]) -> None:
    channel = Channel()
    channel.failures = list(failures)
    live = live_in(channel)
    live.append("1")
    live.end()

    with pytest.raises(type(failures[0])):
        await live.run()
    assert channel.failures == []


async def test_an_end_that_could_be_shown_after_all_is_no_failure() -> None:
    channel = Channel()
    channel.failures = [BROKEN, BROKEN]
    live = live_in(channel)
    live.append("1")
    live.end()

    await live.run()

    assert list(channel.contents.values()) == ["1"]


async def test_a_message_that_somebody_deleted_is_not_sent_again() -> None:
    channel = Channel()
    live = live_in(channel)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(live.run())
        live.append("1")
        await channel.shows("1")
        channel.failures = [NOT_FOUND]
        live.append("2")
        live.end()

    assert channel.seen == [["1"]]


@given(
    st.lists(st.sampled_from(["word ", "\n", "```py\n", "```", "`", "z" * 700, "。", "- a\n"]), max_size=30)
)
@settings(max_examples=50)
def test_however_it_was_streamed_the_end_equals_the_split_answer(chunks: list[str]) -> None:
    async def stream() -> Channel:
        channel = Channel()
        live = live_in(channel)
        async with asyncio.TaskGroup() as group:
            group.create_task(live.run())
            for chunk in chunks:
                live.append(chunk)
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            live.end()
        return channel

    channel = asyncio.run(stream())

    assert list(channel.contents.values()) == [piece.content for piece in split("".join(chunks))]
