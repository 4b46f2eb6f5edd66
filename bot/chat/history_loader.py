"""Loads conversations from the history of Discord's channels, so that they continue after a restart."""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.chat.attachments import load_readable
from bot.chat.found_answers import find_answers, missing_references, replied_id
from bot.chat.memory import Exchange, Place, Speaker
from bot.chat.message_words import quote
from bot.chat.question import attachments_of, question_from, replied_message
from bot.chat.readable_messages import read_messages
from bot.chat.thread_beginnings import ThreadBeginnings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        self._beginnings = ThreadBeginnings(memory, throttle, self._is_skipped)
        self._read: OrderedDict[Place, None] = OrderedDict()
        """Whose last messages have been read."""
        self._broken_off: OrderedDict[Place, deque[int]] = OrderedDict()
        """The latest messages around which a read broke off; it is tried again at the next question."""
        self._fileless: OrderedDict[int, None] = OrderedDict()
        """Prompts whose files could not be loaded."""

    async def skip_channel_until(self, channel_id: int, snowflake: int) -> None:
        """Load nothing of this channel from before ``snowflake``, now and after a restart."""
        await self._state.put(f"chat.begin.{channel_id}", snowflake)

    async def forget_channel(self, channel_id: int) -> None:
        """Forget until where a channel is skipped, as it is gone."""
        await self._state.delete(f"chat.begin.{channel_id}")

    async def skip_person_until(self, user_id: int, snowflake: int) -> None:
        """Load nothing that this person said before ``snowflake``, now and after a restart."""
        await self._state.put(f"chat.forgotten.{user_id}", snowflake)

    async def load_before(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Load what came before ``message`` in its channel, and around the answer to which it replies."""
        await self.load_channel(message.channel, message, me)
        replied = replied_message(message)
        if replied is not None and replied.author == me:
            await self._load_around_unknown(replied, me)

    async def load_channel(
        self, channel: discord.abc.MessageableChannel, before: discord.abc.Snowflake, me: discord.ClientUser
    ) -> None:
        """Load the last messages of a channel before ``before``, if that has not worked yet."""
        await self._try_again(channel, me)
        await self._load_recent(channel, before, me)
        await self.load_beginning(channel, before, me)

    async def load_beginning(
        self, channel: discord.abc.MessageableChannel, before: discord.abc.Snowflake, me: discord.ClientUser
    ) -> None:
        """Load the message with which a thread begins, if that was before ``before`` and is not known."""
        await self._beginnings.load(channel, before.id, me)

    async def _load_recent(
        self, channel: discord.abc.MessageableChannel, before: discord.abc.Snowflake, me: discord.ClientUser
    ) -> None:
        place = Place(channel.id)
        if place in self._read:
            return
        if self._state.get(_MARKED_SINCE) is None:
            await self._state.put(_MARKED_SINCE, before.id)
        recent = await self._messages(channel, limit=RECENT, before=before)
        if recent is not None and await self._remember(channel, recent, me):
            self._read[place] = None
            while len(self._read) > PLACES:
                self._read.popitem(last=False)

    async def load_around(self, answer: discord.Message, me: discord.ClientUser) -> None:
        """Load the conversation to which an answer of the bot belongs, if it is not known."""
        await self._try_again(answer.channel, me)
        await self._load_around_unknown(answer, me)
        await self.load_beginning(answer.channel, answer, me)

    async def _load_around_unknown(self, answer: discord.Message, me: discord.ClientUser) -> None:
        place = Place(answer.channel.id)
        if self._memory.knows(place, answer.id) or answer.id in self._broken_off.get(place, ()):
            return
        if not await self._read_around(answer.channel, answer.id, me):
            self._broken_off.setdefault(place, deque(maxlen=FURTHER_READS)).append(answer.id)
            while len(self._broken_off) > PLACES:
                self._broken_off.popitem(last=False)

    async def _try_again(self, channel: discord.abc.MessageableChannel, me: discord.ClientUser) -> None:
        """Read around the messages around which a read broke off before, until one does so again."""
        broken_off = self._broken_off.get(Place(channel.id))
        while broken_off and await self._read_around(channel, broken_off[0], me):
            broken_off.popleft()

    async def _read_around(
        self, channel: discord.abc.MessageableChannel, message_id: int, me: discord.ClientUser
    ) -> bool:
        """Remember the conversations around a message; false if not everything could be read."""
        around = await self._messages(channel, limit=AROUND, around=discord.Object(message_id))
        return around is not None and await self._remember(channel, around, me)

    async def _messages(
        self,
        channel: discord.abc.MessageableChannel,
        *,
        limit: int,
        before: discord.abc.Snowflake | None = None,
        around: discord.abc.Snowflake | None = None,
    ) -> list[discord.Message] | None:
        """Read messages; None where that failed, which may have passed at the next question."""
        try:
            await self._throttle.turn()
            return await read_messages(channel, limit=limit, before=before, around=around)
        except discord.HTTPException as error:
            log.info("Could not read what was said before in %s: %s", channel, error)
            return None

    async def _remember(
        self,
        channel: discord.abc.MessageableChannel,
        messages: Iterable[discord.Message],
        me: discord.ClientUser,
    ) -> bool:
        """Remember the conversations among ``messages``, each from its beginning.

        False if a beginning or a file could not be read: the rest is remembered all the same.
        """
        is_complete = True
        found = {message.id: message for message in messages}
        place, searched = Place(channel.id), set[int]()
        for _ in range(FURTHER_READS):
            wanted = missing_references(found, me) - searched
            missing = max((each for each in wanted if not self._memory.knows(place, each)), default=None)
            if missing is None:
                break
            searched.add(missing)
            further = await self._messages(channel, limit=AROUND, around=discord.Object(missing))
            if further is None:
                is_complete = False
                break
            found = {message.id: message for message in further} | found
        answers = [*find_answers(found, me, self._settings.chat_bot_ids)]
        for left, answer in zip(reversed(range(len(answers))), answers, strict=True):
            is_complete &= await self._add(place, answer, me, with_files=left < WITH_FILES)
        return is_complete

    async def _add(
        self, place: Place, answer: FoundAnswer, me: discord.ClientUser, *, with_files: bool
    ) -> bool:
        """Remember one answer, unless it is known, to be skipped, or nothing but notices.

        False if its files are to be loaded once more.
        """
        first, asker, text = answer.prompt or answer.parts[0], _asker(answer), self._text(answer)
        is_known = self._memory.has_answer(place, first.id)
        is_known = is_known or any(self._memory.knows(place, part.id) for part in answer.parts)
        is_known = is_known and not (with_files and first.id in self._fileless)
        if is_known or asker is None or not text or self._is_skipped(place, asker, first.id):
            return True
        if answer.prompt is None:
            exchange = Exchange(
                prompt_id=first.id, speaker=asker, prompt=UNKNOWN_PROMPT, at=first.created_at.timestamp()
            )
        elif answer.prompt.content.startswith(self._settings.command_prefix):
            return True
        else:
            exchange = await self._exchange(place, answer.prompt, me, with_files=with_files)
            exchange = replace(exchange, replied_to=replied_id(answer.prompt))
        answer_ids = tuple(part.id for part in answer.parts)
        self._memory.remember(place, replace(exchange, answer=text, answer_ids=answer_ids))
        return not with_files or first.id not in self._fileless

    async def _exchange(
        self, place: Place, prompt: discord.Message, me: discord.ClientUser, *, with_files: bool
    ) -> Exchange:
        question = question_from(prompt, me, self._settings.bot_language)
        replied = question.replied_to
        if replied is not None and self._memory.knows(place, replied.id):
            replied = None
        theirs = attachments_of(replied) if replied else ()
        files = await self._files(prompt.id, theirs, question.attachments) if with_files else ()
        return question.exchange(quote=quote(replied, me) if replied else "", files=files)

    async def _files(self, prompt_id: int, *shown: Sequence[discord.Attachment]) -> tuple[File, ...]:
        """Load the files of a prompt; what fails is noted, to be tried once more."""
        loaded = [await load_readable(attachments) for attachments in shown]
        if prompt_id in self._fileless:
            del self._fileless[prompt_id]
        elif not all(each.is_complete for each in loaded):
            self._fileless[prompt_id] = None
            while len(self._fileless) > PLACES:
                self._fileless.popitem(last=False)
        return tuple(file for each in loaded for file in each.files)

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
