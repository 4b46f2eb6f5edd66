"""The moving progress bar of `/nowplaying`."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord

from bot.background_tasks import cancel_and_wait
from bot.music.embeds import track_embed
from bot.texts import music

if TYPE_CHECKING:
    from bot.lavalink import Player, Track
    from bot.texts import Language

log = logging.getLogger(__name__)


def progress_embed(player: Player, track: Track, language: Language) -> discord.Embed:
    """Return the current track with its progress."""
    heading = (music.PAUSED_TITLE if player.paused else music.NOW_PLAYING)(language)
    return track_embed(track, language, heading=heading, position_ms=player.position_ms)


class LiveProgress:
    """Updates the progress bar of each guild's latest `/nowplaying` for a while."""

    def __init__(self, *, interval: float = 5.0, lifetime: float = 180.0) -> None:
        """``interval`` is the seconds between two edits, ``lifetime`` the seconds until the last."""
        self._interval = interval
        self._lifetime = lifetime
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def watch(self, player: Player, message: discord.Message, language: Language) -> None:
        """Keep ``message`` up to date, in place of the guild's earlier one."""
        self.forget(player.guild_id)
        task = asyncio.create_task(self._update(player, message, language))
        self._tasks[player.guild_id] = task
        task.add_done_callback(lambda done: self._drop(player.guild_id, done))

    def forget(self, guild_id: int) -> None:
        """Stop updating the guild's bar."""
        task = self._tasks.pop(guild_id, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Stop updating every bar."""
        await cancel_and_wait(*self._tasks.values())

    async def _update(self, player: Player, message: discord.Message, language: Language) -> None:
        track, shown = player.track, None
        try:
            async with asyncio.timeout(self._lifetime):
                while track is not None and player.track is track:
                    embed = progress_embed(player, track, language)
                    if shown is not None and embed != shown:
                        await message.edit(embed=embed)
                    shown = embed
                    await asyncio.sleep(self._interval)
        except TimeoutError:
            return
        except discord.HTTPException as error:
            log.debug("Guild %s: the progress bar is no longer updated: %s", player.guild_id, error)

    def _drop(self, guild_id: int, task: asyncio.Task[None]) -> None:
        if self._tasks.get(guild_id) is task:
            del self._tasks[guild_id]
