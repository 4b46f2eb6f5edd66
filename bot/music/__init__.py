"""What people see and do of a server's music: its commands, controller, notices, settings and memory."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Bot

log = logging.getLogger(__name__)


async def setup(bot: Bot) -> None:
    """Add the cogs; called by discord.py."""
    from bot.music.collection_commands import CollectionCommands
    from bot.music.controllers import Controllers
    from bot.music.library import Library
    from bot.music.look_commands import LookCommands
    from bot.music.play_commands import Music
    from bot.music.player_events import MusicEvents
    from bot.music.queue_commands import QueueCommands
    from bot.music.recovery_notices import RecoveryNotices
    from bot.music.sound_commands import SoundCommands

    if bot.lavalink is None:
        log.info("Music is off: LAVALINK_NODES is not set")
    library = Library(bot.settings.database_file)
    await bot.add_cog(Music())
    await bot.add_cog(LookCommands(bot))
    await bot.add_cog(SoundCommands())
    await bot.add_cog(CollectionCommands(library))
    await bot.add_cog(Controllers(bot, library))
    await bot.add_cog(QueueCommands())
    await bot.add_cog(MusicEvents(bot))
    await bot.add_cog(RecoveryNotices(bot))
