"""Cog: what the bot says about itself, for those who may manage a server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.deferral import deferring
from bot.localization import command_name, language_for, localised, localised_choices
from bot.period import Period
from bot.set_text import choices
from bot.status_embed import status_embed
from bot.supabase_client import ALL_BOTS
from bot.telemetry.host_metrics import HostMetrics
from bot.texts import netstats as netstats_texts
from bot.texts import period as period_texts
from bot.texts import status as status_texts

if TYPE_CHECKING:
    from bot.client import Bot


async def answer(interaction: discord.Interaction[Bot], embed: discord.Embed) -> None:
    """Show ``embed``, in the place of "thinking…" if that is shown."""
    if interaction.response.is_done():
        await interaction.edit_original_response(embed=embed)
    else:
        await interaction.response.send_message(embed=embed)


class AdminCommands(commands.Cog):
    """``/netstats`` and ``/status``."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._metrics = HostMetrics()

    @app_commands.command(
        name=command_name("netstats", ja=netstats_texts.NETSTATS_NAME_JA),
        description=localised(netstats_texts.NETSTATS_DESCRIPTION),
    )
    @app_commands.rename(
        period=command_name("period", ja=period_texts.NAME_JA),
        bot_id=command_name("bot", ja=netstats_texts.BOT_NAME_JA),
    )
    @app_commands.describe(
        period=localised(period_texts.DESCRIPTION), bot_id=localised(netstats_texts.BOT_DESCRIPTION)
    )
    @app_commands.choices(period=localised_choices(period_texts.CHOICES))
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def netstats(
        self,
        interaction: discord.Interaction[Bot],
        period: str = "today",
        bot_id: app_commands.Range[str, 1, 64] | None = None,
    ) -> None:
        """Show the traffic of a period, added up by the database; then its gaps and its chart."""
        chosen, language = Period.of(period), language_for(interaction)
        embed = await deferring(interaction, self.bot.netstats.embed(chosen, language, bot_id))
        await answer(interaction, embed)
        files = await self.bot.netstats.add_details(embed, chosen, language, bot_id)
        if files is not None:
            await interaction.edit_original_response(embed=embed, attachments=files)

    @netstats.autocomplete("bot_id")
    async def _bot_choices(
        self, interaction: discord.Interaction[Bot], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer every bot that is known to write to the database, and all of them together."""
        bots = [
            bot_id for bot_id in self.bot.supabase_client.bot_ids if typed.casefold() in bot_id.casefold()
        ]
        everyone = netstats_texts.ALL_BOTS(language_for(interaction))
        return choices([(everyone, ALL_BOTS), *((bot_id, bot_id) for bot_id in bots)])

    @app_commands.command(
        name=command_name("status", ja=status_texts.STATUS_NAME_JA),
        description=localised(status_texts.STATUS_DESCRIPTION),
    )
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def status(self, interaction: discord.Interaction[Bot]) -> None:
        """Show uptime, pings, load, and what became of every recorded event."""
        embed = status_embed(self.bot, self._metrics.sample(), datetime.now(UTC), language_for(interaction))
        await interaction.response.send_message(embed=embed)


async def setup(bot: Bot) -> None:
    """Add the cog; called by discord.py."""
    await bot.add_cog(AdminCommands(bot))
