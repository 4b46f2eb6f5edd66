"""The bar of `/nowplaying` that moves."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord

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
    """Moves the bar of the last `/nowplaying` of each guild for a while: people look at it then."""

    def __init__(self, *, pace: float = 5.0, lasting: float = 180.0) -> None:
        """``pace`` is the seconds between two edits, ``lasting`` the seconds until the bar stands still."""
        self._pace = pace
        self._lasting = lasting
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def watch(self, player: Player, message: discord.Message, language: Language) -> None:
        """Keep ``message`` up to date, and the guild's message before no more."""
        self.forget(player.guild_id)
        task = asyncio.create_task(self._move(player, message, language))
        self._tasks[player.guild_id] = task
        task.add_done_callback(lambda done: self._drop(player.guild_id, done))

    def forget(self, guild_id: int) -> None:
        """Leave the guild's bar as it is."""
        task = self._tasks.pop(guild_id, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Leave every bar as it is."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _move(self, player: Player, message: discord.Message, language: Language) -> None:
        track, shown = player.track, None
        try:
            async with asyncio.timeout(self._lasting):
                while track is not None and player.track is track:
                    embed = progress_embed(player, track, language)
                    if shown is not None and embed != shown:
                        await message.edit(embed=embed)
                    shown = embed
                    await asyncio.sleep(self._pace)
        except TimeoutError:
            return
        except discord.HTTPException as error:
            log.debug("Guild %s: the bar stands still: %s", player.guild_id, error)

    def _drop(self, guild_id: int, task: asyncio.Task[None]) -> None:
        if self._tasks.get(guild_id) is task:
            del self._tasks[guild_id]
