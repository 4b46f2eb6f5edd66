"""Loads conversations from the history of Discord's channels, so that they continue after a restart."""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.chat.attachments import TOTAL_LIMIT, load_when_possible, readable
from bot.chat.exchange import Exchange, Place, Quote, Speaker
from bot.chat.found_answers import FoundAnswer, find_answers, missing_references, orphaned, replied_id
from bot.chat.question import (
    attachments_of,
    forwarded_attachments_of,
    question_from,
    replied_message,
)
from bot.chat.thread_beginnings import ThreadBeginnings
from bot.readable_messages import read_messages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from bot.chat.file_budget import FileBudget
    from bot.chat.forgotten import Forgotten
    from bot.chat.memory import Memory
    from bot.chat.quoting import Quoting
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

    def __init__(
        self,
        memory: Memory,
        *,
        forgotten: Forgotten,
        quoting: Quoting,
        state: State,
        settings: Settings,
        throttle: Throttle,
        files: FileBudget,
    ) -> None:
        self._memory = memory
        self._forgotten = forgotten
        self._quoting = quoting
        self._state = state
        self._throttle = throttle
        self._settings = settings
        self._file_budget = files
        self._beginnings = ThreadBeginnings(memory, forgotten, quoting, throttle, files)
        self._read: OrderedDict[Place, None] = OrderedDict()
        """Whose last messages have been read."""
        self._broken_off: OrderedDict[Place, deque[int]] = OrderedDict()
        """The latest messages around which a read broke off; it is tried again at the next question."""
        self._fileless: OrderedDict[int, None] = OrderedDict()
        """Prompts whose files could not be loaded."""

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
        await self.load_beginning(channel, before, me)  # first: whoever wrote it may be forgotten by now
        await self._try_again(channel, me)
        await self._load_recent(channel, before, me)

    async def load_beginning(
        self, channel: discord.abc.MessageableChannel, before: discord.abc.Snowflake, me: discord.ClientUser
    ) -> None:
        """Load the message with which a thread begins, if that was before ``before`` and is not known."""
        await self._beginnings.load(channel, before.id, me)

    async def _load_recent(
        self, channel: discord.abc.MessageableChannel, before: discord.abc.Snowflake, me: discord.ClientUser
    ) -> None:
        place = Place(channel.id)
        if place in self._read and self._memory.has_place(place):
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
        await self.load_beginning(answer.channel, answer, me)
        await self._try_again(answer.channel, me)
        await self._load_around_unknown(answer, me)

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
        lost = (found[message_id] for message_id in orphaned(found, me))
        orphans = [orphan for orphan in lost if not self._memory.knows(place, orphan.id)]
        self._forgotten.note_messages(orphan.id for orphan in orphans)
        answers = [*find_answers(found, me, self._settings.chat_bot_ids)]
        exchanges, known = list[Exchange](), set[int]()
        for left, answer in zip(reversed(range(len(answers))), answers, strict=True):
            with_files = left < WITH_FILES
            exchange = await self._exchange_of(place, answer, me, known, with_files=with_files)
            if exchange is not None:
                exchanges.append(exchange)
                known.update((exchange.prompt_id, *exchange.answer_ids))
                is_complete &= not with_files or exchange.prompt_id not in self._fileless
        self._add(place, [*exchanges, *filter(None, map(self._withheld, orphans))])
        return is_complete

    def _add(self, place: Place, exchanges: Sequence[Exchange]) -> None:
        """Remember exchanges, without those that have or may repeat forgotten words.

        All are remembered for a moment, so that what was answered after reading one of these is found.
        """
        withheld = {each.prompt_id for each in exchanges if self._forgotten.is_withheld(place, each)}
        for exchange in sorted(exchanges, key=lambda each: each.moment):
            self._memory.remember(place, self._memory.continued(place, exchange))
        self._forgotten.note_messages(self._memory.forget_with_readers(place, withheld))

    def _withheld(self, orphan: discord.Message) -> Exchange | None:
        """Return an answer to something deleted, as nobody's exchange; None for nothing but notices."""
        text, at = self._text(FoundAnswer(None, [orphan])), orphan.created_at.timestamp()
        if not text:
            return None
        return Exchange(prompt_id=orphan.id, speaker=Speaker(0, ""), prompt="", answer=text, at=at)

    async def _exchange_of(
        self,
        place: Place,
        answer: FoundAnswer,
        me: discord.ClientUser,
        known: Collection[int],
        *,
        with_files: bool,
    ) -> Exchange | None:
        """Return what was asked and answered, unless it is known, to be skipped, or nothing but notices.

        ``known`` are the messages of what is going to be remembered with it.
        """
        first, asker, text = answer.prompt or answer.parts[0], _asker(answer), self._text(answer)
        is_known = self._memory.has_answer(place, first.id)
        is_known = is_known or any(self._memory.knows(place, part.id) for part in answer.parts)
        is_known = is_known and not (with_files and first.id in self._fileless)
        if is_known or asker is None or not text or self._forgotten.is_skipped(place, first.id):
            return None
        if answer.prompt is None:
            exchange = Exchange(
                prompt_id=first.id, speaker=asker, prompt=UNKNOWN_PROMPT, at=first.created_at.timestamp()
            )
        elif answer.prompt.content.startswith(self._settings.command_prefix):
            return None
        else:
            exchange = await self._exchange(place, answer.prompt, me, known, with_files=with_files)
            exchange = replace(exchange, replied_to=replied_id(answer.prompt))
        return replace(exchange, answer=text, answer_ids=tuple(part.id for part in answer.parts))

    async def _exchange(
        self,
        place: Place,
        prompt: discord.Message,
        me: discord.ClientUser,
        known: Collection[int],
        *,
        with_files: bool,
    ) -> Exchange:
        question = question_from(prompt, me, self._settings.bot_language)
        replied = question.replied_to
        if replied is not None and (replied.id in known or self._memory.knows(place, replied.id)):
            replied = None
        forward, quotes = question.forward, list[Quote]()
        shown = (
            attachments_of(replied) if replied else (),
            forwarded_attachments_of(forward) if forward else (),
        )
        groups = await self._files(prompt, *shown, question.attachments) if with_files else ((), (), ())
        theirs, forwarded, own = groups
        if replied is not None:
            quotes.append(replace(await self._quoting.quote(replied, me), files=theirs))
        if forward is not None:
            quotes.append(replace(await self._quoting.quote_forwarded(forward, me), files=forwarded))
        return question.exchange(quotes=tuple(quotes), files=own)

    async def _files(
        self, prompt: discord.Message, *shown: Sequence[discord.Attachment]
    ) -> Sequence[tuple[File, ...]]:
        """Load groups of files, as far as they fit, the last first; what fails is tried again later."""
        loaded: list[tuple[File, ...]] = []
        room, is_complete = TOTAL_LIMIT, True
        for attachments in reversed(shown):
            chosen = readable(attachments, room)
            room -= sum(attachment.size for attachment in chosen)
            found = await load_when_possible(chosen, self._file_budget, whose=prompt.channel.id)
            loaded.insert(0, found.files)
            is_complete &= found.is_complete
        if prompt.id in self._fileless:
            del self._fileless[prompt.id]
        elif not is_complete:
            self._fileless[prompt.id] = None
            while len(self._fileless) > PLACES:
                self._fileless.popitem(last=False)
        return loaded

    def _text(self, answer: FoundAnswer) -> str:
        saved = self._state.get(_MARKED_SINCE)
        return answer.text(marked_since=saved if isinstance(saved, int) else None)


def _asker(answer: FoundAnswer) -> Speaker | None:
    if answer.prompt is not None:
        return Speaker(answer.prompt.author.id, answer.prompt.author.display_name)
    metadata = answer.parts[0].interaction_metadata
    return Speaker(metadata.user.id, metadata.user.display_name) if metadata else None
