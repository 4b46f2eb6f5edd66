from __future__ import annotations

import logging
from unittest.mock import AsyncMock, Mock

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.error_handler import TABLE, ErrorHandler, answer_privately, explanation_of, permission_names, report
from bot.errors import SpokenError, UserError
from bot.notice_mark import MARK
from bot.texts import Language, Text
from bot.texts import errors as texts

TEXT = Text(ja="{n}曲まで", en="at most {n} songs")


async def told(error: BaseException, language: Language = "ja", usage: str = "") -> str:
    send = AsyncMock()
    await report(error, language=language, send=send, where="test", usage=usage)
    send.assert_awaited_once()
    mark, _, sentence = send.await_args.args[0].partition(MARK)
    assert not mark
    return sentence


async def test_an_error_that_carries_its_sentence_is_told_in_the_users_language() -> None:
    assert await told(UserError(TEXT, n=3)) == "3曲まで"
    assert await told(UserError(TEXT, n=3), "en") == "at most 3 songs"


async def test_what_a_command_raised_is_found_inside_discord_pys_wrappers() -> None:
    command = Mock(spec=app_commands.Command)
    command.name = "play"
    inner = app_commands.CommandInvokeError(command, UserError(TEXT, n=1))
    assert await told(commands.HybridCommandError(inner)) == "1曲まで"


async def test_a_mistake_of_the_user_is_not_logged_and_a_fault_is(caplog: pytest.LogCaptureFixture) -> None:
    await told(UserError(TEXT, n=1))
    assert caplog.records == []
    await told(SpokenError(TEXT, n=1))
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_an_unexpected_error_gets_an_id_that_stands_in_the_log_with_the_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    try:
        raise RuntimeError("secret detail")
    except RuntimeError as error:
        answer = await told(error)
    assert "secret detail" not in answer
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info
    assert record.args
    assert str(record.args[0]) in answer  # type: ignore[index]


async def test_missing_permissions_are_named_as_discord_names_them() -> None:
    error = commands.BotMissingPermissions(["connect", "speak", "use_soundboard"])
    assert "接続、発言、Use Soundboard" in await told(error)
    assert permission_names(["connect", "manage_guild"], "en") == "Connect, Manage Server"


async def test_a_base_class_answers_for_its_subclasses() -> None:
    assert explanation_of(commands.MemberNotFound("x")) is TABLE[commands.UserInputError]
    assert explanation_of(ValueError()) is None


async def test_bad_input_shows_how_the_command_is_used() -> None:
    assert "`!volume <level>`" in await told(commands.BadArgument("no"), usage="!volume <level>")


async def test_a_cooldown_never_says_zero_seconds() -> None:
    cooldown = commands.CommandOnCooldown(Mock(spec=commands.Cooldown), 0.2, commands.BucketType.user)
    assert "1" in await told(cooldown)


async def test_a_discord_outage_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    response = Mock(status=503, reason="Service Unavailable")
    assert await told(discord.DiscordServerError(response, "down")) == texts.DISCORD_DOWN("ja")
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_a_user_who_cannot_be_told_is_logged_and_nothing_is_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    send = AsyncMock(side_effect=discord.Forbidden(Mock(status=403, reason="Forbidden"), "no"))
    await report(UserError(TEXT, n=1), language="ja", send=send, where="test")
    assert "could not tell the user" in caplog.text


def interaction(*, kind: discord.InteractionResponseType | None = None, loading: bool = False) -> Mock:
    mock = Mock(spec=discord.Interaction)
    mock.response = Mock(spec=discord.InteractionResponse, type=kind)
    mock.response.is_done.return_value = kind is not None
    mock.followup = Mock(spec=discord.Webhook)
    flags = discord.MessageFlags(loading=loading)
    mock.original_response.return_value = Mock(spec=discord.InteractionMessage, flags=flags)
    return mock


async def test_the_first_answer_to_an_interaction_is_private() -> None:
    fresh = interaction()
    await answer_privately(fresh, "x")
    fresh.response.send_message.assert_awaited_once_with("x", ephemeral=True)


async def test_a_public_thinking_message_takes_the_answer() -> None:
    deferred = interaction(kind=discord.InteractionResponseType.deferred_channel_message, loading=True)
    await answer_privately(deferred, "x")
    deferred.original_response.return_value.edit.assert_awaited_once_with(content="x")
    deferred.followup.send.assert_not_called()


@pytest.mark.parametrize(
    "kind",
    [
        discord.InteractionResponseType.channel_message,
        discord.InteractionResponseType.deferred_channel_message,
        discord.InteractionResponseType.message_update,
    ],
)
async def test_after_an_answer_a_private_one_follows(kind: discord.InteractionResponseType) -> None:
    answered = interaction(kind=kind)
    await answer_privately(answered, "x")
    answered.followup.send.assert_awaited_once_with("x", ephemeral=True)
    answered.original_response.return_value.edit.assert_not_called()


@pytest.mark.parametrize(
    ("code", "allowed", "told_of"),
    [
        (50013, discord.Permissions(send_messages=True, read_message_history=True), "埋め込みリンク"),
        (50013, discord.Permissions.all(), texts.DISCORD_FORBIDDEN("ja")),
        (50001, discord.Permissions.none(), texts.DISCORD_FORBIDDEN("ja")),
    ],
)
async def test_a_refused_answer_names_the_permission_that_is_missing(
    code: int, allowed: discord.Permissions, told_of: str
) -> None:
    refusal = discord.Forbidden(Mock(status=403, reason=""), {"code": code, "message": "no"})
    ctx = Mock(spec=commands.Context, bot_permissions=allowed, interaction=None, command=None)
    ctx.bot = Mock(settings=Mock(bot_language="ja"))
    ctx.guild, ctx.language = None, "ja"
    handler = ErrorHandler(Mock())
    await handler.on_command_error(ctx, commands.CommandInvokeError(refusal))
    send = ctx.reply if allowed.read_message_history else ctx.send
    assert told_of in send.await_args.args[0]
