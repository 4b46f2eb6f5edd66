"""Quotes of Discord's messages: their words as others read them, and whose these are."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.chat.exchange import Quote, Source
from bot.chat.message_words import forwarded_words, quote

if TYPE_CHECKING:
    from bot.chat.forgotten import Forgotten
    from bot.chat.throttle import Throttle
    from bot.client import Bot

log = logging.getLogger(__name__)


class Quoting:
    """Makes quotes, without their files, and notes as forgotten what is repeated but no longer stands so."""

    def __init__(self, bot: Bot, forgotten: Forgotten, throttle: Throttle) -> None:
        self._bot = bot
        self._forgotten = forgotten
        self._throttle = throttle

    async def quote(self, message: discord.Message, me: discord.ClientUser) -> Quote:
        """Return what a message says."""
        sources = await self._sources(message, me)
        author_id = me.id if message.author == me else sources[-1].author_id
        return Quote(sources=sources, author_id=author_id, text=quote(message, me))

    async def quote_forwarded(self, message: discord.Message, me: discord.ClientUser) -> Quote:
        """Return what a message forwards."""
        sources = await self._sources(message, me)
        return Quote(sources=sources, author_id=sources[-1].author_id, text=forwarded_words(message))

    async def _sources(self, message: discord.Message, me: discord.ClientUser) -> tuple[Source, ...]:
        """Return the message, and the one that it repeats.

        That is whatever it refers to: a forward, a followed channel's announcement, the first line of a
        thread and the end of a poll repeat it. Only people's replies do not, but an answer of the bot's may.
        https://discord.com/developers/docs/resources/message#message-reference-types
        """
        shown = Source(message.id, message.channel.id, message.author.id)
        reference, is_mine = message.reference, message.author == me
        if reference is None or reference.message_id is None:
            used = message.interaction_metadata if is_mine else None
            return (shown, shown._replace(author_id=used.user.id)) if used is not None else (shown,)
        if message.type is discord.MessageType.reply and not is_mine:
            return (shown,)
        origin = await self._origin(reference, reference.message_id)
        if origin is not None and any(
            each.edited_at != origin.edited_at for each in message.message_snapshots
        ):
            self._forgotten.note_messages([origin.id])
        author_id = origin.author.id if origin is not None else None
        return shown, Source(reference.message_id, reference.channel_id, author_id)

    async def _origin(self, reference: discord.MessageReference, message_id: int) -> discord.Message | None:
        """Return a message that another refers to, where the bot sees it."""
        if isinstance(reference.resolved, discord.Message):
            return reference.resolved
        channel = self._bot.get_channel(reference.channel_id)
        if reference.cached_message is not None or not isinstance(channel, discord.abc.Messageable):
            return reference.cached_message
        try:
            await self._throttle.turn()
            return await channel.fetch_message(message_id)
        except discord.NotFound:
            self._forgotten.note_messages([message_id])
        except Exception as error:  # noqa: BLE001 - also what discord.py cannot read; whose it is stays unknown
            log.info("Could not read a message that another in %s repeats: %s", channel, error)
        return None
