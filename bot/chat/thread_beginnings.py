"""Remembers the messages with which threads begin: a model reads them before what is said there."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.chat.attachments import load_when_possible, readable
from bot.chat.exchange import Exchange, Place, Speaker
from bot.chat.question import attachments_of

if TYPE_CHECKING:
    from bot.chat.file_budget import FileBudget
    from bot.chat.forgotten import Forgotten
    from bot.chat.memory import Memory
    from bot.chat.quoting import Quoting
    from bot.chat.throttle import Throttle

log = logging.getLogger(__name__)

THREADS = 10_000
"""Threads known to begin with nothing; beyond, the oldest is asked about again."""


class ThreadBeginnings:
    """Puts the beginning of a thread into the memory, when a question is asked there.

    The message has the thread's id (https://discord.com/developers/docs/topics/threads); it is in the parent
    channel, but for a forum's post.
    """

    def __init__(
        self, memory: Memory, forgotten: Forgotten, quoting: Quoting, throttle: Throttle, files: FileBudget
    ) -> None:
        self._memory = memory
        self._forgotten = forgotten
        self._quoting = quoting
        self._throttle = throttle
        self._files = files
        self._without: OrderedDict[int, None] = OrderedDict()
        self._fileless: OrderedDict[int, None] = OrderedDict()
        """Those whose files could not be loaded: once more at the next question."""

    async def load(
        self, channel: discord.abc.MessageableChannel, asked_by: int, me: discord.ClientUser
    ) -> None:
        """Remember how a thread begins; not if the question of the message ``asked_by`` is that itself."""
        if not isinstance(channel, discord.Thread) or channel.parent is None or channel.id == asked_by:
            return
        place = Place(channel.id)
        is_known = self._memory.knows(place, channel.id) and channel.id not in self._fileless
        if is_known or channel.id in self._without or self._memory.has_answer(place, channel.id):
            return
        source = channel if isinstance(channel.parent, discord.ForumChannel) else channel.parent
        try:
            await self._throttle.turn()
            message = await source.fetch_message(channel.id)
        except discord.NotFound:
            _note(self._without, channel.id)
        except Exception as error:  # noqa: BLE001 - also what discord.py cannot read; the question is answered without it
            log.info("Could not read how %s begins: %s", channel, error)
        else:
            await self._remember(place, message, asked_by, me)

    async def _remember(
        self, place: Place, message: discord.Message, asked_by: int, me: discord.ClientUser
    ) -> None:
        beginning = Exchange(
            prompt_id=message.id,
            speaker=Speaker(message.author.id, message.author.display_name),
            prompt="",
            quotes=(await self._quoting.quote(message, me),),
            at=message.created_at.timestamp(),
        )
        if self._forgotten.is_skipped(place, message.id):
            _note(self._without, message.id)
            return
        if self._forgotten.has_words_of(beginning, may_be_anybodys=True):
            until = max(self._forgotten.until(source.author_id) for source in beginning.quoted)
            await self._forgotten.withhold_thread_until(place.channel_id, until or asked_by)
            _note(self._without, message.id)
            return
        shown = readable(attachments_of(message))
        files, is_complete = await load_when_possible(shown, self._files, whose=message.id)
        if message.id in self._fileless:
            del self._fileless[message.id]
        elif not is_complete:
            _note(self._fileless, message.id)
        (quote,) = beginning.quotes
        beginning = replace(beginning, quotes=(replace(quote, files=files),))
        if not self._forgotten.has_words_of(beginning):  # which may have been deleted meanwhile
            self._memory.remember(place, beginning)


def _note(threads: OrderedDict[int, None], thread_id: int) -> None:
    threads[thread_id] = None
    while len(threads) > THREADS:
        threads.popitem(last=False)
