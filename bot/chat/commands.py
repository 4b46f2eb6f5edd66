"""The chat cog: /chat and /reset, and which messages are meant for the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions.confirmation import Confirmation
from bot.chat.continue_button import ContinueButton
from bot.chat.exchange import Place
from bot.chat.question import is_addressed, is_from_a_person, is_in_channels, question_from
from bot.chat.stop_button import StopButton
from bot.localization import command_name, language_for, localised
from bot.notice_mark import marked
from bot.request_channel import request_channel
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.chat.answerer import Answerer
    from bot.chat.budget import Budget
    from bot.chat.forgotten import Forgotten
    from bot.chat.memory import Memory
    from bot.chat.preferences import Preferences
    from bot.chat.responder import Responder
    from bot.client import Bot
    from bot.storage.json_value import Json


class Chat(commands.Cog):
    """Conversations with people."""

    def __init__(
        self,
        bot: Bot,
        *,
        responder: Responder,
        answerer: Answerer,
        memory: Memory,
        forgotten: Forgotten,
        preferences: Preferences,
        budget: Budget,
    ) -> None:
        self.bot = bot
        self._responder = responder
        self._answerer = answerer
        self._memory = memory
        self._forgotten = forgotten
        self._preferences = preferences
        self._budget = budget
        self._buttons = ContinueButton(responder.continue_answer), StopButton(), Confirmation()

    async def cog_load(self) -> None:
        """Open the connection to the model, and handle the buttons of earlier processes."""
        if self.bot.gemini is not None:
            self.bot.gemini.connect()
        for view in self._buttons:
            self.bot.add_view(view)

    async def cog_unload(self) -> None:
        """Stop the answers that are being written, and save today's usage."""
        for view in self._buttons:
            view.stop()
        await self._responder.close()
        await self._budget.close()

    async def personal_data(self, user_id: int) -> Mapping[str, Sequence[Json]]:
        """Return what is remembered of a person, by kind; see `bot.privacy.commands.KeepsPersonalData`."""
        return {"conversation_memory": self._memory.words_of(user_id)}

    async def forget_person(self, user_id: int, snowflake: int) -> None:
        """Forget what a person said until the moment of ``snowflake``."""
        await self._forgotten.skip_person_until(user_id, snowflake)
        self._answerer.forget_speaker(user_id)

    async def forget_guild(self, guild_id: int, channel_ids: Collection[int]) -> None:  # noqa: ARG002 - channels do
        """Forget what was said in a server; see `bot.privacy.departed_guilds.KeepsGuildData`."""
        for channel_id in channel_ids:
            await self._forget_channel(channel_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Forget what was said in a channel that is gone."""
        self._forgotten.note_channel(channel.id)
        await self._forget_channel(channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Forget what was said in a thread that is gone."""
        self._forgotten.note_channel(payload.thread_id)
        await self._forget_channel(payload.thread_id)

    async def _forget_channel(self, channel_id: int) -> None:
        self._answerer.forget_channel(channel_id)
        await self._forgotten.drop_channel(channel_id)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Respond to a message that is meant for the bot."""
        me, settings = self.bot.user, self.bot.settings
        if me is None or message.author == me or not is_from_a_person(message, settings.chat_bot_ids):
            return
        if self._is_song_request(message):
            return
        addressed = is_addressed(message, me)
        if not addressed and not is_in_channels(message, self._channels(message.guild)):
            return
        if not await self._is_command(message):
            question = question_from(message, me, settings.bot_language)
            await self._responder.respond(message, me, question, addressed=addressed)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Change what is remembered of an edited message."""
        if self.bot.user is not None:
            attachments = payload.message.attachments
            is_told = "attachments" in payload.data
            self._answerer.edit(payload.message, {file.filename for file in attachments} if is_told else None)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Forget a deleted message, its answer, and where it is quoted."""
        await self._forget_messages([payload.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Forget the messages that a moderator purged."""
        await self._forget_messages(payload.message_ids)

    async def _forget_messages(self, message_ids: Collection[int]) -> None:
        for message_id in message_ids:
            self._answerer.forget(message_id)
        for thread_id in message_ids:
            if isinstance(self.bot.get_channel(thread_id), discord.Thread):
                now = discord.utils.time_snowflake(discord.utils.utcnow())
                await self._forgotten.withhold_thread_until(thread_id, now)

    @app_commands.command(
        name=command_name("reset", ja="リセット"), description=localised(texts.RESET_DESCRIPTION)
    )
    async def reset(self, interaction: discord.Interaction[Bot]) -> None:
        """Forget what was said in this place, and the caller's private conversation in it."""
        channel_id = interaction.channel_id or interaction.user.id
        for place in (Place(channel_id), Place(channel_id, interaction.user.id)):
            self._answerer.forget_place(place)
        await self._forgotten.skip_channel_until(channel_id, interaction.id)
        await interaction.response.send_message(marked(texts.RESET_DONE(language_for(interaction))))

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
        """Talk with the model anywhere, privately on request."""
        await interaction.response.defer(ephemeral=private, thinking=True)
        await self._responder.respond_to_command(interaction, prompt.strip() or prompt, private=private)

    def _channels(self, guild: discord.Guild | None) -> frozenset[int]:
        """Return the channels in which every message is answered."""
        chosen = self._preferences.channels(guild.id) if guild else frozenset[int]()
        return self.bot.settings.chat_channel_ids | chosen

    def _is_song_request(self, message: discord.Message) -> bool:
        """Tell whether a message is in its server's request channel, where everything is a song."""
        if message.guild is None or self.bot.lavalink is None:
            return False
        place = request_channel(self.bot.state, message.guild.id)
        return place is not None and place.takes(message)

    async def _is_command(self, message: discord.Message) -> bool:
        """Tell whether the message calls a command, or looks as if it should."""
        prefix = self.bot.settings.command_prefix
        after = message.content.removeprefix(prefix)
        if after != message.content and after[:1].isalnum():
            return True
        return (await self.bot.get_context(message)).valid
