"""Runs the bot's commands for people who ask in plain words, with their rights."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

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
    takes_consent,
    tells_words_of_others,
)
from bot.chat.actions.confirmation import SECONDS, Confirmation
from bot.chat.actions.context import ActionContext
from bot.chat.replies import Response
from bot.command_sync import shown_commands
from bot.error_handler import report
from bot.errors import OtonariError
from bot.escaping import code_label, label
from bot.localization import language_for
from bot.markup import composed, timestamp, user_mention
from bot.notice_mark import MARK, marked
from bot.period import Period
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from bot.chat.actions.context import Requester
    from bot.client import Bot
    from bot.escaping import Label
    from bot.llm.tools import Tool, Value
    from bot.netstats.answer import NetstatsAnswer
    from bot.texts import Language

MOST_RUNS = 5
"""Commands that a model may run for one question."""
_UNKNOWN = "There is no such function."
_ASKED = (
    "Not done yet. Words of somebody else were part of this, so the person who asked was shown a button"
    " and has to press it."
)
_ENOUGH = "Not done: that was too much for one question."


class Actions:
    """Runs what a phrase or a model asks for."""

    def __init__(self, bot: Bot, netstats: NetstatsAnswer) -> None:
        self._bot = bot
        self._netstats = netstats

    def tools_for(self, requester: Requester) -> Sequence[Tool]:
        """Return the tools that make sense where the requester is."""
        guild = requester.message.guild
        if guild is None or requester.is_guest or self._bot.get_guild(guild.id) is None:
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
            return not requester.is_guest
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
        async with self._reporting(ctx, request):
            if request.name == NETSTATS:
                await self._show_netstats(ctx, request.arguments.get("period"))
            elif (command := self._command(request.name)) is None:
                return _UNKNOWN
            else:
                ctx.command, ctx.invoked_with = command, request.name
                if await self._bot.can_run(ctx, call_once=True):
                    await command.invoke(ctx)
        return "\n".join(ctx.answers)

    async def ask_first(self, request: Request, requester: Requester) -> str:
        """Run a command for its requester as soon as they have confirmed it; return what became of it so far.

        Who may not use it is refused at once.
        """
        ctx = ActionContext(self._bot, requester, "")
        async with self._reporting(ctx, request):
            if request.name == NETSTATS:
                await self._check_netstats(ctx)
            elif (command := self._command(request.name)) is None:
                return _UNKNOWN
            else:
                ctx.command = command
                await command.can_run(ctx)
            await self._ask(ctx, request, requester)
            return _ASKED
        return "\n".join(ctx.answers)

    async def _ask(self, ctx: ActionContext, request: Request, requester: Requester) -> None:
        async def run(press: discord.Interaction[Bot]) -> None:
            is_private = press.message is not None and press.message.flags.ephemeral
            response = Response(press, ephemeral=is_private, answered=True)
            language = language_for(press)
            await self.run(
                request, replace(requester, language=language, response=response, person=press.user)
            )

        what = await self._shown(request, ctx.language)
        asker = ctx.author
        confirmation = Confirmation(run, asker_id=asker.id, language=ctx.language, what=what)
        when = timestamp(discord.utils.utcnow() + timedelta(seconds=SECONDS), "R")
        question = texts.CONFIRM(ctx.language, asker=user_mention(asker.id), what=what, when=when)
        await confirmation.ask(lambda view: ctx.send(marked(question), view=view))

    async def _shown(self, request: Request, language: Language) -> Label:
        """Return a command as people know it, with its arguments and what it does."""
        command = self._bot.tree.get_command(request.name)
        shown = (await shown_commands([command], self._bot.tree))[request.name] if command else None
        name = shown.name(language) if shown else request.name
        written = composed("`{}`", code_label(f"/{name} {command_line(request.arguments)}".strip()))
        return composed("{} — {}", written, label(shown.description(language))) if shown else written

    @contextlib.asynccontextmanager
    async def _reporting(self, ctx: ActionContext, request: Request) -> AsyncGenerator[None]:
        """Answer what goes wrong inside the block as the command itself would; only the model tells a bot."""

        async def tell_the_model(notice: str) -> None:
            ctx.answers.append(notice.removeprefix(MARK))

        try:
            yield
        except (commands.CommandError, OtonariError) as error:
            send = tell_the_model if ctx.author.bot else ctx.reply
            await report(error, language=ctx.language, send=send, where=f"action {request.name}")

    def _command(self, name: str) -> commands.Command[Any, ..., Any] | None:
        """Return the command of a tool; None where there is none of this name that may be run so."""
        is_tool = any(tool.name == name for tool in (*MUSIC_TOOLS, HELP_TOOL))
        return self._bot.get_command(name) if is_tool else None

    async def _check_netstats(self, ctx: ActionContext) -> None:
        if ctx.guild is None:
            raise commands.NoPrivateMessage
        await self._bot.command_permissions.require(NETSTATS, ctx.author, ctx.channel)

    async def _show_netstats(self, ctx: ActionContext, period: Value | None) -> None:
        """Answer as /netstats does, to whom it is for."""
        await self._check_netstats(ctx)
        chosen = Period.of(str(period) if period in PERIODS else PERIODS[0])
        embed = await self._netstats.embed(chosen, ctx.language)
        message = await ctx.send(embed=embed)
        files = await self._netstats.add_details(embed, chosen, ctx.language)
        if files is not None:
            with contextlib.suppress(discord.NotFound):  # deleted meanwhile
                await message.edit(embed=embed, attachments=files)


class CommandToolbox:
    """The tools that a model may use to answer one question.

    Where it has read words of others with the question, or in the result of a tool, the asker confirms what
    is more than to add or to show music. What was said before the question does not count: in a channel of
    several people every call would have to be confirmed, and soon nobody would read what.
    """

    def __init__(self, actions: Actions, requester: Requester, *, with_words_of_others: bool) -> None:
        self.tools = actions.tools_for(requester)
        self._actions = actions
        self._requester = requester
        self._runs = 0
        self._with_words_of_others = with_words_of_others
        self._told_words_of_others = False

    def note_reading(self) -> None:
        """Note that the model has read the results so far; several calls at once are made before that."""
        self._with_words_of_others = self._with_words_of_others or self._told_words_of_others

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
        request = Request(name, chosen)
        if self._with_words_of_others and takes_consent(request):
            return await self._actions.ask_first(request, self._requester)
        self._told_words_of_others = self._told_words_of_others or tells_words_of_others(name)
        return await self._actions.run(request, self._requester)
