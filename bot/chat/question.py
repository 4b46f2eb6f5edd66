"""A question to the bot, as read from a message or an interaction; knows nothing of how it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from bot.chat.channel_names import with_channels_for
from bot.chat.exchange import Exchange, Place, Speaker
from bot.chat.message_words import has_names, own_words, typed_words
from bot.localization import language_for
from bot.set_text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.chat.exchange import Quote
    from bot.client import Bot
    from bot.llm.turns import File
    from bot.texts import Language

_ANSWERABLE = {discord.MessageType.default, discord.MessageType.reply}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A prompt, with where and by whom it was asked."""

    id: int
    """Of the message or the interaction."""
    place: Place
    speaker: Speaker
    text: str
    """All that the message itself says, without the mention of the bot."""
    typed: str
    """Of that, what the asker typed."""
    has_names: bool
    """Whether names that others chose stand in that, in the place of mentions."""
    language: Language
    shared: bool
    """Whether several people talk in this place."""
    at: float
    """Seconds since the epoch."""
    guild_id: int | None = None
    guild: discord.Guild | None = None
    """Where the bot is a member."""
    asker: discord.User | discord.Member | None = None
    channel_ids: tuple[int, ...] = ()
    """The place's channel, and a thread's parent: where its persona is looked up."""
    replied_to: discord.Message | None = None
    attachments: tuple[discord.Attachment, ...] = ()
    """The asker's own."""
    forward: discord.Message | None = None
    """The question's own message, where it forwards another."""
    instruction: str = ""
    """What the model reads in place of ``text``."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to answer: no text to be seen, no attachment, no message replied to."""
        refers = self.replied_to is not None or self.forward is not None
        return not one_line(self.text) and not self.attachments and not refers

    def with_channels(self, text: str) -> str:
        """Return ``text`` with the names of channels that the asker sees."""
        return with_channels_for(text, self.guild, self.asker, self.channel_ids)

    def exchange(self, *, quotes: tuple[Quote, ...] = (), files: tuple[File, ...] = ()) -> Exchange:
        """Return the exchange that this question opens, after the ``quotes`` that it refers to."""
        return Exchange(
            prompt_id=self.id,
            speaker=self.speaker,
            prompt=self.instruction or self.text,
            quotes=quotes,
            files=files,
            replied_to=self.replied_to.id if self.replied_to else None,
            at=self.at,
        )


def is_from_a_person(message: discord.Message, bot_ids: Collection[int] = ()) -> bool:
    """Tell whether a person wrote the message, or one of the bots and webhooks that count as people."""
    is_person = not message.author.bot and message.webhook_id is None
    return message.type in _ANSWERABLE and (is_person or message.author.id in bot_ids)


def is_addressed(message: discord.Message, me: discord.ClientUser) -> bool:
    """Tell whether the message is a direct message to the bot, mentions it, or replies to it.

    @everyone, @here and roles are not in ``mentions`` and do not count.
    """
    reply = replied_message(message)
    return message.guild is None or me in message.mentions or (reply is not None and reply.author == me)


def is_in_channels(message: discord.Message, channel_ids: Collection[int]) -> bool:
    """Tell whether the message is in one of the channels or in a thread of one."""
    channel = message.channel
    return channel.id in channel_ids or (
        isinstance(channel, discord.Thread) and channel.parent_id in channel_ids
    )


def replied_message(message: discord.Message) -> discord.Message | None:
    """Return the message that this one replies to, where Discord sent it along and it still exists."""
    resolved = message.reference.resolved if message.reference else None
    return resolved if isinstance(resolved, discord.Message) else None


def question_from(message: discord.Message, me: discord.ClientUser, language: Language) -> Question:
    """Return what the message asks; its text is empty where it is nothing but a mention."""
    return Question(
        id=message.id,
        place=Place(message.channel.id),
        speaker=Speaker(message.author.id, message.author.display_name),
        text=own_words(message, me),
        typed=typed_words(message, me),
        has_names=has_names(message, me),
        language=language,
        shared=message.guild is not None,
        at=message.created_at.timestamp(),
        guild_id=message.guild.id if message.guild else None,
        guild=message.guild,
        asker=message.author,
        channel_ids=channel_ids_of(message.channel),
        replied_to=replied_message(message),
        attachments=tuple(message.attachments),
        forward=message if message.message_snapshots else None,
    )


def question_in(
    interaction: discord.Interaction[Bot],
    text: str,
    *,
    private: bool,
    instruction: str = "",
    replied_to: discord.Message | None = None,
) -> Question:
    """Return what the user of a slash command or a button asks; ``private``: seen by nobody else."""
    user, channel_ids = interaction.user, channel_ids_of(interaction.channel)
    return Question(
        id=interaction.id,
        place=Place(interaction.channel_id or user.id, user.id if private else None),
        speaker=Speaker(user.id, user.display_name),
        text=text,
        typed=text,
        has_names=with_channels_for(text, interaction.guild, user, channel_ids) != text,
        language=language_for(interaction),
        shared=interaction.guild is not None and not private,
        at=interaction.created_at.timestamp(),
        guild_id=interaction.guild_id,
        guild=interaction.guild,
        asker=user,
        channel_ids=channel_ids,
        replied_to=replied_to,
        instruction=instruction,
    )


def channel_ids_of(channel: object) -> tuple[int, ...]:
    """Return a channel's id, and its parent's where it is a thread."""
    if isinstance(channel, discord.Thread):
        return channel.id, channel.parent_id
    return (channel.id,) if isinstance(channel, discord.abc.Snowflake) else ()


def attachments_of(message: discord.Message) -> tuple[discord.Attachment, ...]:
    """Return a message's attachments, and those of the messages forwarded in it."""
    return (*message.attachments, *forwarded_attachments_of(message))


def forwarded_attachments_of(message: discord.Message) -> tuple[discord.Attachment, ...]:
    """Return the attachments of the messages forwarded in a message."""
    return tuple(attachment for snapshot in message.message_snapshots for attachment in snapshot.attachments)
