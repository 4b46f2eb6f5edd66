"""The buttons under the controller. They hold no state, so they work after a restart too."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias, cast

import discord

from bot.error_handler import answer_privately, report
from bot.jukebox import actions
from bot.jukebox.access import person_of, player_for, playing_for
from bot.jukebox.embeds import label, queue_embed
from bot.jukebox.music_queue import Loop
from bot.localization import language_for
from bot.texts import jukebox

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.client import Bot
    from bot.jukebox.library import Library
    from bot.lavalink import Player

Press: TypeAlias = "discord.Interaction[Bot]"
PREFIX = "music:"
"""Of every button's custom id; they must stay the same, for messages that were sent long ago."""
DEFER_AFTER = 1.5
"""Seconds; Discord wants a sign of life within 3, and a node may take longer."""
_LOOP_EMOJI = {Loop.OFF: "🔁", Loop.TRACK: "🔂", Loop.QUEUE: "🔁"}


class ControllerView(discord.ui.View):
    """Two rows of buttons; registered once with `discord.Client.add_view`, it answers for every message."""

    def __init__(self, library: Library, *, answers: bool = False) -> None:
        """``answers``: whether this is the one that is registered, and not only shown."""
        super().__init__(timeout=None)
        self._library = library
        self._answers = answers

    def is_dispatchable(self) -> bool:
        """Tell discord.py whether to keep this view; of those shown it would keep one for every message."""
        return self._answers

    def look_like(self, player: Player) -> ControllerView:
        """Show what the buttons would do to ``player`` now; returns itself."""
        playing, queue = player.track is not None, player.music_queue
        self.back.disabled = not queue.history
        for button in (self.pause, self.skip, self.halt, self.heart):
            button.disabled = not playing
        self.pause.emoji = "▶️" if player.paused else "⏸️"
        self.pause.style = (
            discord.ButtonStyle.success if player.paused and playing else discord.ButtonStyle.secondary
        )
        self.loop.emoji = _LOOP_EMOJI[queue.loop]
        self.loop.style = (
            discord.ButtonStyle.secondary if queue.loop is Loop.OFF else discord.ButtonStyle.primary
        )
        self.shuffle.disabled = len(queue) < 2  # noqa: PLR2004 - one song has no order
        self.quieter.disabled = player.volume <= 0
        self.louder.disabled = player.volume >= actions.MAX_VOLUME
        return self

    async def on_error(
        self,
        interaction: discord.Interaction[discord.Client],
        error: Exception,
        item: discord.ui.Item[ControllerView],
        /,
    ) -> None:
        """Tell whoever pressed, privately."""
        press = cast("Press", interaction)

        async def send(told: str) -> None:
            await answer_privately(press, told)

        where = f"button {item.custom_id if isinstance(item, discord.ui.Button) else '?'}"
        await report(error, language=language_for(press), send=send, where=where)

    @discord.ui.button(emoji="⏮️", custom_id=f"{PREFIX}previous", row=0)
    async def back(self, press: Press, _button: discord.ui.Button[ControllerView]) -> None:
        """Play the song before."""
        await _silently(press, actions.previous)

    @discord.ui.button(emoji="⏸️", custom_id=f"{PREFIX}pause", row=0)
    async def pause(self, press: Press, _button: discord.ui.Button[ControllerView]) -> None:
        """Pause or resume."""
        await _silently(press, actions.pause)

    @discord.ui.button(emoji="⏭️", custom_id=f"{PREFIX}skip", row=0)
    async def skip(self, press: Press, _button: discord.ui.Button[ControllerView]) -> None:
        """Skip, or vote for it; the controller shows the votes."""
        await _silently(press, actions.skip)

    @discord.ui.button(emoji="⏹️", custom_id=f"{PREFIX}stop", row=0)
    async def halt(self, press: Press, _button: discord.ui.Button[ControllerView]) -> None:
        """Stop."""
        await _silently(press, actions.stop)

    @discord.ui.button(emoji="🔁", custom_id=f"{PREFIX}loop", row=0)
    async def loop(self, press: Press, _button: discord.ui.Button[ControllerView]) -> None:
        """Repeat nothing, the song, or the queue, in turn."""
        await _silently(press, actions.loop)

    @discord.ui.button(emoji="🔀", custom_id=f"{PREFIX}shuffle", row=1)
    async def shuffle(self, press: Press, _button: discord.ui.Button[ControllerView]) -> None:
        """Shuffle."""
        await _silently(press, actions.shuffle)

    @discord.ui.button(emoji="🔉", custom_id=f"{PREFIX}quieter", row=1)
    async def quieter(self, press: Press, _button: discord.ui.Button[ControllerView]) -> None:
        """Lower the volume."""
        await _silently(press, lambda source: actions.change_volume(source, -actions.VOLUME_STEP))

    @discord.ui.button(emoji="🔊", custom_id=f"{PREFIX}louder", row=1)
    async def louder(self, press: Press, _button: discord.ui.Button[ControllerView]) -> None:
        """Raise the volume."""
        await _silently(press, lambda source: actions.change_volume(source, actions.VOLUME_STEP))

    @discord.ui.button(emoji="♥️", custom_id=f"{PREFIX}favourite", row=1)
    async def heart(self, press: Press, _button: discord.ui.Button[ControllerView]) -> None:
        """Add the current song to the favourites of whoever pressed, or take it out again."""
        _player, track = await playing_for(press, controls=False)
        added = await self._library.toggle_favourite(person_of(press).id, track)
        text = jukebox.FAVOURITE_ADDED if added else jukebox.FAVOURITE_REMOVED
        await answer_privately(press, text(language_for(press), title=label(track.title)))

    @discord.ui.button(emoji="📜", custom_id=f"{PREFIX}queue", row=1)
    async def queue(self, press: Press, _button: discord.ui.Button[ControllerView]) -> None:
        """Show the queue, privately."""
        player = await player_for(press, controls=False)
        embed = queue_embed(player.music_queue, language_for(press))
        await press.response.send_message(embed=embed, ephemeral=True)


async def _silently(press: Press, action: Callable[[Press], Coroutine[None, None, str]]) -> None:
    """Act; the controller itself shows what came of it, and a refusal is told privately."""
    task = asyncio.create_task(action(press))
    try:
        await asyncio.wait({task}, timeout=DEFER_AFTER)
        if not task.done():
            await press.response.defer()
        await task
    finally:
        task.cancel()
    if not press.response.is_done():
        await press.response.defer()
