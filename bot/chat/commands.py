"""The chat cog: when to answer or to act, in which order, and who is told when it does not work."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions.context import Asked
from bot.chat.actions.phrases import understand
from bot.chat.actions.runner import Actions, CommandToolbox
from bot.chat.answerer import Answerer
from bot.chat.budget import Budget, RateLimit
from bot.chat.channel_queue import ChannelQueue
from bot.chat.continue_button import ContinueButton
from bot.chat.history_loader import HistoryLoader
from bot.chat.instruction import Instructions
from bot.chat.memory import Memory, Place
from bot.chat.outlet import Reply, Response, may_write, say_privately
from bot.chat.owner_notice import OwnerNotice
from bot.chat.preferences import Preferences
from bot.chat.question import (
    Question,
    is_addressed,
    is_from_a_person,
    is_in_channels,
    question_from,
    question_in,
    readable_text,
)
from bot.chat.settings_commands import ChatSettings
from bot.chat.stop_button import StopButton
from bot.chat.throttle import Throttle
from bot.error_handler import report
from bot.localization import command_name, language_for, localised
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from bot.chat.actions.catalogue import Request
    from bot.client import Bot
    from bot.storage.json_value import Json

log = logging.getLogger(__name__)

MESSAGES_PER_SECOND = 35.0
MESSAGES_AT_ONCE = 10
"""Together below Discord's limit of 50 requests of every kind in a second; discord.py gives up on what
exceeds it too often."""
FAREWELL_SECONDS = 3.0
"""How long answers may take to show their end when the bot shuts down."""
TALKATIVE = (
    discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread | discord.DMChannel
)
"""Where a slash command can be used and messages can be read."""


class Chat(commands.Cog):
    """Talks with people through Gemini."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._memory = Memory()
        self._throttle = Throttle(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE)
        self._history = HistoryLoader(self._memory, bot.state, bot.settings, self._throttle)
        self._preferences = Preferences(bot.state)
        self._budget = Budget(bot.state, bot.settings)
        self._rate = RateLimit(bot.settings.chat_questions_per_minute)
        self._answerer = Answerer(
            bot,
            self._memory,
            self._throttle,
            self._budget,
            self._preferences,
            Instructions(bot, self._preferences),
        )
        self._actions = Actions(bot)
        self._queue = ChannelQueue()
        self._running: set[asyncio.Task[None]] = set()
        self._continue_button = ContinueButton(self._continue)
        self._dead_stop_button = StopButton()
        self._continued: set[int] = set()
        """Messages whose answer is being continued."""
        self._owner = OwnerNotice(bot)

    async def cog_load(self) -> None:
        """Open the connection to Gemini, hear of old buttons, and add the commands of the settings."""
        if self.bot.gemini is not None:
            self.bot.gemini.connect()
        self.bot.add_view(self._continue_button)
        self.bot.add_view(self._dead_stop_button)
        await self.bot.add_cog(ChatSettings(self.bot, self._preferences, self._budget))

    async def cog_unload(self) -> None:
        """Stop the answers that are being written; each shows and records what there is."""
        await self.bot.remove_cog(ChatSettings.__cog_name__)
        self._continue_button.stop()
        self._dead_stop_button.stop()
        self._answerer.close()
        if self._running:
            _done, late = await asyncio.wait(self._running, timeout=FAREWELL_SECONDS)
            for task in late:
                task.cancel()
        await self._budget.close()

    async def personal_data(self, user_id: int) -> Mapping[str, Sequence[Json]]:
        """Return what is remembered of a person, by kind; see `bot.privacy.commands.KeepsPersonalData`."""
        return {"conversation_memory": self._memory.said_by(user_id)}

    async def forget_person(self, user_id: int, snowflake: int) -> None:
        """Forget what a person said until the moment of ``snowflake``."""
        self._answerer.forget_speaker(user_id)
        await self._history.forget_before(user_id, snowflake)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot."""
        me = self.bot.user
        if me is None or message.author == me:
            return
        if not is_from_a_person(message, self.bot.settings.chat_bot_ids):
            return
        addressed = is_addressed(message, me)
        listens = addressed or is_in_channels(message, self._channels(message.guild))
        if listens and not await self._is_command(message):
            await self._hear(message, me, addressed=addressed)

    async def _hear(self, message: discord.Message, me: discord.ClientUser, *, addressed: bool) -> None:
        """Do or answer what a message asks; where that cannot be, say so to those who called the bot."""
        if not may_write(message):
            await self._say_so_privately(message, asked=addressed)
            return
        question = question_from(message, me, self.bot.settings.bot_language)
        if question.is_empty:
            if addressed:
                await Reply(message, me, self._throttle)(texts.HINT(question.language, name=me.display_name))
        elif not await self._act(message, me, question) and (addressed or self.bot.gemini is not None):
            await self._answer_message(message, me, question)

    def _channels(self, guild: discord.Guild | None) -> frozenset[int]:
        """Return the channels in which every message is answered."""
        chosen = self._preferences.channels(guild.id) if guild else frozenset[int]()
        return self.bot.settings.chat_channel_ids | chosen

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Change what is remembered of an edited message."""
        if self.bot.user is not None:
            text = readable_text(payload.message, self.bot.user)
            before = payload.cached_message.attachments if payload.cached_message else []
            left = {attachment.filename for attachment in payload.message.attachments}
            removed = {attachment.filename for attachment in before} - left
            self._answerer.edit(Place(payload.channel_id), payload.message_id, text, removed=removed)

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
            self._answerer.forget_place(place)
        await self._history.begin_after(channel_id, interaction.id)
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
        question = question_in(interaction, prompt.strip() or prompt, private=private)
        response = Response(interaction, ephemeral=private)
        asked = await Asked.in_interaction(interaction, response)
        request = self._command_in(question, asked)

        async def answer() -> None:
            if request is None:
                self._rate.admit(question.speaker.id, question.at)
            async with self._queue.turn(question.place.channel_id):
                channel, me = interaction.channel, self.bot.user
                if me and isinstance(channel, TALKATIVE) and not private:
                    await self._history.recall_place(channel, interaction, me)
                if request is not None:
                    await self._answerer.note(question, await self._actions.run(request, asked))
                else:
                    toolbox = CommandToolbox(self._actions, asked)
                    await self._answerer.answer(question, response, toolbox)

        await self._supervise(answer(), question, response, where="/chat")
        await response.settle()

    async def _continue(self, interaction: discord.Interaction[Bot]) -> None:
        """Go on with an answer that was cut off, for whoever pressed the button below it."""
        message, me = interaction.message, self.bot.user
        if message is None or me is None or message.id in self._continued:
            await interaction.response.defer()
            return
        self._continued.add(message.id)
        await interaction.response.edit_message(view=None)
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
            self._rate.admit(question.speaker.id, question.at)
            async with self._queue.turn(question.place.channel_id):
                if not is_private:
                    await self._history.recall_answer(message, me)
                await self._answerer.answer(question, response)

        if not await self._supervise(answer(), question, response, where="a continued answer"):
            await ContinueButton.show_again(interaction)
        self._continued.discard(message.id)

    def _command_in(self, question: Question, asked: Asked) -> Request | None:
        """Return the command that a question asks for in plain words, if it does."""
        request = understand(question.text)
        return request if request is not None and self._actions.offers(request, asked) else None

    async def _act(self, message: discord.Message, me: discord.ClientUser, question: Question) -> bool:
        """Run the command that a message asks for in plain words; false if it asks for none."""
        replied = question.replied_to
        if question.attachments or (replied is not None and replied.author != me):
            return False
        asked = Asked(message, question.language)
        request = self._command_in(question, asked)
        if request is None:
            return False
        reply = Reply(message, me, self._throttle)

        async def act() -> None:
            async with self._queue.turn(message.channel.id, while_waiting=reply.wait_visibly), reply:
                if self._answerer.is_open(question):
                    await self._answerer.note(question, await self._actions.run(request, asked))

        await self._supervise(act(), question, reply, where=f"action in {message.channel}")
        return True

    async def _answer_message(
        self, message: discord.Message, me: discord.ClientUser, question: Question
    ) -> None:
        """Answer a message when it is its turn in the channel."""
        reply = Reply(message, me, self._throttle)

        async def answer() -> None:
            self._rate.admit(question.speaker.id, question.at)
            async with self._queue.turn(message.channel.id, while_waiting=reply.wait_visibly), reply:
                await self._history.recall(message, me)
                asked = Asked(message, question.language)
                await self._answerer.answer(question, reply, CommandToolbox(self._actions, asked))

        await self._supervise(answer(), question, reply, where=f"chat in {message.channel}")

    async def _supervise(
        self,
        answer: Coroutine[object, object, None],
        question: Question,
        send: Reply | Response,
        *,
        where: str,
    ) -> bool:
        """Own an answer until it ends, and tell the user what went wrong with it; false if anything did."""
        with self._answerer.opened(question):
            task = asyncio.create_task(answer)
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            await asyncio.wait({task})
        error = None if task.cancelled() else task.exception()
        if error is not None:
            await report(error, language=question.language, send=send, where=where)
        await self._owner.tell_of_dead_model()
        return error is None

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
            channel, language = f"<#{message.channel.id}>", self.bot.settings.bot_language
            await say_privately(message.author, texts.CANNOT_WRITE(language, channel=channel))
