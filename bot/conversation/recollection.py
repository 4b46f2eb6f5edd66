"""Rebuilds conversations from what stands in Discord, so that a restart forgets nothing."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.conversation.attachments import load_readable
from bot.conversation.memory import Place
from bot.conversation.message_splitter import LIMIT
from bot.conversation.question import is_from_a_person, question_from, replied_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.config import Settings
    from bot.conversation.memory import Memory
    from bot.conversation.throttle import Throttle
    from bot.state import State
    from bot.texts import Language

log = logging.getLogger(__name__)

RECENT = 50
"""Messages read when a place is first talked in."""
AROUND = 30
"""Messages read around an older one that somebody replies to."""
_NOTE = re.compile(r"\n\n(?:✂️|⏹) [^\n]*\Z")
"""What the bot added to an answer that was stopped or cut off."""
WITH_FILES = 3
"""The latest prompts whose files are loaded again."""
PLACES = 10_000
"""Places whose reading is noted; beyond, the oldest is read again."""


class Recollection:
    """Reads a place once, and again around an older answer that somebody replies to."""

    def __init__(self, memory: Memory, state: State, settings: Settings, throttle: Throttle) -> None:
        self._memory = memory
        self._state = state
        self._throttle = throttle
        self._language: Language = settings.bot_language
        self._prefix = settings.command_prefix
        self._read: OrderedDict[Place, None] = OrderedDict()

    async def begin_after(self, channel_id: int, snowflake: int) -> None:
        """Recall nothing in this channel from before ``snowflake``, now and after a restart."""
        await self._state.put(f"chat.begin.{channel_id}", snowflake)

    async def forget_before(self, user_id: int, snowflake: int) -> None:
        """Recall nothing that this person said before ``snowflake``, now and after a restart."""
        await self._state.put(f"chat.forgotten.{user_id}", snowflake)

    async def recall(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Remember what came before ``message`` in its place, as far as Discord shows it to the bot."""
        place = Place(message.channel.id)
        replied = replied_message(message)
        try:
            if place not in self._read:
                self._read[place] = None
                await self._throttle.turn()
                before = message.channel.history(limit=RECENT, before=message)
                await self._remember(place, [found async for found in before], me)
        except discord.HTTPException as error:
            log.info("Could not read what was said before in %s: %s", message.channel, error)
        if replied is not None and replied.author == me:
            await self.recall_answer(replied, me)
        while len(self._read) > PLACES:
            self._read.popitem(last=False)

    async def recall_answer(self, answer: discord.Message, me: discord.ClientUser) -> None:
        """Remember what an answer of the bot's belongs to, if that is not known."""
        place = Place(answer.channel.id)
        if self._memory.knows(place, answer.id):
            return
        try:
            await self._throttle.turn()
            around = answer.channel.history(limit=AROUND, around=answer)
            await self._remember(place, [found async for found in around], me)
        except discord.HTTPException as error:
            log.info("Could not read what was said around a message in %s: %s", answer.channel, error)

    async def _remember(
        self, place: Place, messages: Iterable[discord.Message], me: discord.ClientUser
    ) -> None:
        begin = self._state.get(f"chat.begin.{place.channel_id}")
        oldest_first = sorted(messages, key=lambda message: message.id)
        answered = list(_answered(oldest_first, me))
        for left, (prompt, parts) in zip(reversed(range(len(answered))), answered, strict=True):
            if self._memory.knows(place, prompt.id) or prompt.content.startswith(self._prefix):
                continue
            forgotten = self._state.get(f"chat.forgotten.{prompt.author.id}")
            if any(isinstance(limit, int) and prompt.id <= limit for limit in (begin, forgotten)):
                continue
            question = question_from(prompt, me, self._language)
            replied_to = prompt.reference.message_id if prompt.reference else None
            previous = self._memory.previous(place, replied_to=replied_to, at=question.at)
            answer = _NOTE.sub("", "\n\n".join(part.content for part in parts))
            answer_ids = tuple(part.id for part in parts)
            files = await load_readable(question.attachments) if left < WITH_FILES else ()
            exchange = question.exchange(previous=previous, files=files)
            self._memory.remember(place, replace(exchange, answer=answer, answer_ids=answer_ids))


def _answered(
    oldest_first: Iterable[discord.Message], me: discord.ClientUser
) -> Iterator[tuple[discord.Message, list[discord.Message]]]:
    """Yield each prompt with the parts of its answer: a reply, and what follows it without a break."""
    prompt: discord.Message | None = None
    parts: list[discord.Message] = []
    for message in oldest_first:
        is_mine = message.author == me and bool(message.content)
        replied = replied_message(message) if is_mine else None
        # Only a full message goes on in the next one; anything else from the bot is not of this answer.
        goes_on = is_mine and not message.reference and parts and len(parts[-1].content) > LIMIT // 4
        if goes_on and message.interaction_metadata is None:
            parts.append(message)
            continue
        if prompt and parts:
            yield prompt, parts
        prompt = replied if replied and is_from_a_person(replied) else None
        parts = [message] if prompt else []
    if prompt and parts:
        yield prompt, parts
