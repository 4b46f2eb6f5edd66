"""The request channel: every message in it is a song, and the channel tidies itself."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord.ext import commands
from discord.ext.commands.view import StringView  # pyright: ignore[reportMissingTypeStubs] - it has types

from bot.background_tasks import BackgroundTasks
from bot.error_handler import report
from bot.errors import OtonariError, UserError
from bot.lavalink import QUERY_LIMIT
from bot.localization import language_for
from bot.music.messages import may_write
from bot.music.tidying import Channel, Tidier
from bot.readable_messages import read_messages
from bot.request_channel import request_channel
from bot.texts import music

if TYPE_CHECKING:
    from bot.client import Bot
    from bot.music.controllers import Controllers
    from bot.request_channel import RequestChannel

log = logging.getLogger(__name__)

TIDY_SECONDS = 15.0
MENU_SECONDS = 120.0
"""How long a message stays, and one of the bot's in which somebody may choose or turn pages."""
LEFTOVERS = 100
"""Messages from before a restart that are looked at."""
OWN_AGE, PERSONS_AGE = timedelta(days=13), timedelta(hours=1)
"""How old they may be to be tidied away: Discord deletes no messages of 14 days together, and after a long
absence nobody would know why people's go."""
MOST_WAITING = 20
"""Requests of one server that wait while one is looked up."""
_MENTION = re.compile(r"<(?:@[!&]?|#)\d{1,20}>")
_LINK = re.compile(r"<?(https?://[^\s<>]{1,4000})>?", re.IGNORECASE)
_AFTER_LINK = ")]}>.,;!?、。，！？」』）"
"""What stands behind a link in a sentence, or around it in Markdown, and does not belong to it."""
_WRITTEN = (discord.MessageType.default, discord.MessageType.reply)


class SongRequests(commands.Cog):
    """Plays what is written in request channels, as /play does, for whom /play is."""

    def __init__(self, bot: Bot, controllers: Controllers) -> None:
        self.bot = bot
        self._controllers = controllers
        self._tasks = BackgroundTasks("A song request")
        self._tidiers: dict[int, tuple[int, Tidier]] = {}
        """By server: the channel, and who tidies it."""
        self._turns: dict[int, asyncio.Lock] = {}
        self._waiting: dict[int, int] = {}
        self._begun: set[int] = set()

    async def cog_unload(self) -> None:
        """Play and tidy nothing any more; the next process finds what is left."""
        await self._tasks.close()
        for _channel_id, tidier in self._tidiers.values():
            await tidier.close()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Play the song that a message names, and have the message tidied away."""
        guild, place = message.guild, self._place_of(message)
        if guild is None or place is None:
            return
        tidier = self._tidier(guild.id, place)
        is_own = message.author == self.bot.user
        if is_own:
            lasts = MENU_SECONDS if message.components or message.flags.loading else TIDY_SECONDS
            tidier.add(message.id, "bot", after=lasts)
        elif not _is_written_by_a_person(message):
            tidier.add(message.id, "other", after=TIDY_SECONDS)
        elif self._is_command(message):
            tidier.add(message.id, "person", after=TIDY_SECONDS)
        else:
            self._tasks.spawn(self._serve(guild.id, message, tidier))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Leave out what somebody else deleted."""
        if payload.guild_id in self._tidiers:
            self._tidiers[payload.guild_id][1].forget(payload.message_id)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Tidy what the process before this one left."""
        if request_channel(self.bot.state, guild.id) is not None and guild.id not in self._begun:
            self._begun.add(guild.id)
            self._tasks.spawn(self._begin(guild))

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Go on where a server has taken the bot back."""
        await self.on_guild_available(guild)

    @commands.Cog.listener()
    async def on_request_channel_changed(self, guild_id: int) -> None:
        """Leave a channel that is no longer the one."""
        place, known = request_channel(self.bot.state, guild_id), self._tidiers.get(guild_id)
        self._begun.add(guild_id)
        if known is not None and (place is None or place.channel_id != known[0]):
            del self._tidiers[guild_id]
            await known[1].close()

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget a server that the bot left."""
        self._begun.discard(guild.id)
        if not self._waiting.get(guild.id):
            self._waiting.pop(guild.id, None)
            self._turns.pop(guild.id, None)
        if known := self._tidiers.pop(guild.id, None):
            await known[1].close()

    def _place_of(self, message: discord.Message) -> RequestChannel | None:
        """Return the request channel in which a message is, None for any other."""
        if message.guild is None or self.bot.lavalink is None:
            return None
        place = request_channel(self.bot.state, message.guild.id)
        return place if place is not None and place.takes(message) else None

    def _tidier(self, guild_id: int, place: RequestChannel) -> Tidier:
        if guild_id not in self._tidiers:
            tidier = Tidier(
                lambda: self._channel(guild_id, place.channel_id),
                is_kept=lambda message_id: self._controllers.message_id(guild_id) == message_id,
                on_tidied=lambda gone: self._controllers.settle(guild_id, ignoring=gone),
            )
            self._tidiers[guild_id] = place.channel_id, tidier
        return self._tidiers[guild_id][1]

    def _channel(self, guild_id: int, channel_id: int) -> Channel | None:
        guild = self.bot.get_guild(guild_id)
        channel = guild.get_channel_or_thread(channel_id) if guild else None
        return channel if isinstance(channel, Channel) else None

    def _is_command(self, message: discord.Message) -> bool:
        """Tell whether a message calls a command, or looks as if it should: another bot's, perhaps."""
        prefix = self.bot.settings.command_prefix
        after = message.content.removeprefix(prefix)
        return after != message.content and after[:1].isalnum()

    async def _serve(self, guild_id: int, message: discord.Message, tidier: Tidier) -> None:
        """Play what a message names when it is its turn, or say why not; then have it tidied away."""
        ctx = await self.bot.get_context(message)
        if not isinstance(ctx.channel, Channel) or not may_write(ctx.channel):
            log.debug("Guild %s: a request is left alone, as the bot may not answer there", guild_id)
            return
        turn = self._turns.setdefault(guild_id, asyncio.Lock())
        waiting = self._waiting.get(guild_id, 0)
        self._waiting[guild_id] = waiting + 1
        try:
            if waiting >= MOST_WAITING:
                raise UserError(music.TOO_MANY_REQUESTS)
            query = query_of(message)
            async with turn:
                await self._play(ctx, query)
        except (commands.CommandError, OtonariError) as error:
            send = ctx.reply if ctx.bot_permissions.read_message_history else ctx.send
            await report(error, language=language_for(ctx), send=send, where="a request channel")
        finally:
            self._waiting[guild_id] -= 1
            tidier.add(message.id, "person", after=TIDY_SECONDS)

    async def _play(self, ctx: commands.Context[Bot], query: str) -> None:
        """Run /play with the rights of who wrote."""
        command = self.bot.get_command("play")
        if command is None:
            raise UserError(music.NOT_CONFIGURED)
        ctx.command, ctx.invoked_with, ctx.view = command, command.name, StringView(query)
        if await self.bot.can_run(ctx, call_once=True):
            await command.invoke(ctx)

    async def _begin(self, guild: discord.Guild) -> None:
        """Tidy away what was written before this process and is still there, and show the controller."""
        place = request_channel(self.bot.state, guild.id)
        channel = self._channel(guild.id, place.channel_id) if place else None
        if place is None or channel is None:
            return
        # First of all: what comes from now on is served.
        left = await self._left_in(channel, place)
        if self.bot.restart_recovery is not None:
            await self.bot.restart_recovery.wait(guild.id)
        if request_channel(self.bot.state, guild.id) != place:
            return
        tidier = self._tidier(guild.id, place)
        for message in left:
            tidier.add(message.id, "bot" if message.author == self.bot.user else "person", after=0.0)
        self._controllers.settle(guild.id, ignoring={message.id for message in left})

    async def _left_in(self, channel: Channel, place: RequestChannel) -> list[discord.Message]:
        """Return the messages to tidy away that a process before this one has not."""
        try:
            messages = await read_messages(channel, limit=LEFTOVERS)
        except discord.HTTPException as error:
            log.info("Channel %s: what was left there cannot be read: %s", channel.id, error)
            return []
        self._controllers.note_messages(channel.guild.id, reversed(messages))
        return [
            message
            for message in messages
            if place.takes(message) and not message.pinned and self._is_left_over(message)
        ]

    def _is_left_over(self, message: discord.Message) -> bool:
        age = discord.utils.utcnow() - message.created_at
        if message.author == self.bot.user:
            return age < OWN_AGE
        return _is_written_by_a_person(message) and age < PERSONS_AGE


def query_of(message: discord.Message) -> str:
    """Return what a message asks for: the link in it, else its words in one line.

    Raises UserError where there are none, such as with a picture, or where they are no song's name.
    """
    words = " ".join(_MENTION.sub(" ", message.content).split())
    link = _LINK.search(words)
    if link is not None:
        return link[1].rstrip(_AFTER_LINK)
    if not words:
        raise UserError(music.REQUEST_EMPTY)
    if len(words) > QUERY_LIMIT:
        raise UserError(music.REQUEST_TOO_LONG, limit=QUERY_LIMIT)
    return words


def _is_written_by_a_person(message: discord.Message) -> bool:
    is_person = not message.author.bot and message.webhook_id is None
    return is_person and message.type in _WRITTEN
