"""Answers a question: asks the model, shows the answer as it grows, remembers and records it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING

from bot.background_tasks import cancel_and_wait
from bot.chat import attachments
from bot.chat.attachments import TOTAL_LIMIT
from bot.chat.continue_button import ContinueButton
from bot.chat.file_budget import COPIES
from bot.chat.live_answer import LiveAnswer
from bot.chat.message_words import has_names, own_words, quote, typed_words
from bot.chat.question import attachments_of, forwarded_attachments_of
from bot.chat.stop_button import StopControl
from bot.chat.words_of_others import has_words_of_others
from bot.discord_names import record_place
from bot.errors import UserError
from bot.escaping import label
from bot.llm.chunks import Usage
from bot.llm.errors import LLMError
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Generator, Sequence

    import discord

    from bot.chat.actions.runner import CommandToolbox
    from bot.chat.budget import Budget
    from bot.chat.exchange import Exchange, Place, Quote
    from bot.chat.file_budget import FileBudget
    from bot.chat.forgotten import Forgotten
    from bot.chat.instruction import Instructions
    from bot.chat.live_answer import Send
    from bot.chat.memory import Memory
    from bot.chat.preferences import Preferences
    from bot.chat.question import Question
    from bot.chat.quoting import Quoting
    from bot.chat.throttle import Throttle
    from bot.client import Bot
    from bot.llm.chunks import Ending
    from bot.llm.provider import Provider
    from bot.texts import Language

log = logging.getLogger(__name__)

MOST_OPEN = 300
"""Questions that may wait at a time, about 15 KB each."""
MOST_OPEN_OF_ONE = 10
"""Of one person's."""
LONGEST = 60_000
"""Characters of an answer, about thirty messages: more than a model says in words. A token may be a run of 64
signs of one kind, and whoever asks for those would have it write three hundred messages."""


@dataclass(slots=True)
class _Outcome:
    """How an answer went, as far as is known."""

    usages: dict[int, Usage] = field(default_factory=dict[int, Usage])
    """What the model reported of each attempt, also of those that failed or were stopped."""
    ending: Ending | None = None
    failure: BaseException | None = None

    @property
    def usage(self) -> Usage | None:
        """What all attempts used, None where nothing was reported."""
        return reduce(Usage.plus, self.usages.values()) if self.usages else None


class Answerer:
    """Writes the answers; knows nothing of when to answer."""

    def __init__(
        self,
        bot: Bot,
        *,
        memory: Memory,
        forgotten: Forgotten,
        quoting: Quoting,
        throttle: Throttle,
        budget: Budget,
        preferences: Preferences,
        instructions: Instructions,
        files: FileBudget,
    ) -> None:
        self._bot = bot
        self._memory = memory
        self._forgotten = forgotten
        self._quoting = quoting
        self._throttle = throttle
        self._budget = budget
        self._preferences = preferences
        self._instructions = instructions
        self._files = files
        self._reading: dict[asyncio.Task[None], Exchange] = {}
        self._open: dict[int, Question] = {}
        """Questions that nobody withdrew, as their askers edited them, until they are answered."""
        self._being_answered: set[int] = set()
        self._closed = False

    @contextmanager
    def opened(self, question: Question) -> Generator[None]:
        """Let a question be withdrawn or edited inside the block, while it waits and while it is answered."""
        self._open[question.id] = question
        try:
            yield
        finally:
            self._open.pop(question.id, None)

    def check_crowd(self, asker_id: int) -> None:
        """Raise UserError where too many questions wait already, this person's or everybody's."""
        own = sum(question.speaker.id == asker_id for question in self._open.values())
        if own > MOST_OPEN_OF_ONE or len(self._open) > MOST_OPEN:
            raise UserError(texts.TOO_MANY_WAIT)

    def is_open(self, question: Question) -> bool:
        """Tell whether nobody has withdrawn the question."""
        return question.id in self._open

    def edit(self, message: discord.Message, files: Collection[str] | None = None) -> None:
        """Change what a message says wherever it stands, also in questions that wait or are being answered.

        ``files`` are the names of those that it still has; None: as before.
        """
        me = self._instructions.me
        for question in list(self._open.values()):
            if question.id == message.id:
                kept = (file for file in question.attachments if files is None or file.filename in files)
                text, typed = own_words(message, me), typed_words(message, me)
                self._open[question.id] = replace(
                    question,
                    text=text,
                    typed=typed,
                    has_names=has_names(message, me),
                    attachments=tuple(kept),
                )
            elif question.replied_to is not None and question.replied_to.id == message.id:
                self._open[question.id] = replace(question, replied_to=message)
        self._edit_memory(message, files)

    def _edit_memory(self, message: discord.Message, files: Collection[str] | None) -> None:
        if self._memory.has_words_of(message.id):
            me = self._instructions.me
            text, quoted = own_words(message, me), quote(message, me)
            self._forgotten.note_messages(self._memory.edit(message.id, text, quoted=quoted, files=files))

    def forget(self, message_id: int) -> None:
        """Forget a message wherever its words stand; if it is a question that waits, that is not answered."""
        self._open.pop(message_id, None)
        self._forgotten.note_messages((message_id, *self._memory.forget(message_id)))
        self._stop_reading()

    def forget_place(self, place: Place) -> None:
        """Forget what was said in a place, up to what is being answered there."""
        self._withdraw(lambda question: question.place == place)
        self._memory.forget_place(place)

    def forget_channel(self, channel_id: int) -> None:
        """Forget what was said in a channel that is gone, also where it is quoted elsewhere."""
        self._withdraw(lambda question: question.place.channel_id == channel_id)
        self._forgotten.note_messages(self._memory.forget_channel(channel_id))
        self._stop_reading()

    def forget_speaker(self, user_id: int) -> None:
        """Forget what a person said, up to what they are being answered, and where it is quoted.

        It is noted before, as `Forgotten.skip_person_until` does, until when nothing of it is read.
        """
        self._withdraw(lambda question: question.speaker.id == user_id)
        self._forgotten.note_messages(self._memory.forget_speaker(user_id))
        self._stop_reading()

    def _stop_reading(self) -> None:
        """Stop the answers about what was forgotten: with each call of a tool the model is sent it again."""
        for reading, exchange in self._reading.items():
            if self._forgotten.has_quotes_of(exchange):
                reading.cancel()

    def _withdraw(self, is_meant: Callable[[Question], bool]) -> None:
        for question_id in self._being_answered & self._open.keys():
            if is_meant(self._open[question_id]):
                del self._open[question_id]

    def close(self) -> None:
        """Stop the answers that are being written, as their Stop button would, and begin no more."""
        self._closed = True
        for reading in self._reading:
            reading.cancel()

    async def answer(
        self, question: Question, send: Send, tools: Callable[[bool], CommandToolbox] | None = None
    ) -> None:
        """Answer ``question``, which is open, through ``send``; the model may use ``tools``.

        These are made for whether words of others came with the question (`bot.chat.words_of_others`).

        One that was withdrawn is not answered; one that was edited, as it reads now.
        An answer that breaks off keeps what there is, with a notice of the reason. Raises LLMError
        where nothing came, UserError without a provider, for a file that cannot be read and for a budget
        that is spent, discord.HTTPException where Discord refused.
        """
        provider = self._bot.gemini
        if provider is None:
            raise UserError(texts.SWITCHED_OFF)
        if self._closed or not self.is_open(question):
            return
        question = self._open[question.id]
        self._budget.check(question.speaker.id, question.guild_id)
        self._being_answered.add(question.id)
        try:
            async with self._exchange(question) as exchange:
                if self.is_open(question):
                    left = self._memory.continued(question.place, self._forgotten.left_of(exchange))
                    with_others = has_words_of_others(question, self._memory, self._instructions.me)
                    toolbox = tools(with_others) if tools else None
                    await self._write(provider, question, left, send, toolbox)
        finally:
            self._being_answered.discard(question.id)

    async def note(self, question: Question, answer: str) -> None:
        """Remember and record what a command answered to ``question``."""
        if answer:
            async with self._exchange(question, is_sent=False) as asked:
                exchange = replace(asked, answer=answer)
                self._remember(question, exchange)
            await self._record(question, exchange, answer, _Outcome())

    def _remember(self, question: Question, exchange: Exchange) -> None:
        """Remember an exchange as its question reads now, unless that or what it quotes was withdrawn."""
        now = self._open.get(question.id)
        if now is None or self._forgotten.has_words_of(exchange):
            return
        self._memory.remember(question.place, exchange)
        if now.text != question.text or now.attachments != question.attachments:
            self._memory.edit(question.id, now.text, files={file.filename for file in now.attachments})
        if now.replied_to is not None and now.replied_to is not question.replied_to:
            files = {file.filename for file in attachments_of(now.replied_to)}
            self._edit_memory(now.replied_to, files)

    async def _write(
        self,
        provider: Provider,
        question: Question,
        exchange: Exchange,
        send: Send,
        toolbox: CommandToolbox | None,
    ) -> None:
        reading: asyncio.Task[None] | None = None
        stop = StopControl(
            asker_id=question.speaker.id,
            language=question.language,
            on_stop=lambda: reading.cancel() if reading else None,
        )
        live = LiveAnswer(send, controls=stop.button, throttle=self._throttle)
        outcome = _Outcome()
        showing = asyncio.create_task(live.run())
        reading = asyncio.create_task(self._read(provider, question, exchange, live, outcome, toolbox))
        self._reading[reading] = exchange
        try:
            await asyncio.wait({reading})
            outcome.failure = None if reading.cancelled() else reading.exception()
            if reading.cancelled() and self._forgotten.has_quotes_of(exchange):
                outcome.failure = UserError(texts.QUOTE_GONE)
            await self._record(question, exchange, live.text, outcome)
            self._end(live, outcome, stop, question.language)
            await showing
        finally:
            del self._reading[reading]
            await cancel_and_wait(reading, showing)
        if live.text:
            answer_ids = tuple(message.id for message in live.messages)
            self._remember(question, replace(exchange, answer=live.text, answer_ids=answer_ids))
        if outcome.failure and not (live.text and isinstance(outcome.failure, LLMError | UserError)):
            raise outcome.failure

    @asynccontextmanager
    async def _exchange(self, question: Question, *, is_sent: bool = True) -> AsyncGenerator[Exchange]:
        """Yield the exchange that the question opens, with what it refers to, unless that is remembered.

        Files are loaded when there is room for them, and for those that are sent with them, inside the block.
        """
        own, forward, me = question.attachments, question.forward, self._instructions.me
        asked = (*own, *(forwarded_attachments_of(forward) if forward else ()))
        size = attachments.size_of(asked)
        quotes: list[Quote] = []
        shown: Sequence[discord.Attachment] = ()
        if (replied := question.replied_to) and not self._memory.knows(question.place, replied.id):
            quotes.append(await self._quoting.quote(replied, me))
            shown = attachments.readable(attachments_of(replied), TOTAL_LIMIT - size)
            size += sum(attachment.size for attachment in shown)
        if forward is not None:
            quotes.append(await self._quoting.quote_forwarded(forward, me))
        if is_sent:
            turns = self._memory.turns(question.place, question.exchange(quotes=tuple(quotes)), shared=False)
            size += sum(len(file.data) for turn in turns for file in turn.files)
            size = COPIES * min(size, TOTAL_LIMIT)
        async with self._files.hold(size, whose=question.speaker.id):
            files = await attachments.load(asked)
            if shown:
                quotes[0] = replace(quotes[0], files=(await attachments.load_possible(shown)).files)
            if forward is not None:
                quotes[-1] = replace(quotes[-1], files=files[len(own) :])
            yield question.exchange(quotes=tuple(quotes), files=files[: len(own)])

    async def _read(
        self,
        provider: Provider,
        question: Question,
        exchange: Exchange,
        live: LiveAnswer,
        outcome: _Outcome,
        toolbox: CommandToolbox | None,
    ) -> None:
        """Show the answer as it arrives, and note in ``outcome`` how it goes."""
        remembered = self._memory.turns(question.place, exchange, shared=question.shared)
        turns = tuple(replace(turn, text=question.with_channels(turn.text)) for turn in remembered)
        stream = provider.stream(
            turns,
            system_instruction=self._instructions.for_question(question, has_tools=toolbox is not None),
            model=self._model(question),
            toolbox=toolbox,
        )
        left = LONGEST
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                if toolbox is not None:
                    toolbox.note_reading()
                live.append(chunk.text[:left])
                outcome.ending = chunk.ending or outcome.ending
                if chunk.usage:
                    outcome.usages[chunk.attempt] = chunk.usage
                left -= len(chunk.text)
                if left < 0:
                    outcome.ending = "max_tokens"
                    return

    def _model(self, question: Question) -> str | None:
        return None if question.guild_id is None else self._preferences.model(question.guild_id)

    async def _record(self, question: Question, exchange: Exchange, answer: str, outcome: _Outcome) -> None:
        """Record what may be stored of the exchange, if there was an answer, and every attempt's usage."""
        provider, usage, telemetry = self._bot.gemini, outcome.usage, self._bot.supabase_client
        model = provider.model_for(self._model(question)) if provider and usage else None
        asked = question.with_channels(question.text)
        may_store = answer and not self._forgotten.has_words_of(exchange)
        words = self._budget.storable(question.speaker.id, asked, answer) if may_store else None
        if words is not None:
            prompt, response = words
            await telemetry.save_conversation_log(
                user_id=question.speaker.id,
                user_name=question.speaker.name,
                prompt=prompt,
                response=response,
                guild_id=question.guild_id,
                channel_id=question.place.channel_id,
                model=model,
                prompt_tokens=usage.prompt if usage else None,
                response_tokens=usage.answer if usage else None,
                is_private=question.place.user_id is not None,
            )
            if question.guild_id is not None:
                record_place(self._bot, question.guild_id, question.channel_ids)
        if usage and model:
            for attempt in outcome.usages.values():
                await telemetry.save_gemini_usage(
                    guild_id=question.guild_id,
                    user_id=question.speaker.id,
                    model=model,
                    prompt_tokens=attempt.prompt,
                    answer_tokens=attempt.answer,
                    total_tokens=attempt.total,
                )
            self._budget.spend(question.speaker.id, question.guild_id, usage.total, answered=bool(answer))

    def _end(self, live: LiveAnswer, outcome: _Outcome, stop: StopControl, language: Language) -> None:
        """Complete what is shown, with a notice of the reason where the answer is not whole."""
        if not live.text:
            live.end()
        elif isinstance(outcome.failure, LLMError):
            log.warning("The model broke off an answer: %s", outcome.failure.__cause__ or outcome.failure)
            live.end(outcome.failure.in_language(language))
        elif isinstance(outcome.failure, UserError):
            live.end(outcome.failure.in_language(language))
        elif stop.stopped_by:
            live.end(texts.STOPPED(language, name=label(stop.stopped_by)))
        elif outcome.ending == "max_tokens" and not outcome.failure:
            live.end(texts.CUT_OFF(language), controls=ContinueButton.shown(language))
        else:
            live.end()
