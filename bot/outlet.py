"""Where an answer goes: below the message that asked, or into the response to an interaction."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, cast

import discord

if TYPE_CHECKING:
    from types import TracebackType

    from bot.client import Bot

log = logging.getLogger(__name__)

WAITING = "⏳"


def may_write(message: discord.Message) -> bool:
    """Tell whether the bot may send messages where ``message`` is."""
    permissions = _permissions(message)
    if permissions is None:
        return True
    if isinstance(message.channel, discord.Thread):
        return permissions.send_messages_in_threads
    return permissions.send_messages


def _permissions(message: discord.Message) -> discord.Permissions | None:
    """Return the bot's permissions in a server's channel, None where they are not known."""
    channel = message.channel
    if message.guild is None or isinstance(channel, discord.PartialMessageable):
        return None
    return channel.permissions_for(message.guild.me)


class Reply:
    """Answers a message: the first part as a reply, the rest after it; types in between entering and that."""

    def __init__(self, message: discord.Message, me: discord.ClientUser) -> None:
        self._message = message
        self._me = me
        self._marked = False
        self._sent = 0
        self._typing = AsyncExitStack()
        permissions = _permissions(message)
        may_reply = permissions is None or permissions.read_message_history
        # A message that was deleted meanwhile is answered all the same.
        self._reference = message.to_reference(fail_if_not_exists=False) if may_reply else None

    async def wait_visibly(self) -> None:
        """Mark the message as waiting for others, until this object is entered."""
        try:
            await self._message.add_reaction(WAITING)
        except discord.HTTPException as error:
            log.info("Could not mark a message as waiting: %s", error)
        else:
            self._marked = True

    async def __aenter__(self) -> Reply:
        try:
            if self._marked:
                await self._message.remove_reaction(WAITING, self._me)
            await self._typing.enter_async_context(self._message.channel.typing())
        except discord.HTTPException as error:
            log.info("Could not show that an answer is being written: %s", error)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._typing.aclose()

    async def __call__(self, content: str, view: discord.ui.View | None = None) -> discord.Message:
        """Send the next part; raises discord.HTTPException."""
        await self._typing.aclose()
        # None is the default of both, though the overloads do not say so.
        message = await self._message.channel.send(
            content,
            view=cast("discord.ui.View", view),
            reference=cast("discord.MessageReference", self._reference),
            # Discord answers with the first message, should it have arrived in a try that seemed to fail.
            nonce=f"{self._message.id}.{self._sent}",
        )
        self._sent += 1
        self._reference = None
        return message


class Response:
    """Answers a deferred interaction: the first part as its response, the rest as follow-ups."""

    def __init__(self, interaction: discord.Interaction[Bot], *, ephemeral: bool) -> None:
        self._interaction = interaction
        self._ephemeral = ephemeral
        self._answered = False

    async def __call__(self, content: str, view: discord.ui.View | None = None) -> discord.Message:
        """Send the next part; raises discord.HTTPException."""
        if self._answered:
            return await self._interaction.followup.send(
                content, view=view or discord.utils.MISSING, ephemeral=self._ephemeral, wait=True
            )
        message = await self._interaction.edit_original_response(content=content, view=view)
        self._answered = True
        return message
