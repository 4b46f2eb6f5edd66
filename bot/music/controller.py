"""The controller of a guild: one message that shows and controls its music, edited in place."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import discord

from bot.background_tasks import cancel_and_wait
from bot.music.controller_embed import controller_embed, ended_embed
from bot.music.controller_view import ControllerView
from bot.music.lyrics_follower import LyricsFollower
from bot.music.messages import may_embed, plain_words
from bot.music.settings import guild_settings
from bot.music.song_lyrics import lyrics_of

if TYPE_CHECKING:
    from bot.client import Bot
    from bot.lavalink import Player
    from bot.music.library import Library
    from bot.storage.state import State

log = logging.getLogger(__name__)

SEND_DELAY = 0.4
"""Seconds before a new message, so that the answer to a command comes first and the controller stays last."""
EDIT_INTERVAL = 1.1
"""Seconds between two edits: Discord takes 5 in 5 seconds from a channel."""
OUT_OF_SIGHT = 6
"""Messages below the controller after which the next song gets a new one."""


@dataclass(slots=True)
class _Shown:
    """A message with what it shows."""

    message: discord.PartialMessage
    embed: discord.Embed | None = None
    components: object = None
    plain: bool = False
    """Whether it is words, for want of the permission to embed links."""


class Controller:
    """The controller of one guild; `show` may be called at any rate, edits keep to Discord's rate limit."""

    def __init__(self, bot: Bot, guild_id: int, library: Library) -> None:
        self._bot = bot
        self._guild_id = guild_id
        self._view = ControllerView(library, bot.settings.bot_language)
        self._shown = self._load()
        self._latest: deque[int] = deque(maxlen=OUT_OF_SIGHT)
        """Ids of the last messages in the controller's channel."""
        self._player: Player | None = None
        self._ended = False
        self._bring_into_view = False
        self._dirty = False
        self._task: asyncio.Task[None] | None = None
        find = partial(lyrics_of, bot, timed=True)
        self._lyrics = LyricsFollower(find, bot.settings.bot_language, self._show_again)

    def show(self, player: Player, *, bring_into_view: bool = False, ended: bool = False) -> None:
        """Show ``player`` as it is, soon.

        With ``bring_into_view`` in a new message if the old one has scrolled away; with ``ended`` as over.
        """
        self._player, self._ended = player, ended
        self._bring_into_view |= bring_into_view
        if not ended and self._follows_lyrics:
            self._lyrics.follow(player)
        else:
            self._lyrics.stop()
        self._show_again()

    def _show_again(self) -> None:
        self._dirty = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._show_latest())

    def note_message(self, message: discord.Message) -> None:
        """Remember a message of the controller's channel; it may be below one that is just being sent."""
        channel = self._shown.message.channel if self._shown else self._player and self._player.text_channel
        if channel is not None and message.channel.id == channel.id:
            self._latest.append(message.id)

    async def close(self) -> None:
        """Show nothing more."""
        await self._lyrics.close()
        await cancel_and_wait(self._task)
        self._view.stop()

    def lose_message(self) -> None:
        """Begin with a new message, as the one before was deleted."""
        self._shown = None

    async def _show_latest(self) -> None:
        while self._dirty and self._player is not None:
            self._dirty = False
            try:
                await self._show(self._player)
            except discord.HTTPException as error:
                log.info("Guild %s: the controller cannot be shown: %s", self._guild_id, error)
            await asyncio.sleep(EDIT_INTERVAL)

    async def _show(self, player: Player) -> None:
        bring_into_view, self._bring_into_view = self._bring_into_view, False
        if self._shown is not None and bring_into_view and self._is_out_of_sight(self._shown, player):
            await self._remove(self._shown)
        if self._shown is not None and await self._edit(self._shown, player):
            return
        if player.text_channel is not None and not self._ended and player.track is not None:
            await self._send(player.text_channel.id, player)

    def _is_out_of_sight(self, shown: _Shown, player: Player) -> bool:
        channel = player.text_channel
        below = sum(message_id > shown.message.id for message_id in self._latest)
        return channel is not None and (channel.id != shown.message.channel.id or below >= OUT_OF_SIGHT)

    def _render(self, player: Player) -> tuple[discord.Embed, ControllerView | None]:
        language = self._bot.settings.bot_language
        if self._ended:
            return ended_embed(language), None
        view = self._view.update(player, follows_lyrics=self._follows_lyrics)
        return controller_embed(player, self._bot.state, language, self._lyrics.lines), view

    @property
    def _follows_lyrics(self) -> bool:
        return guild_settings(self._bot.state, self._guild_id).follows_lyrics

    async def _send(self, channel_id: int, player: Player) -> None:
        await asyncio.sleep(SEND_DELAY)
        embed, view = self._render(player)
        channel = self._bot.get_partial_messageable(channel_id, guild_id=self._guild_id)
        plain, buttons = not self._may_embed(channel_id), view or discord.utils.MISSING
        if plain:
            message = await channel.send(plain_words(embed), view=buttons, silent=True)
        else:
            message = await channel.send(embed=embed, view=buttons, silent=True)
        self._shown = _Shown(channel.get_partial_message(message.id), embed, _components(view), plain=plain)
        place = {"channel": channel_id, "message": message.id}
        await self._bot.state.put(_key(self._guild_id), place)

    def _may_embed(self, channel_id: int) -> bool:
        guild = self._bot.get_guild(self._guild_id)
        return guild is None or may_embed(guild.get_channel_or_thread(channel_id))

    async def _edit(self, shown: _Shown, player: Player) -> bool:
        """Show the music in the message; returns False where the message is gone."""
        embed, view = self._render(player)
        components = _components(view)
        if embed == shown.embed and components == shown.components:
            return True
        try:
            plain = not self._may_embed(shown.message.channel.id)
            if plain:
                await shown.message.edit(content=plain_words(embed), embed=None, view=view)
            elif shown.plain:
                await shown.message.edit(content=None, embed=embed, view=view)
            else:
                await shown.message.edit(embed=embed, view=view)
            shown.plain = plain
        except discord.NotFound:
            self._shown = None
            await forget_place(self._bot.state, self._guild_id)
            return False
        shown.embed, shown.components = embed, components
        return True

    async def _remove(self, shown: _Shown) -> None:
        self._shown = None
        try:
            await shown.message.delete()
        except discord.NotFound:
            pass
        except discord.Forbidden as error:
            log.info("Guild %s: the old controller stays: %s", self._guild_id, error)

    def _load(self) -> _Shown | None:
        """Return the stored message from before a restart."""
        place = stored_place(self._bot.state, self._guild_id)
        if place is None:
            return None
        channel_id, message_id = place
        channel = self._bot.get_partial_messageable(channel_id, guild_id=self._guild_id)
        return _Shown(channel.get_partial_message(message_id))


def stored_place(state: State, guild_id: int) -> tuple[int, int] | None:
    """Return the ids of channel and message of a guild's controller; None where none is known."""
    place = state.get(_key(guild_id))
    if not isinstance(place, Mapping):
        return None
    channel_id, message_id = place.get("channel"), place.get("message")
    return (channel_id, message_id) if isinstance(channel_id, int) and isinstance(message_id, int) else None


async def forget_place(state: State, guild_id: int) -> None:
    """Forget where a guild's controller is."""
    await state.delete(_key(guild_id))


def _key(guild_id: int) -> str:
    return f"music.controller.{guild_id}"


def _components(view: ControllerView | None) -> object:
    return view.to_components() if view else None
