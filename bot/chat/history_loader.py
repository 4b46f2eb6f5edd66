"""Loads conversations from the history of Discord's channels, so that they continue after a restart."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.chat.attachments import load_readable
from bot.chat.found_answers import find_answers, missing_references, replied_id
from bot.chat.memory import Exchange, Place, Speaker
from bot.chat.message_words import quote
from bot.chat.question import attachments_of, question_from, replied_message

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
"""Messages read when the bot is first called in a place."""
AROUND = 60
"""Messages read around an older one that somebody replies to."""
FURTHER_READS = 5
"""How often messages are read around one that is missing, until a conversation has its beginning."""
UNKNOWN_PROMPT = "/chat …"
"""Stands for the prompt of a slash command, which Discord's history does not contain."""
WITH_FILES = 3
"""The latest prompts whose files are loaded again."""
PLACES = 10_000
"""Places known to be read; beyond, the oldest is read again."""
_MARKED_SINCE = "chat.notices_marked_since"
"""Where the state keeps the id of the first message for which history was read: notices have marks since."""


class HistoryLoader:
    """Fills the memory from a channel's history: once, and around older answers that somebody replies to."""

    def __init__(self, memory: Memory, state: State, settings: Settings, throttle: Throttle) -> None:
        self._memory = memory
        self._state = state
        self._throttle = throttle
        self._settings = settings
        self._read: OrderedDict[Place, None] = OrderedDict()

    async def skip_channel_until(self, channel_id: int, snowflake: int) -> None:
        """Load nothing of this channel from before ``snowflake``, now and after a restart."""
        await self._state.put(f"chat.begin.{channel_id}", snowflake)

    async def skip_person_until(self, user_id: int, snowflake: int) -> None:
        """Load nothing that this person said before ``snowflake``, now and after a restart."""
        await self._state.put(f"chat.forgotten.{user_id}", snowflake)

    async def load_before(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Load what came before ``message`` in its channel, and around the answer to which it replies."""
        await self.load_channel(message.channel, message, me)
        replied = replied_message(message)
        if replied is not None and replied.author == me:
            await self.load_around(replied, me)

    async def load_channel(
        self, channel: discord.abc.MessageableChannel, before: discord.abc.Snowflake, me: discord.ClientUser
    ) -> None:
        """Load the last messages of a channel before ``before``, if that was not done yet."""
        place = Place(channel.id)
        if place in self._read:
            return
        self._read[place] = None
        while len(self._read) > PLACES:
            self._read.popitem(last=False)
        if self._state.get(_MARKED_SINCE) is None:
            await self._state.put(_MARKED_SINCE, before.id)
        try:
            await self._throttle.turn()
            recent = channel.history(limit=RECENT, before=before)
            await self._remember(channel, [found async for found in recent], me)
        except discord.HTTPException as error:
            log.info("Could not read what was said before in %s: %s", channel, error)

    async def load_around(self, answer: discord.Message, me: discord.ClientUser) -> None:
        """Load the conversation to which an answer of the bot belongs, if it is not known."""
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
        place, searched = Place(channel.id), set[int]()
        for _ in range(FURTHER_READS):
            wanted = missing_references(found, me) - searched
            missing = max((each for each in wanted if not self._memory.knows(place, each)), default=None)
            if missing is None:
                break
            searched.add(missing)
            await self._throttle.turn()
            async for message in channel.history(limit=AROUND, around=discord.Object(missing)):
                found.setdefault(message.id, message)
        answers = [*find_answers(found, me, self._settings.chat_bot_ids)]
        for left, answer in zip(reversed(range(len(answers))), answers, strict=True):
            await self._add(place, answer, me, with_files=left < WITH_FILES)

    async def _add(
        self, place: Place, answer: FoundAnswer, me: discord.ClientUser, *, with_files: bool
    ) -> None:
        """Remember one answer, unless it is known, to be skipped, or nothing but notices."""
        first, asker, text = answer.prompt or answer.parts[0], _asker(answer), self._text(answer)
        is_known = any(self._memory.knows(place, message.id) for message in (first, *answer.parts))
        if is_known or asker is None or not text or self._is_skipped(place, asker, first.id):
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
        self._memory.remember(place, replace(exchange, answer=text, answer_ids=answer_ids))

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
        return question.exchange(previous=previous, quote=quote(replied, me), files=files)

    def _text(self, answer: FoundAnswer) -> str:
        saved = self._state.get(_MARKED_SINCE)
        return answer.text(marked_since=saved if isinstance(saved, int) else None)

    def _is_skipped(self, place: Place, asker: Speaker, prompt_id: int) -> bool:
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
