"""Whether the words of others come with a question: a model may take them for the asker's own wishes.

What counts is what the model reads with this very question:

* what the asker's message brings besides what they typed: a file, a forwarded message, the preview of a link,
  a passage that is marked as a quote, the name of whoever or whatever they mention
* the message to which it replies, unless that is only what the asker typed, or the bot's answer to them
* how somebody else's thread or post begins, which is given with every question in it

What was said before, in turns of its own, does not count: in a channel of several people nearly every call
would have to be confirmed, and soon nobody would read what they confirm. Titles that a tool tells while it is
being answered count as well (`bot.chat.actions.runner.CommandToolbox`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat.exchange import Place
from bot.chat.message_words import has_names, typed_words, words_of
from bot.chat.question import attachments_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from bot.chat.memory import Memory
    from bot.chat.question import Question


def has_words_of_others(question: Question, memory: Memory, me: discord.ClientUser) -> bool:
    """Tell whether the model reads words with ``question`` that need not be the asker's."""
    has_more = _has_more_than_typed(question.text, question.typed, question.attachments)
    if has_more or question.has_names or question.forward is not None:
        return True
    replied = question.replied_to
    is_in_reply = replied is not None and not _is_own(question, replied, memory, me)
    return is_in_reply or _is_in_thread_of_others(question, memory, me)


def _has_more_than_typed(text: str, typed: str, files: Sequence[discord.Attachment]) -> bool:
    return bool(files) or text != typed or any(line.lstrip().startswith(">") for line in typed.splitlines())


def _is_own(question: Question, message: discord.Message, memory: Memory, me: discord.ClientUser) -> bool:
    """Tell whether a message is nothing but what the asker typed, or what the bot answered to them."""
    if message.author == me:
        return memory.speaker_of(question.place, message.id) == question.speaker.id
    files = attachments_of(message)
    has_more = _has_more_than_typed(words_of(message, me), typed_words(message, me), files)
    is_askers = message.author.id == question.speaker.id
    return is_askers and not has_more and not has_names(message, me)


def _is_in_thread_of_others(question: Question, memory: Memory, me: discord.ClientUser) -> bool:
    if len(question.channel_ids) < 2:  # noqa: PLR2004 - of a thread and its parent
        return False
    thread_id, parent_id = question.channel_ids
    begun_by = memory.speaker_of(Place(thread_id), thread_id)
    if begun_by == me.id:
        # A thread below an answer of the bot's is whose question that answered.
        begun_by = memory.speaker_of(Place(parent_id), thread_id) or begun_by
    return begun_by not in {None, question.speaker.id}
