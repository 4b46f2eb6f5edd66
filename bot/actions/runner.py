"""Runs the bot's commands for somebody who asked in their own words, with their rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ext import commands
from discord.ext.commands.view import StringView  # pyright: ignore[reportMissingTypeStubs] - it has types

from bot.actions.catalogue import MUSIC_TOOLS, NETSTATS, NETSTATS_TOOL, PERIODS, Request, command_line
from bot.admin_commands import network_stats
from bot.conversation.question import embed_text
from bot.error_handler import report
from bot.errors import OtonariError
from bot.localization import language_for
from bot.netstats import Period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import discord

    from bot.client import Bot
    from bot.gemini import Tool
    from bot.gemini.tools import Value

MOST_RUNS = 5
"""What a model may have run for one question."""
_UNKNOWN = "There is no such function."
_ENOUGH = "Not done: that was too much for one question."


class ActionContext(commands.Context["Bot"]):
    """The context of a command that nobody typed; notes in ``told`` what it answers."""

    def __init__(self, bot: Bot, message: discord.Message, arguments: str) -> None:
        super().__init__(bot=bot, message=message, prefix="", view=StringView(arguments))
        self.told: list[str] = []

    async def send(self, *arguments: object, **options: object) -> discord.Message:  # pyright: ignore[reportIncompatibleMethodOverride] - passes on whatever the original takes
        """Answer as usual."""
        message = await super().send(*arguments, **options)  # pyright: ignore[reportCallIssue, reportArgumentType] - see above
        self.told += [part for part in (message.content, *map(embed_text, message.embeds)) if part]
        return message


class Actions:
    """Does what is asked for in a message, as its author."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def tools_for(self, message: discord.Message) -> Sequence[Tool]:
        """Return what makes sense where the message was written."""
        if message.guild is None:
            return ()
        return (*(MUSIC_TOOLS if self._bot.lavalink else ()), NETSTATS_TOOL)

    def offers(self, request: Request, message: discord.Message) -> bool:
        """Tell whether a plain request is for a command rather than for the model.

        Without a model, every one is: the command then says itself what is missing.
        """
        names = {tool.name for tool in self.tools_for(message)}
        return self._bot.gemini is None or request.name in names

    async def run(self, request: Request, message: discord.Message) -> str:
        """Run a command as the message's author and return what it answered, refusals included."""
        ctx = ActionContext(self._bot, message, command_line(request.arguments))
        try:
            if request.name == NETSTATS:
                await _show_network_stats(ctx, request.arguments.get("period"))
            elif not await self._invoke(ctx, request.name):
                return _UNKNOWN
        except (commands.CommandError, OtonariError) as error:
            await report(error, language=language_for(ctx), send=ctx.reply, where=f"action {request.name}")
        return "\n".join(ctx.told)

    async def _invoke(self, ctx: ActionContext, name: str) -> bool:
        """Run a command with its checks; false where there is none of this name to be run so."""
        command = self._bot.get_command(name)
        if command is None or not any(tool.name == name for tool in MUSIC_TOOLS):
            return False
        ctx.command, ctx.invoked_with = command, name
        if await self._bot.can_run(ctx, call_once=True):
            await command.invoke(ctx)
        return True


class MessageToolbox:
    """The tools that a model may use to answer one message."""

    def __init__(self, actions: Actions, message: discord.Message) -> None:
        self.tools = actions.tools_for(message)
        self._actions = actions
        self._message = message
        self._runs = 0

    async def run(self, name: str, arguments: Mapping[str, Value]) -> str:
        """Run what the model asks for and return what it answered."""
        self._runs += 1
        if self._runs > MOST_RUNS:
            return _ENOUGH
        tool = next((tool for tool in self.tools if tool.name == name), None)
        if tool is None:
            return _UNKNOWN
        known = {parameter.name for parameter in tool.parameters}
        chosen = {name: value for name, value in arguments.items() if name in known}
        return await self._actions.run(Request(name, chosen), self._message)


async def _show_network_stats(ctx: ActionContext, period: Value | None) -> None:
    """Answer as /netstats does, whose default permission is to manage the server."""
    if ctx.guild is None:
        raise commands.NoPrivateMessage
    if not ctx.permissions.manage_guild:
        raise commands.MissingPermissions(["manage_guild"])
    chosen = Period.of(str(period) if period in PERIODS else PERIODS[0])
    await ctx.send(embed=await network_stats(ctx.bot, chosen, language_for(ctx)))
