"""Runs the bot's commands for people who ask in plain words, with their rights."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.chat.actions.catalogue import (
    HELP,
    HELP_TOOL,
    MUSIC_TOOLS,
    NETSTATS,
    NETSTATS_TOOL,
    PERIODS,
    Request,
    command_line,
)
from bot.chat.actions.context import ActionContext
from bot.error_handler import report
from bot.errors import OtonariError
from bot.period import Period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.chat.actions.context import Requester
    from bot.client import Bot
    from bot.llm.tools import Tool, Value
    from bot.netstats.answer import NetstatsAnswer

MOST_RUNS = 5
"""Commands that a model may run for one question."""
_UNKNOWN = "There is no such function."
_ENOUGH = "Not done: that was too much for one question."


class Actions:
    """Runs what a phrase or a model asks for."""

    def __init__(self, bot: Bot, netstats: NetstatsAnswer) -> None:
        self._bot = bot
        self._netstats = netstats

    def tools_for(self, requester: Requester) -> Sequence[Tool]:
        """Return the tools that make sense where the requester is."""
        guild = requester.message.guild
        if guild is None or self._bot.get_guild(guild.id) is None:
            return ()
        help_tools = (HELP_TOOL,) if self._bot.get_command(HELP) else ()
        return (*(MUSIC_TOOLS if self._bot.lavalink else ()), NETSTATS_TOOL, *help_tools)

    def offers(self, request: Request, requester: Requester) -> bool:
        """Tell whether a phrase is for a command rather than for the model.

        Without a model, every one is: the command itself says what is missing. Help is for everywhere.
        """
        if request.name == HELP:
            return self._bot.get_command(HELP) is not None
        if self._bot.gemini is None:
            return True
        if request.needs_music and not self._plays(requester.message.guild):
            return False
        return request.name in {tool.name for tool in self.tools_for(requester)}

    def _plays(self, guild: discord.Guild | None) -> bool:
        """Tell whether there is a song in a guild, be it paused."""
        player = self._bot.lavalink.player(guild) if self._bot.lavalink and guild else None
        return player is not None and player.track is not None

    async def run(self, request: Request, requester: Requester) -> str:
        """Run a command for its requester, and return what it answered, refusals included."""
        ctx = ActionContext(self._bot, requester, command_line(request.arguments))
        try:
            if request.name == NETSTATS:
                await self._show_netstats(ctx, request.arguments.get("period"))
            elif not await self._invoke(ctx, request.name):
                return _UNKNOWN
        except (commands.CommandError, OtonariError) as error:
            await report(error, language=ctx.language, send=ctx.reply, where=f"action {request.name}")
        return "\n".join(ctx.answers)

    async def _invoke(self, ctx: ActionContext, name: str) -> bool:
        """Run a command with its checks; false where there is none of this name that may be run so."""
        command = self._bot.get_command(name)
        if command is None or not any(tool.name == name for tool in (*MUSIC_TOOLS, HELP_TOOL)):
            return False
        ctx.command, ctx.invoked_with = command, name
        if await self._bot.can_run(ctx, call_once=True):
            await command.invoke(ctx)
        return True

    async def _show_netstats(self, ctx: ActionContext, period: Value | None) -> None:
        """Answer as /netstats does, to whom it is for."""
        if ctx.guild is None:
            raise commands.NoPrivateMessage
        await self._bot.command_permissions.require(NETSTATS, ctx.author, ctx.channel)
        chosen = Period.of(str(period) if period in PERIODS else PERIODS[0])
        embed = await self._netstats.embed(chosen, ctx.language)
        message = await ctx.send(embed=embed)
        files = await self._netstats.add_details(embed, chosen, ctx.language)
        if files is not None:
            with contextlib.suppress(discord.NotFound):  # deleted meanwhile
                await message.edit(embed=embed, attachments=files)


class CommandToolbox:
    """The tools that a model may use to answer one question."""

    def __init__(self, actions: Actions, requester: Requester) -> None:
        self.tools = actions.tools_for(requester)
        self._actions = actions
        self._requester = requester
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
        return await self._actions.run(Request(name, chosen), self._requester)
