"""Cog: /help, which a prefix and plain words reach as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ext import commands

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
            is_manager=in_guild and ctx.permissions.manage_guild,
        )
        await ctx.send(marked(text), ephemeral=True)
