"""Rights over what is stored: people see, have and delete what is theirs; servers are forgotten in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Bot


async def setup(bot: Bot) -> None:
    """Add the cogs; called by discord.py."""
    from bot.privacy.commands import PrivacyCommands
    from bot.privacy.departed_guilds import DepartedGuilds

    await bot.add_cog(PrivacyCommands(bot))
    await bot.add_cog(DepartedGuilds(bot))
