"""Finds the bot's answers, and what they answer, among the messages of a channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import discord

from bot.chat.notices import without_notice, without_unmarked_notice
from bot.chat.question import is_from_a_person, replied_message
from bot.discord_limits import MESSAGE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


@dataclass(slots=True)
class FoundAnswer:
    """An answer in all its parts, and the message that asked for it; None where a slash command did."""

    prompt: discord.Message | None
    parts: list[discord.Message] = field(default_factory=list[discord.Message])

    def text(self, *, marked_since: int | None) -> str:
        """Return the answer without the bot's notices.

        These have a mark in messages from the id ``marked_since`` on; None: in later ones than these.
        """
        texts = (
            without_notice(part.content)
            if marked_since is not None and part.id >= marked_since
            else without_unmarked_notice(without_notice(part.content))
            for part in self.parts
        )
        return "\n\n".join(text for text in texts if text)


def find_answers(
    messages: Mapping[int, discord.Message], me: discord.ClientUser, bot_ids: Collection[int]
) -> Iterable[FoundAnswer]:
    """Return the answers among ``messages`` (by id) that have their beginning there, oldest first.

    The first part replies to its prompt or answers a slash command; each further one replies to a part, or
    follows one directly.
    """
    answers: dict[int, FoundAnswer] = {}
    """By the id of each part, and of the prompt."""
    before: discord.Message | None = None
    for message in (messages[message_id] for message_id in sorted(messages)):
        if message.author == me and message.content:
            earlier = replied_id(message)
            if earlier is None and _continues(message, before):
                earlier = before.id if before else None
            answer = answers.get(earlier) if earlier else None
            if answer is None and (answer := _begun(message, messages, bot_ids)):
                answers[answer.prompt.id if answer.prompt else message.id] = answer
            if answer is not None:
                answer.parts.append(message)
                answers[message.id] = answer
        before = message
    return list({id(answer): answer for answer in answers.values()}.values())


def missing_references(messages: Mapping[int, discord.Message], me: discord.ClientUser) -> set[int]:
    """Return the ids of messages to which ``messages`` (by id) refer and that are not among them.

    Earlier parts of answers, their prompts, and the answers to which these reply.
    """
    mine = [message for message in messages.values() if message.author == me]
    wanted = {earlier for message in mine if (earlier := replied_id(message))}
    for prompt in (messages[message_id] for message_id in wanted & messages.keys()):
        replied = replied_message(prompt)
        if (earlier := replied_id(prompt)) and (replied is None or replied.author == me):
            wanted.add(earlier)
    return wanted - messages.keys()


def orphaned(messages: Mapping[int, discord.Message], me: discord.ClientUser) -> set[int]:
    """Return the ids of the bot's messages, among ``messages`` (by id), which may repeat what was deleted.

    They answer a message that is gone, or one that replies to it.
    """
    found, before = set[int](), None
    for message in (messages[message_id] for message_id in sorted(messages)):
        earlier = replied_id(message)
        if message.author == me and earlier is None and _continues(message, before):
            earlier = before.id if before else None
        if _replies_to_nothing(message) or (message.author == me and earlier in found):
            found.add(message.id)
        before = message
    return {message_id for message_id in found if messages[message_id].author == me}


def _replies_to_nothing(message: discord.Message) -> bool:
    """Tell whether Discord says that the message to which this one replies is gone."""
    reference = message.reference
    return reference is not None and isinstance(reference.resolved, discord.DeletedReferencedMessage)


def replied_id(message: discord.Message) -> int | None:
    """Return the id of the message that this one replies to, also where that is gone."""
    is_reply = message.type is discord.MessageType.reply and message.reference is not None
    return message.reference.message_id if is_reply and message.reference else None


def _begun(
    message: discord.Message, messages: Mapping[int, discord.Message], bot_ids: Collection[int]
) -> FoundAnswer | None:
    """Return the answer that begins with this message, if one does."""
    earlier = replied_id(message)
    if earlier is None:
        return FoundAnswer(None) if message.interaction_metadata is not None else None
    prompt = messages.get(earlier) or replied_message(message)
    return FoundAnswer(prompt) if prompt is not None and is_from_a_person(prompt, bot_ids) else None


def _continues(message: discord.Message, before: discord.Message | None) -> bool:
    """Tell whether a message that replies to nothing continues the one before, which a full one may need."""
    if before is None or message.interaction_metadata is not None:
        return False
    return before.author == message.author and len(before.content) > MESSAGE_LENGTH // 4
