"""The controller of a guild: one message that shows and controls its music, edited in place."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import discord

from bot.background_tasks import cancel_and_wait
from bot.music.controller_embed import controller_embed, ended_embed
from bot.music.controller_view import ControllerView
from bot.music.lyrics_follower import LineBudget, LyricsFollower
from bot.music.messages import may_embed, may_write, plain_words
from bot.music.settings import guild_settings
from bot.music.song_lyrics import lyrics_of
from bot.request_channel import request_channel
from bot.texts import music

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

    def __init__(self, bot: Bot, guild_id: int, library: Library, budget: LineBudget | None = None) -> None:
        """``budget`` is shared by all controllers."""
        self._bot = bot
        self._guild_id = guild_id
        self._view = ControllerView(library, bot.settings.bot_language)
        self._shown = self._load()
        self._latest: deque[int] = deque(maxlen=OUT_OF_SIGHT)
        """Ids of the last messages in the controller's channel."""
        self._player: Player | None = None
        self._ended = False
        self._bring_into_view = False
        self._to_bottom = False
        """Whether it must be the last message, in a request channel."""
        self._dirty = False
        self._task: asyncio.Task[None] | None = None
        find = partial(lyrics_of, bot, timed=True)
        self._lyrics = LyricsFollower(
            find, bot.settings.bot_language, self._show_again, may_show=(budget or LineBudget()).take
        )

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

    def settle(self, ignoring: Collection[int] = ()) -> None:
        """Show the controller of a request channel, also while nothing plays, below all other messages.

        Those that are to be ignored are gone, or will be soon.
        """
        self._count_no_more(ignoring)
        self._bring_into_view = self._to_bottom = True
        self._show_again()

    @property
    def message_id(self) -> int | None:
        """The id of the message, None where there is none."""
        return self._shown.message.id if self._shown else None

    def note_message(self, message: discord.Message) -> None:
        """Remember a message of the controller's channel; it may be below one that is just being sent."""
        channel_id = self._shown.message.channel.id if self._shown else self._channel_id
        if message.channel.id == channel_id:
            self._latest.append(message.id)

    def note_deleted(self, message_ids: Collection[int]) -> None:
        """Forget messages that are gone; in a request channel the controller comes back."""
        self._count_no_more(message_ids)
        if self._shown is not None and self._shown.message.id in message_ids:
            self._shown = None
            if self._home is not None:
                self._show_again()

    def _count_no_more(self, message_ids: Collection[int]) -> None:
        for message_id in self._latest.copy():
            if message_id in message_ids:
                self._latest.remove(message_id)

    async def close(self) -> None:
        """Show nothing more."""
        await self._lyrics.close()
        await cancel_and_wait(self._task)
        self._view.stop()

    def lose_message(self) -> None:
        """Begin with a new message, as the one before was deleted."""
        self._shown = None

    async def retire(self) -> None:
        """Take away the controller of what is no request channel any more, unless something plays."""
        if self._ended or self._player is None:
            await cancel_and_wait(self._task)
            if self._shown is not None:
                await self._remove(self._shown)
            await forget_place(self._bot.state, self._guild_id)
        else:
            self.show(self._player, bring_into_view=True)

    async def _show_latest(self) -> None:
        while self._dirty:
            self._dirty = False
            try:
                await self._show()
            except discord.HTTPException as error:
                log.info("Guild %s: the controller cannot be shown: %s", self._guild_id, error)
            await asyncio.sleep(EDIT_INTERVAL)

    async def _show(self) -> None:
        most = 1 if self._to_bottom else OUT_OF_SIGHT
        bring_into_view, self._bring_into_view = self._bring_into_view, False
        self._to_bottom = False
        if self._shown is not None and bring_into_view and self._is_out_of_sight(self._shown, most):
            await self._remove(self._shown)
        if self._shown is not None and await self._edit(self._shown):
            return
        is_playing = not self._ended and self._player is not None and self._player.track is not None
        channel_id = self._channel_id
        if channel_id is not None and (is_playing or self._home is not None):
            await self._send(channel_id)

    @property
    def _home(self) -> int | None:
        """The request channel, in which the controller stays for good; None where it could not be written."""
        place = request_channel(self._bot.state, self._guild_id)
        if place is None or self._bot.lavalink is None:
            return None
        guild = self._bot.get_guild(self._guild_id)
        channel = guild.get_channel_or_thread(place.channel_id) if guild else None
        return place.channel_id if channel is None or may_write(channel) else None

    @property
    def _channel_id(self) -> int | None:
        """Where the controller belongs: in the request channel, else where music was asked for last."""
        if (home := self._home) is not None:
            return home
        place = self._player.text_channel if self._player else None
        return place.id if place else None

    def _is_out_of_sight(self, shown: _Shown, most: int) -> bool:
        channel_id = self._channel_id
        below = sum(message_id > shown.message.id for message_id in self._latest)
        return (channel_id is not None and channel_id != shown.message.channel.id) or below >= most

    def _render(self) -> tuple[discord.Embed, ControllerView | None]:
        language, player = self._bot.settings.bot_language, self._player
        how_to_add = music.HOW_TO_ADD if self._home is None else music.REQUEST_HERE
        if self._ended or player is None:
            return ended_embed(language, how_to_add), None
        view = self._view.update(player, follows_lyrics=self._follows_lyrics)
        lines = self._lyrics.lines
        return controller_embed(player, self._bot.state, language, lines, how_to_add=how_to_add), view

    @property
    def _follows_lyrics(self) -> bool:
        return guild_settings(self._bot.state, self._guild_id).follows_lyrics

    async def _send(self, channel_id: int) -> None:
        await asyncio.sleep(SEND_DELAY)
        embed, view = self._render()
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

    async def _edit(self, shown: _Shown) -> bool:
        """Show the music in the message; returns False where the message is gone."""
        embed, view = self._render()
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
