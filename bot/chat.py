"""The chat cog: when to answer, in which order, and who is told when it does not work."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.conversation.answerer import Answerer
from bot.conversation.channel_queue import ChannelQueue
from bot.conversation.memory import Memory, Place, Speaker
from bot.conversation.outlet import Reply, Response, may_write
from bot.conversation.question import (
    Question,
    is_addressed,
    is_from_a_person,
    is_in_channels,
    question_from,
    readable_text,
)
from bot.conversation.recollection import Recollection
from bot.conversation.throttle import Throttle
from bot.error_handler import report
from bot.localization import command_name, language_for, localised
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.client import Bot

log = logging.getLogger(__name__)

MESSAGES_PER_SECOND = 35.0
"""Below Discord's limit of 50 requests of every kind; discord.py gives up on what exceeds it too often."""
FAREWELL_SECONDS = 3.0
"""How long answers may take to show their end when the bot shuts down."""


class Chat(commands.Cog):
    """Talks with people through Gemini."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._memory = Memory()
        self._throttle = Throttle(MESSAGES_PER_SECOND)
        self._recollection = Recollection(self._memory, bot.state, bot.settings, self._throttle)
        self._answerer = Answerer(bot, self._memory, self._throttle)
        self._queue = ChannelQueue()
        self._running: set[asyncio.Task[None]] = set()
        self._owner_knows = False

    async def cog_unload(self) -> None:
        """Stop the answers that are being written; each shows and records what there is."""
        self._answerer.close()
        if self._running:
            _done, late = await asyncio.wait(self._running, timeout=FAREWELL_SECONDS)
            for task in late:
                task.cancel()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot."""
        me = self.bot.user
        if me is None or not is_from_a_person(message):
            return
        addressed = is_addressed(message, me)
        if not addressed and not is_in_channels(message, self.bot.settings.chat_channel_ids):
            return
        if await self._is_command(message):
            return
        if not may_write(message):
            await self._say_so_privately(message, asked=addressed)
            return
        question = question_from(message, me, self.bot.settings.bot_language)
        if not question.text and question.replied_to is None:
            if addressed:
                await Reply(message, me, self._throttle)(texts.HINT(question.language, name=me.display_name))
            return
        if self.bot.gemini is None and not addressed:
            return
        await self._answer_message(message, me, question)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Change what is remembered of an edited message."""
        if self.bot.user is not None:
            text = readable_text(payload.message, self.bot.user)
            self._memory.edit(Place(payload.channel_id), payload.message_id, text)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Forget a deleted message and its answer."""
        self._answerer.forget(Place(payload.channel_id), payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Forget the messages that a moderator purged."""
        for message_id in payload.message_ids:
            self._answerer.forget(Place(payload.channel_id), message_id)

    @app_commands.command(
        name=command_name("reset", ja="リセット"), description=localised(texts.RESET_DESCRIPTION)
    )
    async def reset(self, interaction: discord.Interaction[Bot]) -> None:
        """Forget what was said in this place, and the caller's private conversation in it."""
        channel_id = interaction.channel_id or interaction.user.id
        for place in (Place(channel_id), Place(channel_id, interaction.user.id)):
            self._memory.forget_place(place)
        await self._recollection.begin_after(channel_id, interaction.id)
        await interaction.response.send_message(texts.RESET_DONE(language_for(interaction)))

    @app_commands.command(
        name=command_name("chat", ja="チャット"), description=localised(texts.COMMAND_DESCRIPTION)
    )
    @app_commands.rename(
        prompt=command_name("prompt", ja="内容"), private=command_name("private", ja="非公開")
    )
    @app_commands.describe(
        prompt=localised(texts.PROMPT_DESCRIPTION), private=localised(texts.PRIVATE_DESCRIPTION)
    )
    async def chat(
        self,
        interaction: discord.Interaction[Bot],
        prompt: app_commands.Range[str, 1, 4000],
        private: bool = False,
    ) -> None:
        """Talk with Gemini anywhere, privately on request."""
        await interaction.response.defer(ephemeral=private, thinking=True)
        user = interaction.user
        place = Place(interaction.channel_id or user.id, user.id if private else None)
        question = Question(
            id=interaction.id,
            place=place,
            speaker=Speaker(user.id, user.display_name),
            text=prompt.strip() or prompt,
            language=language_for(interaction),
            shared=interaction.guild is not None and not private,
            at=interaction.created_at.timestamp(),
        )
        response = Response(interaction, ephemeral=private)

        async def answer() -> None:
            async with self._queue.turn(place.channel_id):
                await self._answerer.answer(question, response)

        await self._supervise(answer(), question, response, where="/chat")

    async def _answer_message(
        self, message: discord.Message, me: discord.ClientUser, question: Question
    ) -> None:
        """Answer a message when it is its turn in the channel."""
        reply = Reply(message, me, self._throttle)

        async def answer() -> None:
            async with self._queue.turn(message.channel.id, while_waiting=reply.wait_visibly), reply:
                await self._recollection.recall(message, me)
                await self._answerer.answer(question, reply)

        await self._supervise(answer(), question, reply, where=f"chat in {message.channel}")

    async def _supervise(
        self,
        answer: Coroutine[object, object, None],
        question: Question,
        send: Reply | Response,
        *,
        where: str,
    ) -> None:
        """Own an answer until it ends, and tell the user what went wrong with it."""
        task = asyncio.create_task(answer)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()):
            await report(error, language=question.language, send=send, where=where)
        await self._tell_owner_of_dead_model()

    async def _is_command(self, message: discord.Message) -> bool:
        """Tell whether the message calls a command, or looks as if it should."""
        prefix = self.bot.settings.command_prefix
        after = message.content.removeprefix(prefix)
        if after != message.content and after[:1].isalnum():
            return True
        return (await self.bot.get_context(message)).valid

    async def _say_so_privately(self, message: discord.Message, *, asked: bool) -> None:
        """Tell somebody who called the bot where it may not write."""
        log.info("No permission to write in %s", message.channel)
        if asked:
            told = texts.CANNOT_WRITE(self.bot.settings.bot_language, channel=f"<#{message.channel.id}>")
            try:
                await message.author.send(told)
            except discord.HTTPException as error:
                log.info("Could not tell %s about it either: %s", message.author.id, error)

    async def _tell_owner_of_dead_model(self) -> None:
        """Tell the bot's owner, once, that the configured model is gone."""
        gemini = self.bot.gemini
        if gemini is None or gemini.dead_model is None or self._owner_knows:
            return
        self._owner_knows = True
        told = texts.MODEL_REPLACED(
            self.bot.settings.bot_language, dead=gemini.dead_model, model=gemini.model
        )
        try:
            application = await self.bot.application_info()
            owner_id = application.team.owner_id if application.team else application.owner.id
            if owner_id is not None:
                await (await self.bot.fetch_user(owner_id)).send(told)
        except discord.HTTPException as error:
            log.warning("Could not tell the owner about the Gemini model: %s", error)


async def setup(bot: Bot) -> None:
    """Add the cog; called by discord.py."""
    if bot.gemini is None:
        log.info("Chat is off: GEMINI_API_KEY is not set")
    await bot.add_cog(Chat(bot))
