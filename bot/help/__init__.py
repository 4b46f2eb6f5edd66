"""What the bot can do, told to whoever asks, and to a server that it joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Bot


async def setup(bot: Bot) -> None:
    """Add the cogs; called by discord.py."""
    from bot.help.commands import HelpCommands
    from bot.help.welcome import Welcome

    await bot.add_cog(HelpCommands())
    await bot.add_cog(Welcome(bot))
