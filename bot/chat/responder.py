"""Responds to messages, slash commands and the Continue button, each at its turn in its channel."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord

from bot.background_tasks import BackgroundTasks
from bot.chat.actions.context import Requester
from bot.chat.actions.phrases import understand
from bot.chat.actions.runner import CommandToolbox
from bot.chat.channel_queue import ChannelQueue
from bot.chat.continue_button import ContinueButton
from bot.chat.owner_notice import OwnerNotice
from bot.chat.question import question_in
from bot.chat.refusals import Refusals
from bot.chat.replies import Reply, Response, may_write, notify_privately
from bot.error_handler import report
from bot.errors import UserError
from bot.escaping import code_label
from bot.localization import language_for
from bot.markup import channel_mention
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.chat.actions.catalogue import Request
    from bot.chat.actions.runner import Actions
    from bot.chat.answerer import Answerer
    from bot.chat.budget import RateLimit
    from bot.chat.history_loader import HistoryLoader
    from bot.chat.question import Question
    from bot.chat.throttle import Throttle
    from bot.client import Bot

log = logging.getLogger(__name__)

SHUTDOWN_SECONDS = 3.0
"""How long answers may take to show their end when the bot shuts down."""
READABLE_CHANNELS = (
    discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread | discord.DMChannel
)
"""Where a slash command can be used and messages can be read."""


class Responder:
    """Runs the command that a question asks for, or has it answered, and reports what goes wrong."""

    def __init__(
        self,
        bot: Bot,
        *,
        answerer: Answerer,
        history: HistoryLoader,
        actions: Actions,
        rate_limit: RateLimit,
        throttle: Throttle,
    ) -> None:
        self._bot = bot
        self._answerer = answerer
        self._history = history
        self._actions = actions
        self._rate_limit = rate_limit
        self._throttle = throttle
        self._queue = ChannelQueue()
        self._tasks = BackgroundTasks("an answer")
        self._owner = OwnerNotice(bot)
        self._refusals = Refusals()
        self._continued: set[int] = set()
        """Messages whose answer is being continued."""

    async def close(self) -> None:
        """Stop the answers that are being written; each shows and records what there is."""
        self._answerer.close()
        await self._tasks.close(grace=SHUTDOWN_SECONDS)

    async def respond(
        self, message: discord.Message, me: discord.ClientUser, question: Question, *, addressed: bool
    ) -> None:
        """Respond to a message; without a model, questions that are not ``addressed`` to the bot are left."""
        if not may_write(message):
            await self._report_missing_permission(message, addressed=addressed)
        elif question.is_empty:
            if addressed:
                hint = texts.HINT(question.language, name=code_label(me.display_name))
                reply = Reply(message, me, self._throttle)
                await self._refusals.to(message.author, reply.notify)(hint)
        elif (request := self._request_of(message, me, question)) is not None:
            await self._run(message, me, question, request)
        elif addressed or self._bot.gemini is not None:
            await self._answer(message, me, question)

    async def respond_to_command(
        self, interaction: discord.Interaction[Bot], prompt: str, *, private: bool
    ) -> None:
        """Respond to /chat, whose interaction is deferred."""
        question = question_in(interaction, prompt, private=private)
        if question.is_empty:
            raise UserError(
                texts.HINT, name=code_label(self._bot.user.display_name if self._bot.user else "")
            )
        response = Response(interaction, ephemeral=private)
        requester = await Requester.of_interaction(interaction, response)
        request = self._command_in(question, requester)

        async def answer() -> None:
            self._admit(question, is_command=request is not None)
            async with self._queue.turn(question.place.channel_id):
                channel, me = interaction.channel, self._bot.user
                if me and isinstance(channel, READABLE_CHANNELS):
                    load = self._history.load_beginning if private else self._history.load_channel
                    await load(channel, interaction, me)
                if request is not None:
                    await self._answerer.note(question, await self._actions.run(request, requester))
                else:
                    await self._answerer.answer(question, response, self._tools_for(requester))

        await self._supervise(answer(), question, response, where="/chat")
        await response.settle()

    async def continue_answer(self, interaction: discord.Interaction[Bot]) -> None:
        """Continue an answer that was cut off, for whoever pressed the button below it."""
        message, me = interaction.message, self._bot.user
        if message is None or me is None or message.id in self._continued:
            await interaction.response.defer()
            return
        self._continued.add(message.id)
        try:
            await interaction.response.edit_message(view=None)
            if not await self._continue(interaction, message, me):
                await ContinueButton.show_again(interaction)
        finally:
            self._continued.discard(message.id)

    async def _continue(
        self, interaction: discord.Interaction[Bot], message: discord.Message, me: discord.ClientUser
    ) -> bool:
        """Answer a request to continue ``message``; false if anything went wrong."""
        language, is_private = language_for(interaction), message.flags.ephemeral
        question = question_in(
            interaction,
            texts.CONTINUED(language),
            private=is_private,
            instruction=texts.CONTINUE_PROMPT(language),
            replied_to=message,
        )
        response = Response(interaction, ephemeral=is_private, answered=True)

        async def answer() -> None:
            self._admit(question)
            async with self._queue.turn(question.place.channel_id):
                if not is_private:
                    await self._history.load_around(message, me)
                await self._answerer.answer(question, response)

        return await self._supervise(answer(), question, response, where="a continued answer")

    def _admit(self, question: Question, *, is_command: bool = False) -> None:
        """Raise UserError where too many questions wait, or, for what is no command, came in a minute."""
        self._answerer.check_crowd(question.speaker.id)
        if not is_command:
            self._rate_limit.admit(question.speaker.id, question.at)

    def _tools_for(self, requester: Requester) -> Callable[[bool], CommandToolbox]:
        return lambda has_others: CommandToolbox(self._actions, requester, with_words_of_others=has_others)

    def _request_of(
        self, message: discord.Message, me: discord.ClientUser, question: Question
    ) -> Request | None:
        """Return the command that a message asks for in plain words, if it does."""
        replied = question.replied_to
        if question.attachments or (replied is not None and replied.author != me):
            return None
        if message.author.bot and self._bot.gemini is not None:
            return None  # What may be refused to another bot is for the model to tell.
        request = self._command_in(question, Requester(message, question.language))
        # A bare word in reply to an answer belongs to that conversation.
        return None if request is not None and request.needs_music and replied is not None else request

    def _command_in(self, question: Question, requester: Requester) -> Request | None:
        request = understand(question.typed, guess=self._bot.gemini is None)
        return request if request is not None and self._actions.offers(request, requester) else None

    async def _run(
        self, message: discord.Message, me: discord.ClientUser, question: Question, request: Request
    ) -> None:
        """Run a command when it is the message's turn in the channel."""
        reply, requester = Reply(message, me, self._throttle), Requester(message, question.language)

        async def run() -> None:
            self._admit(question, is_command=True)
            async with self._queue.turn(message.channel.id, while_waiting=reply.wait_visibly), reply:
                if self._answerer.is_open(question):
                    await self._answerer.note(question, await self._actions.run(request, requester))

        await self._supervise(run(), question, reply, where=f"action in channel {message.channel.id}")

    async def _answer(self, message: discord.Message, me: discord.ClientUser, question: Question) -> None:
        """Have a message answered when it is its turn in the channel."""
        reply, requester = Reply(message, me, self._throttle), Requester(message, question.language)

        async def answer() -> None:
            self._admit(question)
            async with self._queue.turn(message.channel.id, while_waiting=reply.wait_visibly), reply:
                await self._history.load_before(message, me)
                await self._answerer.answer(question, reply, self._tools_for(requester))

        await self._supervise(answer(), question, reply, where=f"chat in channel {message.channel.id}")

    async def _supervise(
        self,
        work: Coroutine[object, object, None],
        question: Question,
        replies: Reply | Response,
        *,
        where: str,
    ) -> bool:
        """Run ``work`` to its end; report to the user what goes wrong, and return false if anything did."""
        failed, refuse = False, self._refusals.to(question.asker, replies)

        async def supervised() -> None:
            nonlocal failed
            try:
                await work
            except Exception as error:  # noqa: BLE001 - whatever it is, the user learns of it
                failed = True
                await report(error, language=question.language, send=refuse, where=where)
            else:
                self._refusals.note_answer(question.asker)

        with self._answerer.opened(question):
            await asyncio.wait({self._tasks.spawn(supervised())})
        await self._owner.report_replaced_model()
        return not failed

    async def _report_missing_permission(self, message: discord.Message, *, addressed: bool) -> None:
        """Tell somebody who called the bot where it may not write."""
        log.info("No permission to write in %s", message.channel)
        if addressed and not message.author.bot:
            channel, language = channel_mention(message.channel.id), self._bot.settings.bot_language
            await notify_privately(message.author, texts.CANNOT_WRITE(language, channel=channel))
