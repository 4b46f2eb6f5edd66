"""What somebody asks the bot: read from a message, free of how it is answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from bot.conversation.memory import Exchange, Place, Speaker

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.texts import Language

_ANSWERABLE = {discord.MessageType.default, discord.MessageType.reply}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One prompt, and where and by whom it was asked."""

    id: int
    """Of the message or the interaction."""
    place: Place
    speaker: Speaker
    text: str
    """Without the mention of the bot."""
    language: Language
    shared: bool
    """Whether several people talk in this place."""
    at: float
    """Seconds since the epoch."""
    replied_to: discord.Message | None = None

    def exchange(self, *, previous: int | None, quoted: str = "") -> Exchange:
        """Return the exchange that this question opens, after ``quoted`` text that it refers to."""
        prompt = f"{quoted}\n\n{self.text}".strip() if quoted else self.text
        return Exchange(prompt_id=self.id, speaker=self.speaker, prompt=prompt, previous=previous, at=self.at)


def is_from_a_person(message: discord.Message) -> bool:
    """Tell whether a person wrote the message: no bot, webhook or system notice."""
    return not message.author.bot and message.webhook_id is None and message.type in _ANSWERABLE


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
    """Return what the message asks; its text is empty where it holds no words but a mention."""
    return Question(
        id=message.id,
        place=Place(message.channel.id),
        speaker=Speaker(message.author.id, message.author.display_name),
        text=readable_text(message, me),
        language=language,
        shared=message.guild is not None,
        at=message.created_at.timestamp(),
        replied_to=replied_message(message),
    )


def readable_text(message: discord.Message, me: discord.ClientUser) -> str:
    """Return the message's text without the mention of the bot, other mentions as names."""
    names = {f"@{user.id}": f"@{user.display_name}" for user in message.mentions}
    names |= {f"@!{user.id}": f"@{user.display_name}" for user in message.mentions}
    names |= {f"@&{role.id}": f"@{role.name}" for role in message.role_mentions}
    names |= {f"#{channel.id}": f"#{channel.name}" for channel in message.channel_mentions}
    text = re.sub(rf"[^\S\n]*<@!?{me.id}>", "", message.content)
    return re.sub(r"<([@#][!&]?\d+)>", lambda match: names.get(match[1], match[0]), text).strip()


def quotation(message: discord.Message, me: discord.ClientUser) -> str:
    """Return another message as a Markdown quotation with its author's name, or "" if it has no text."""
    text = readable_text(message, me)
    lines = f"{message.author.display_name}: {text}".splitlines()
    return "\n".join(f"> {line}" for line in lines) if text else ""
