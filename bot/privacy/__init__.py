"""Everybody's rights over what is stored about them: to see it, to have it, to delete it, to opt out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Bot


async def setup(bot: Bot) -> None:
    """Add the cog; called by discord.py."""
    from bot.privacy.commands import PrivacyCommands

    await bot.add_cog(PrivacyCommands(bot))
