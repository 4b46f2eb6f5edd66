"""Music in a server: commands, controller, notices, settings, favourites and playlists."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Bot

log = logging.getLogger(__name__)


async def setup(bot: Bot) -> None:
    """Add the cogs; called by discord.py."""
    from bot.music.controllers import Controllers
    from bot.music.info_commands import InfoCommands
    from bot.music.library import Library
    from bot.music.library_commands import LibraryCommands
    from bot.music.notices import Notices
    from bot.music.play_commands import PlayCommands
    from bot.music.player_events import PlayerEvents
    from bot.music.queue_commands import QueueCommands
    from bot.music.recovery_events import RecoveryEvents
    from bot.music.requested_songs import RequestedSongs
    from bot.music.song_requests import SongRequests
    from bot.music.sound_commands import SoundCommands
    from bot.music.voice_status import VoiceStatus

    if bot.lavalink is None:
        if bot.settings.lavalink_nodes is None:
            log.info("Music is off: LAVALINK_NODES is not set")
        else:
            log.info("Music is off: LAVALINK_NODES is off")
    library = Library(bot.settings.database_file)
    await bot.add_cog(PlayCommands())
    await bot.add_cog(InfoCommands(bot))
    await bot.add_cog(SoundCommands(bot))
    await bot.add_cog(LibraryCommands(library))
    controllers = Controllers(bot, library)
    await bot.add_cog(controllers)
    await bot.add_cog(SongRequests(bot, controllers))
    await bot.add_cog(QueueCommands())
    await bot.add_cog(Notices(bot))
    await bot.add_cog(PlayerEvents(bot))
    await bot.add_cog(RecoveryEvents(bot))
    if bot.restart_recovery is not None:
        await bot.add_cog(RequestedSongs(bot.restart_recovery))
    if bot.settings.voice_status:
        await bot.add_cog(VoiceStatus(bot))
