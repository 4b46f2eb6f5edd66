"""A table from exception types to what the user reads; all other errors get an id and a log line."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.command_sync import shown_commands
from bot.errors import SpokenError, UserError
from bot.escaping import Label, code_label, label
from bot.localization import language_for
from bot.markup import joined
from bot.notice_mark import marked
from bot.texts import Language, Text
from bot.texts import errors as texts

if TYPE_CHECKING:
    from bot.client import Bot

log = logging.getLogger(__name__)

Explain: TypeAlias = Callable[[BaseException, Language, str], str]
"""Returns the message for an error, in a language, of a command with this usage line."""


def permission_names(permissions: Iterable[str], language: Language) -> Label:
    """Return Discord's names of ``permissions`` (API names) as one readable list."""
    names = (
        texts.PERMISSION_NAMES[name](language)
        if name in texts.PERMISSION_NAMES
        else label(name.replace("_", " ").title())
        for name in permissions
    )
    return joined("、" if language == "ja" else ", ", names)


def _constant(text: Text) -> Explain:
    return lambda _error, language, _usage: text(language)


def _with_usage(text: Text) -> Explain:
    return lambda _error, language, usage: text(language, usage=code_label(usage, USAGE_LENGTH))


def _own_text(error: BaseException, language: Language, _usage: str) -> str:
    return error.in_language(language) if isinstance(error, SpokenError) else str(error)


def _missing_argument(error: BaseException, language: Language, usage: str) -> str:
    parameter = error.param if isinstance(error, commands.MissingRequiredArgument) else None
    name = (parameter.displayed_name or parameter.name) if parameter else "?"
    return texts.MISSING_ARGUMENT(language, argument=label(name), usage=code_label(usage, USAGE_LENGTH))


def _permissions(text: Text) -> Explain:
    def explain(error: BaseException, language: Language, _usage: str) -> str:
        missing: list[str] = getattr(error, "missing_permissions", [])
        return text(language, permissions=permission_names(missing, language))

    return explain


def _cooldown(error: BaseException, language: Language, _usage: str) -> str:
    seconds = max(1, round(getattr(error, "retry_after", 1.0)))
    return texts.COOLDOWN(language, seconds=seconds)


TABLE: Mapping[type[BaseException], Explain] = {
    SpokenError: _own_text,
    commands.NoPrivateMessage: _constant(texts.GUILD_ONLY),
    app_commands.NoPrivateMessage: _constant(texts.GUILD_ONLY),
    commands.MissingPermissions: _permissions(texts.MISSING_PERMISSIONS),
    app_commands.MissingPermissions: _permissions(texts.MISSING_PERMISSIONS),
    commands.BotMissingPermissions: _permissions(texts.BOT_MISSING_PERMISSIONS),
    app_commands.BotMissingPermissions: _permissions(texts.BOT_MISSING_PERMISSIONS),
    commands.NotOwner: _constant(texts.OWNER_ONLY),
    commands.CheckFailure: _constant(texts.CHECK_FAILED),
    app_commands.CheckFailure: _constant(texts.CHECK_FAILED),
    commands.CommandOnCooldown: _cooldown,
    app_commands.CommandOnCooldown: _cooldown,
    commands.MissingRequiredArgument: _missing_argument,
    commands.UserInputError: _with_usage(texts.BAD_ARGUMENT),
    app_commands.TransformerError: _with_usage(texts.BAD_ARGUMENT),
    app_commands.CommandNotFound: _constant(texts.STALE_COMMAND),
    app_commands.CommandSignatureMismatch: _constant(texts.STALE_COMMAND),
    discord.Forbidden: _constant(texts.DISCORD_FORBIDDEN),
    discord.DiscordServerError: _constant(texts.DISCORD_DOWN),
}
"""Looked up by the error's own class first, then along its base classes (its MRO)."""

USAGE_LENGTH = 200
"""Characters of a command with its options."""
MISSING_PERMISSIONS_CODE = 50013
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes"""
_LOGGED = (discord.HTTPException,)
"""Explained by the table, and logged too, as they are faults."""


def root_cause(error: BaseException) -> BaseException:
    """Return what a command really raised, out of discord.py's wrappers."""
    while True:
        original = getattr(error, "original", None)
        if not isinstance(original, BaseException):
            return error
        error = original


def explanation_of(error: BaseException) -> Explain | None:
    """Return the table's entry for ``error``, or None for an unexpected one."""
    return next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), None)


async def report(
    error: BaseException,
    *,
    language: Language,
    send: Callable[[str], Awaitable[object]],
    where: str = "",
    usage: str = "",
) -> None:
    """Explain ``error`` to the user through ``send``, in a marked notice, and log it where it is a fault.

    ``where`` names the command or view in the log, ``usage`` is the command's usage line for the user. A
    ``send`` that Discord refuses is logged.
    """
    error = root_cause(error)
    explain = explanation_of(error)
    if explain is None:
        error_id = secrets.token_hex(4)
        log.error(
            "error %s in %s: %s",
            *(error_id, where, type(error).__name__),
            exc_info=error,
            extra={"error_id": error_id},
        )
        message = texts.UNEXPECTED(language, error_id=code_label(error_id))
    else:
        message = explain(error, language, usage)
        if isinstance(error, _LOGGED):
            log.warning("%s in %s: %s", type(error).__name__, where, error)
        elif isinstance(error, SpokenError) and not isinstance(error, UserError):
            log.warning("%s in %s: %s", type(error).__name__, where, error.__cause__ or error)
    try:
        await send(marked(message))
    except discord.HTTPException as refusal:
        log.warning("could not tell the user about an error in %s: %s", where, refusal)


async def answer_privately(interaction: discord.Interaction[Bot], message: str) -> None:
    """Answer an interaction so that only its user sees it, as far as Discord still allows that.

    A message that already says "thinking…" in public must take the answer: a private one cannot replace it.
    """
    if not interaction.response.is_done():
        await interaction.response.send_message(message, ephemeral=True)
        return
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        original = await interaction.original_response()
        if original.flags.loading:
            await original.edit(content=message)
            return
    await interaction.followup.send(message, ephemeral=True)


_TO_ANSWER = ("send_messages", "embed_links", "attach_files", "read_message_history")
"""Permissions without which Discord refuses some answer to a prefix command."""


def _with_missing_permissions(
    ctx: commands.Context[Bot], error: commands.CommandError
) -> commands.CommandError:
    """Return, in place of Discord's refusal, an error that names the permissions that the bot lacks there."""
    cause = root_cause(error)
    if not isinstance(cause, discord.Forbidden) or cause.code != MISSING_PERMISSIONS_CODE:
        return error
    missing = [name for name in _TO_ANSWER if not getattr(ctx.bot_permissions, name)]
    return commands.BotMissingPermissions(missing) if missing else error


class ErrorHandler(commands.Cog):
    """Answers every error that a prefix, hybrid or slash command raises."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._tree_on_error = bot.tree.on_error
        bot.tree.error(self.on_app_command_error)

    async def cog_unload(self) -> None:
        """Give the command tree its own handler back."""
        self.bot.tree.on_error = self._tree_on_error

    @commands.Cog.listener()
    async def on_command_error(self, ctx: commands.Context[Bot], error: commands.CommandError) -> None:
        """Answer a failed prefix or hybrid command; an unknown prefix command may be another bot's."""
        if isinstance(error, commands.CommandNotFound):
            return
        if ctx.interaction is not None:
            await self.on_app_command_error(ctx.interaction, error)
            return
        error = _with_missing_permissions(ctx, error)
        usage = (
            f"{ctx.clean_prefix}{ctx.command.qualified_name} {ctx.command.signature}" if ctx.command else ""
        )
        await report(
            error,
            language=language_for(ctx),
            # A reply to what it may not read is refused, too (error 160002).
            send=ctx.reply if ctx.bot_permissions.read_message_history else ctx.send,
            where=f"command {ctx.command}",
            usage=usage.strip(),
        )

    async def on_app_command_error(
        self,
        interaction: discord.Interaction[Bot],
        error: app_commands.AppCommandError | commands.CommandError,
    ) -> None:
        """Answer a failed slash command, privately."""

        async def send(message: str) -> None:
            await answer_privately(interaction, message)

        command, language = interaction.command, language_for(interaction)
        name = command.qualified_name if command else "?"
        usage = f"/{await self._shown_name(command, language)}" if command else ""
        await report(error, language=language, send=send, where=f"/{name}", usage=usage)

    async def _shown_name(
        self, command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu, language: Language
    ) -> str:
        """Return a command's name as people see it who read ``language``."""
        root = command if isinstance(command, app_commands.ContextMenu) else command.root_parent or command
        shown = (await shown_commands([root], self.bot.tree)).get(command.qualified_name)
        return shown.name(language) if shown else command.qualified_name


async def setup(bot: Bot) -> None:
    """Add the cog; called by discord.py."""
    await bot.add_cog(ErrorHandler(bot))
