"""Quotes of Discord's messages: their words as others read them, and whose these are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.chat.exchange import Quote, Source
from bot.chat.message_words import forwarded_words, quote

if TYPE_CHECKING:
    from collections.abc import Iterator


def quote_of(message: discord.Message, me: discord.ClientUser) -> Quote:
    """Return a message as a quote, without its files."""
    sources = tuple(_sources_of(message, me))
    author_id = me.id if message.author == me else sources[-1].author_id
    return Quote(sources=sources, author_id=author_id, text=quote(message, me))


def forwarded_by(message: discord.Message, me: discord.ClientUser) -> Quote | None:
    """Return what a message forwards, without its files."""
    if not message.message_snapshots:
        return None
    sources = tuple(_sources_of(message, me))
    return Quote(sources=sources, author_id=sources[-1].author_id, text=forwarded_words(message))


def _sources_of(message: discord.Message, me: discord.ClientUser) -> Iterator[Source]:
    """Yield the message and the one that its words come from.

    That is whatever it refers to: a forward, a followed channel's announcement, the first line of a thread
    and the end of a poll repeat it. Only people's replies do not, but an answer of the bot's may.
    https://discord.com/developers/docs/resources/message#message-reference-types
    """
    yield Source(message.id, message.channel.id, message.author.id)
    reference, is_mine = message.reference, message.author == me
    if reference is not None and reference.message_id is not None:
        if is_mine or message.type is not discord.MessageType.reply:
            yield Source(reference.message_id, reference.channel_id, _author_of(reference))
    elif is_mine and message.interaction_metadata is not None:
        yield Source(message.id, message.channel.id, message.interaction_metadata.user.id)


def _author_of(reference: discord.MessageReference) -> int | None:
    resolved = reference.resolved
    message = resolved if isinstance(resolved, discord.Message) else reference.cached_message
    return message.author.id if message is not None else None
