"""Where answers go."""

from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock, MagicMock, create_autospec

import aiohttp
import discord
import pytest

from bot.chat.replies import WAITING, Reply, Response, may_write, notify_privately
from bot.chat.throttle import Throttle
from bot.notice_mark import marked

ME = MagicMock(spec=discord.ClientUser, id=1)
FORBIDDEN = discord.Forbidden(
    create_autospec(aiohttp.ClientResponse, instance=True, status=403, reason=""), ""
)


def message_in(kind: type[object], **permissions: bool) -> MagicMock:
    channel = MagicMock(spec=kind, id=100)
    channel.permissions_for = MagicMock(return_value=discord.Permissions(**permissions))
    channel.typing = AsyncMock()
    sent = MagicMock(spec=discord.Message)
    channel.send = AsyncMock(spec=discord.TextChannel.send, return_value=sent)
    return MagicMock(spec=discord.Message, id=10, channel=channel, guild=MagicMock(spec=discord.Guild))


@pytest.mark.parametrize(
    ("kind", "permission", "allowed"),
    [
        (discord.TextChannel, "send_messages", True),
        (discord.TextChannel, "send_messages_in_threads", False),
        (discord.Thread, "send_messages_in_threads", True),
        (discord.Thread, "send_messages", False),
    ],
)
def test_threads_have_a_permission_of_their_own(kind: type[object], permission: str, allowed: bool) -> None:
    assert may_write(message_in(kind, **{permission: True})) is allowed


def test_where_the_permissions_are_not_known_writing_is_tried() -> None:
    assert may_write(message_in(discord.PartialMessageable))
    direct = message_in(discord.DMChannel)
    direct.guild = None
    assert may_write(direct)


async def test_each_part_that_arrives_is_a_reply_to_the_one_before() -> None:
    message = message_in(discord.TextChannel, read_message_history=True)
    reply = Reply(message, ME, Throttle(1e6))
    send = message.channel.send

    send.side_effect = FORBIDDEN
    with pytest.raises(discord.Forbidden):
        await reply("1")
    send.side_effect = None
    await reply("1")
    await reply("2")

    assert [call.args[0] for call in send.await_args_list] == ["1", "1", "2"]
    assert [call.kwargs["reference"] for call in send.await_args_list] == [
        message.to_reference.return_value,
        message.to_reference.return_value,
        send.return_value.to_reference.return_value,
    ]
    assert [call.kwargs["nonce"] for call in send.await_args_list] == ["10.0", "10.0", "10.1"]


async def test_a_notice_is_sent_with_its_mark_wherever_it_goes() -> None:
    message = message_in(discord.TextChannel, send_messages=True)
    interaction = MagicMock(spec=discord.Interaction)
    interaction.edit_original_response = AsyncMock()
    person = create_autospec(discord.User, instance=True)

    await Reply(message, ME, Throttle(1e6)).notify("👋")
    await Response(interaction, ephemeral=False).notify("👋")
    await notify_privately(person, "👋")

    assert message.channel.send.await_args.args == (marked("👋"),)
    assert interaction.edit_original_response.await_args.kwargs["content"] == marked("👋")
    person.send.assert_awaited_once_with(marked("👋"))


async def test_a_person_who_takes_no_direct_messages_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    person = create_autospec(discord.User, instance=True, id=7)
    person.send.side_effect = FORBIDDEN

    with caplog.at_level("INFO", "bot.chat.replies"):
        await notify_privately(person, "👋")

    assert "7" in caplog.text


async def test_typing_is_shown_until_the_first_part_is_sent() -> None:
    message = message_in(discord.TextChannel, send_messages=True)
    typing = asyncio.Event()
    message.channel.typing.side_effect = typing.set

    async with asyncio.timeout(60), Reply(message, ME, Throttle(1e6)) as reply:
        await typing.wait()
        await reply("1")
        assert reply._typing
        with pytest.raises(asyncio.CancelledError):
            await reply._typing


async def test_typing_gives_way_to_messages_that_wait() -> None:
    message = message_in(discord.TextChannel, send_messages=True)
    busy = Throttle(rate=0.1)
    await busy.turn()

    async with Reply(message, ME, busy):
        await asyncio.sleep(0)

    message.channel.typing.assert_not_called()


async def test_a_waiting_message_is_marked_until_its_turn() -> None:
    message = message_in(discord.TextChannel, send_messages=True)
    reply = Reply(message, ME, Throttle(1e6))

    await reply.wait_visibly()
    message.add_reaction.assert_awaited_once_with(WAITING)
    async with reply:
        message.remove_reaction.assert_awaited_once_with(WAITING, ME)


async def test_a_mark_that_discord_refuses_is_not_taken_away_again() -> None:
    message = message_in(discord.TextChannel, send_messages=True)
    message.add_reaction.side_effect = FORBIDDEN
    reply = Reply(message, ME, Throttle(1e6))

    await reply.wait_visibly()
    async with reply:
        pass

    message.remove_reaction.assert_not_called()


async def test_the_first_part_of_a_response_fills_it_and_the_rest_follow_up() -> None:
    interaction = MagicMock(spec=discord.Interaction)
    interaction.edit_original_response = AsyncMock()
    interaction.followup = create_autospec(discord.Webhook, instance=True)
    response = Response(interaction, ephemeral=True)

    await response("1")
    await response("2")

    await response.settle()

    interaction.edit_original_response.assert_awaited_once_with(content="1", view=None, embed=None)
    missing = discord.utils.MISSING
    interaction.followup.send.assert_awaited_once_with(
        "2", view=missing, embed=missing, ephemeral=True, wait=True
    )
    interaction.delete_original_response.assert_not_called()


async def test_a_response_to_which_nothing_came_is_taken_back() -> None:
    interaction = MagicMock(spec=discord.Interaction)
    interaction.delete_original_response = AsyncMock(side_effect=FORBIDDEN)

    await Response(interaction, ephemeral=True).settle()

    interaction.delete_original_response.assert_awaited_once()
