"""Rebuilds conversations from what stands in Discord, so that a restart forgets nothing."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.chat.attachments import load_readable
from bot.chat.found_answers import found_answers, loose_ends, replied_id
from bot.chat.memory import Exchange, Place, Speaker
from bot.chat.question import attachments_of, question_from, quotation, replied_message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.chat.found_answers import FoundAnswer
    from bot.chat.memory import Memory
    from bot.chat.throttle import Throttle
    from bot.config import Settings
    from bot.llm.turns import File
    from bot.storage.state import State

log = logging.getLogger(__name__)

RECENT = 50
"""Messages read when a place is first talked in."""
AROUND = 60
"""Messages read around an older one that somebody replies to."""
FURTHER_READS = 5
"""How often messages are read around one that is missing, until a conversation has its beginning."""
UNKNOWN_PROMPT = "/chat …"
"""What a slash command was asked is told to nobody, the bot included."""
WITH_FILES = 3
"""The latest prompts whose files are loaded again."""
PLACES = 10_000
"""Places whose reading is noted; beyond, the oldest is read again."""


class HistoryLoader:
    """Reads a place once, and again around an older answer that somebody replies to."""

    def __init__(self, memory: Memory, state: State, settings: Settings, throttle: Throttle) -> None:
        self._memory = memory
        self._state = state
        self._throttle = throttle
        self._settings = settings
        self._read: OrderedDict[Place, None] = OrderedDict()

    async def begin_after(self, channel_id: int, snowflake: int) -> None:
        """Recall nothing in this channel from before ``snowflake``, now and after a restart."""
        await self._state.put(f"chat.begin.{channel_id}", snowflake)

    async def forget_before(self, user_id: int, snowflake: int) -> None:
        """Recall nothing that this person said before ``snowflake``, now and after a restart."""
        await self._state.put(f"chat.forgotten.{user_id}", snowflake)

    async def recall(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Remember what came before ``message`` in its place, as far as Discord shows it to the bot."""
        await self.recall_place(message.channel, message, me)
        replied = replied_message(message)
        if replied is not None and replied.author == me:
            await self.recall_answer(replied, me)

    async def recall_place(
        self, channel: discord.abc.MessageableChannel, before: discord.abc.Snowflake, me: discord.ClientUser
    ) -> None:
        """Remember what was said last in a channel, if that was not read yet."""
        place = Place(channel.id)
        if place in self._read:
            return
        self._read[place] = None
        while len(self._read) > PLACES:
            self._read.popitem(last=False)
        try:
            await self._throttle.turn()
            recent = channel.history(limit=RECENT, before=before)
            await self._remember(channel, [found async for found in recent], me)
        except discord.HTTPException as error:
            log.info("Could not read what was said before in %s: %s", channel, error)

    async def recall_answer(self, answer: discord.Message, me: discord.ClientUser) -> None:
        """Remember what an answer of the bot's belongs to, if that is not known."""
        if self._memory.knows(Place(answer.channel.id), answer.id):
            return
        try:
            await self._throttle.turn()
            around = answer.channel.history(limit=AROUND, around=answer)
            await self._remember(answer.channel, [found async for found in around], me)
        except discord.HTTPException as error:
            log.info("Could not read what was said around a message in %s: %s", answer.channel, error)

    async def _remember(
        self,
        channel: discord.abc.MessageableChannel,
        messages: Iterable[discord.Message],
        me: discord.ClientUser,
    ) -> None:
        """Remember the conversations among ``messages``, each from its beginning."""
        found = {message.id: message for message in messages}
        sought = set[int]()
        for _ in range(FURTHER_READS):
            unknown = {
                each for each in loose_ends(found, me) if not self._memory.knows(Place(channel.id), each)
            }
            if not (missing := max(unknown - sought, default=None)):
                break
            sought.add(missing)
            await self._throttle.turn()
            async for message in channel.history(limit=AROUND, around=discord.Object(missing)):
                found.setdefault(message.id, message)
        answers = [*found_answers(found, me, self._settings.chat_bot_ids)]
        for left, answer in zip(reversed(range(len(answers))), answers, strict=True):
            await self._add(Place(channel.id), answer, me, with_files=left < WITH_FILES)

    async def _add(
        self, place: Place, answer: FoundAnswer, me: discord.ClientUser, *, with_files: bool
    ) -> None:
        """Remember one answer, unless it is known, was forgotten, or says nothing."""
        first = answer.prompt or answer.parts[0]
        asker = _asker(answer)
        is_known = any(self._memory.knows(place, message.id) for message in (first, *answer.parts))
        if is_known or asker is None or not answer.text or self._is_forgotten(place, asker, first.id):
            return
        if answer.prompt is None:
            exchange = Exchange(
                prompt_id=first.id, speaker=asker, prompt=UNKNOWN_PROMPT, at=first.created_at.timestamp()
            )
        elif answer.prompt.content.startswith(self._settings.command_prefix):
            return
        else:
            exchange = await self._exchange(place, answer.prompt, me, with_files=with_files)
        answer_ids = tuple(part.id for part in answer.parts)
        self._memory.remember(place, replace(exchange, answer=answer.text, answer_ids=answer_ids))

    async def _exchange(
        self, place: Place, prompt: discord.Message, me: discord.ClientUser, *, with_files: bool
    ) -> Exchange:
        question = question_from(prompt, me, self._settings.bot_language)
        earlier = replied_id(prompt)
        previous = self._memory.previous(place, replied_to=earlier, at=question.at)
        files: tuple[File, ...] = await load_readable(question.attachments) if with_files else ()
        replied = question.replied_to
        if replied is None or self._memory.knows(place, replied.id):
            return question.exchange(previous=previous, files=files)
        if with_files:
            files = (*await load_readable(attachments_of(replied)), *files)
        return question.exchange(previous=previous, quoted=quotation(replied, me), files=files)

    def _is_forgotten(self, place: Place, asker: Speaker, prompt_id: int) -> bool:
        limits = (
            self._state.get(f"chat.begin.{place.channel_id}"),
            self._state.get(f"chat.forgotten.{asker.id}"),
        )
        return any(isinstance(limit, int) and prompt_id <= limit for limit in limits)


def _asker(answer: FoundAnswer) -> Speaker | None:
    if answer.prompt is not None:
        return Speaker(answer.prompt.author.id, answer.prompt.author.display_name)
    metadata = answer.parts[0].interaction_metadata
    return Speaker(metadata.user.id, metadata.user.display_name) if metadata else None
