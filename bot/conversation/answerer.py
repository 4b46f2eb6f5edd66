"""Answers one question: remembers, asks Gemini, shows the answer as it grows, records it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.conversation.live_answer import LiveAnswer
from bot.conversation.question import quotation
from bot.conversation.stop_button import StopButton
from bot.errors import UserError
from bot.gemini_errors import GeminiError
from bot.texts import chat as texts

if TYPE_CHECKING:
    import discord

    from bot.client import Bot
    from bot.conversation.live_answer import Send
    from bot.conversation.memory import Exchange, Memory, Place
    from bot.conversation.question import Question
    from bot.conversation.throttle import Throttle
    from bot.gemini import Ending, Gemini
    from bot.texts import Language

log = logging.getLogger(__name__)


class Answerer:
    """Writes answers, each into its own place; knows nothing of when to answer."""

    def __init__(self, bot: Bot, memory: Memory, throttle: Throttle) -> None:
        self._bot = bot
        self._memory = memory
        self._throttle = throttle
        self._reading: set[asyncio.Task[Ending | None]] = set()
        self._open: set[int] = set()
        """Ids of the questions being answered that nobody withdrew."""
        self._closed = False

    def forget(self, place: Place, message_id: int) -> None:
        """Forget the question that this message asked, also one that is being answered."""
        self._open.discard(message_id)
        self._memory.forget(place, message_id)

    def close(self) -> None:
        """Stop the answers that are being written, as their Stop button would, and begin no more."""
        self._closed = True
        for reading in self._reading:
            reading.cancel()

    async def answer(self, question: Question, send: Send) -> None:
        """Answer ``question`` through ``send``.

        An answer that breaks off keeps what there is, with a sentence about the reason. Raises GeminiError
        where nothing came, UserError without a Gemini key, discord.HTTPException where Discord refused.
        """
        gemini = self._bot.gemini
        if gemini is None:
            raise UserError(texts.SWITCHED_OFF)
        if self._closed:
            return
        exchange = self._exchange(question)
        reading: asyncio.Task[Ending | None] | None = None
        button = StopButton(
            asker_id=question.speaker.id,
            language=question.language,
            on_stop=lambda: reading.cancel() if reading else None,
        )
        live = LiveAnswer(send, controls=button, throttle=self._throttle)
        showing = asyncio.create_task(live.run())
        reading = asyncio.create_task(self._read(gemini, question, exchange, live))
        self._reading.add(reading)
        self._open.add(question.id)
        try:
            await asyncio.wait({reading})
            failure = None if reading.cancelled() else reading.exception()
            if live.text:
                await self._record(question, live.text)
            live.end(_note(reading, failure, button, question.language) if live.text else "")
            await showing
        finally:
            button.stop()
            self._reading.discard(reading)
            withdrawn = question.id not in self._open
            self._open.discard(question.id)
            await _cancel(reading, showing)
        if live.text and not withdrawn:
            answer_ids = tuple(message.id for message in live.messages)
            self._memory.remember(question.place, replace(exchange, answer=live.text, answer_ids=answer_ids))
        if failure and not (live.text and isinstance(failure, GeminiError)):
            raise failure

    def _exchange(self, question: Question) -> Exchange:
        """Return the exchange that the question opens, tied to the conversation that it continues."""
        replied = question.replied_to
        previous = self._memory.previous(
            question.place, replied_to=replied.id if replied else None, at=question.at
        )
        known = replied is None or self._memory.knows(question.place, replied.id)
        return question.exchange(
            previous=previous, quoted="" if known or replied is None else quotation(replied, self._me)
        )

    async def _read(
        self, gemini: Gemini, question: Question, exchange: Exchange, live: LiveAnswer
    ) -> Ending | None:
        """Pass the answer on as it comes; return how it ended."""
        ending: Ending | None = None
        turns = self._memory.turns(question.place, exchange, shared=question.shared)
        instruction = self._instruction(question)
        async with aclosing(gemini.stream(turns, system_instruction=instruction)) as chunks:
            async for chunk in chunks:
                live.append(chunk.text)
                ending = chunk.ending or ending
        return ending

    async def _record(self, question: Question, answer: str) -> None:
        await self._bot.supabase_client.save_conversation_log(
            user_id=question.speaker.id,
            user_name=question.speaker.name,
            prompt=question.text,
            response=answer,
        )

    def _instruction(self, question: Question) -> str:
        now = datetime.now(self._bot.settings.bot_timezone)
        who = texts.SYSTEM_INSTRUCTION(
            question.language, name=self._me.display_name, now=f"{now:%Y-%m-%d %H:%M %Z (%A)}"
        )
        return f"{who}\n{texts.SHARED_CHANNEL(question.language)}" if question.shared else who

    @property
    def _me(self) -> discord.ClientUser:
        if self._bot.user is None:
            raise RuntimeError("questions come after the login")
        return self._bot.user


def _note(
    reading: asyncio.Task[Ending | None],
    failure: BaseException | None,
    button: StopButton,
    language: Language,
) -> str:
    """Return what the reader should know about the end of an answer."""
    if isinstance(failure, GeminiError):
        log.warning("Gemini broke off an answer: %s", failure.__cause__ or failure)
        return failure.in_language(language)
    if button.stopped_by:
        return texts.STOPPED(language, name=button.stopped_by)
    if not reading.cancelled() and not failure and reading.result() == "max_tokens":
        return texts.CUT_OFF(language)
    return ""


async def _cancel(*tasks: asyncio.Task[Ending | None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
