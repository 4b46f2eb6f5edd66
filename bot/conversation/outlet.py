"""Where an answer goes: below the message that asked, or into the response to an interaction."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, cast

import aiohttp
import discord

if TYPE_CHECKING:
    from types import TracebackType

    from bot.client import Bot
    from bot.conversation.throttle import Throttle

log = logging.getLogger(__name__)

WAITING = "⏳"
TYPING_SECONDS = 8.0
"""Discord shows the typing indicator for ten seconds."""
TYPING_BACKLOG = 0.5
"""Seconds of messages waiting to be sent, above which nobody is shown typing."""


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

    def __init__(self, message: discord.Message, me: discord.ClientUser, throttle: Throttle) -> None:
        self._message = message
        self._me = me
        self._marked = False
        self._sent = 0
        self._throttle = throttle
        self._typing: asyncio.Task[None] | None = None
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
        if self._marked:
            try:
                await self._message.remove_reaction(WAITING, self._me)
            except discord.HTTPException as error:
                log.info("Could not unmark a message as waiting: %s", error)
        self._typing = asyncio.create_task(self._type())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop_typing()

    async def _type(self) -> None:
        """Show the typing indicator; not where there is more to do than Discord allows."""
        try:
            while True:
                if self._throttle.backlog < TYPING_BACKLOG:
                    await self._throttle.turn()
                    await self._message.channel.typing()
                await asyncio.sleep(TYPING_SECONDS)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("Could not show that an answer is being written: %s", error)

    def _stop_typing(self) -> None:
        if self._typing:
            self._typing.cancel()

    async def __call__(self, content: str, view: discord.ui.View | None = None) -> discord.Message:
        """Send the next part; raises discord.HTTPException."""
        self._stop_typing()
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

    def __init__(
        self, interaction: discord.Interaction[Bot], *, ephemeral: bool, answered: bool = False
    ) -> None:
        self._interaction = interaction
        self._ephemeral = ephemeral
        self._answered = answered

    async def __call__(self, content: str, view: discord.ui.View | None = None) -> discord.Message:
        """Send the next part; raises discord.HTTPException."""
        if self._answered:
            return await self._interaction.followup.send(
                content, view=view or discord.utils.MISSING, ephemeral=self._ephemeral, wait=True
            )
        message = await self._interaction.edit_original_response(content=content, view=view)
        self._answered = True
        return message
