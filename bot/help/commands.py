"""Cog: /help, which a prefix and plain words reach as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ext import commands

from bot.command_permissions.decision import Verdict
from bot.help.guide import help_text
from bot.localization import command_name, language_for, localised
from bot.notice_mark import marked
from bot.texts import help as texts

if TYPE_CHECKING:
    from bot.client import Bot


class HelpCommands(commands.Cog):
    """What the bot can do."""

    @commands.hybrid_command(
        name=command_name("help", ja=texts.NAME_JA),
        description=localised(texts.DESCRIPTION),
        aliases=[texts.NAME_JA],
    )
    async def help(self, ctx: commands.Context[Bot]) -> None:
        """Show what is switched on here and the caller may use; a slash command shows it to them alone."""
        in_guild = ctx.guild is not None
        text = help_text(
            ctx.bot,
            language_for(ctx),
            in_guild=in_guild,
            is_manager=in_guild and await _may_manage(ctx),
        )
        await ctx.send(marked(text), ephemeral=True)


async def _may_manage(ctx: commands.Context[Bot]) -> bool:
    """Tell whether the caller may use a command for managers: by default, or as a server decided."""
    if ctx.guild is None or ctx.bot.get_guild(ctx.guild.id) is None:
        return False
    permissions = ctx.bot.command_permissions
    for_managers = [each.name for each in ctx.bot.tree.get_commands() if each.default_permissions is not None]
    verdicts = [await permissions.verdict(name, ctx.author, ctx.channel) for name in for_managers]
    return Verdict.ALLOWED in verdicts
