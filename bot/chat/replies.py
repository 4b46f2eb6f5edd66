"""Sends answers and notices: as replies to a message, in response to an interaction, or privately."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, cast

import discord

from bot.notice_mark import marked

if TYPE_CHECKING:
    from types import TracebackType

    from bot.chat.throttle import Throttle
    from bot.client import Bot

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


async def notify_privately(person: discord.User | discord.Member, notice: str) -> None:
    """Send somebody a notice directly, if they take direct messages."""
    try:
        await person.send(marked(notice))
    except discord.HTTPException as error:
        log.info("Could not write to %s directly: %s", person.id, error)


def _permissions(message: discord.Message) -> discord.Permissions | None:
    """Return the bot's permissions in a server's channel, None where they are not known."""
    channel = message.channel
    if message.guild is None or isinstance(channel, discord.PartialMessageable):
        return None
    return channel.permissions_for(message.guild.me)


class Reply:
    """Replies to a message: the first part to the message itself, each further one to the part before.

    So the parts are found again, whatever others write in between. Shows the typing indicator from entering
    until the first part.
    """

    def __init__(self, message: discord.Message, me: discord.ClientUser, throttle: Throttle) -> None:
        self._message = message
        self._me = me
        self._marked = False
        self._sent = 0
        self._throttle = throttle
        self._typing: asyncio.Task[None] | None = None
        permissions = _permissions(message)
        self._may_reply = permissions is None or permissions.read_message_history
        self._before = message

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
        except discord.HTTPException as error:
            log.info("Could not show that an answer is being written: %s", error)

    def _stop_typing(self) -> None:
        if self._typing:
            self._typing.cancel()

    async def __call__(self, content: str, view: discord.ui.View | None = None) -> discord.Message:
        """Send the next part; raises discord.HTTPException."""
        self._stop_typing()
        # A message that was deleted meanwhile is answered all the same.
        reference = self._before.to_reference(fail_if_not_exists=False) if self._may_reply else None
        # None is the default of both, though the overloads do not say so.
        message = await self._message.channel.send(
            content,
            view=cast("discord.ui.View", view),
            reference=cast("discord.MessageReference", reference),
            # Of its own, for tries that LiveAnswer makes: Discord answers with the first that arrived.
            nonce=f"{self._message.id}.{self._sent}",
        )
        self._sent += 1
        self._before = message
        return message

    async def notify(self, notice: str) -> None:
        """Send a notice; raises discord.HTTPException."""
        await self(marked(notice))


class Response:
    """Responds to a deferred interaction: the first part as its response, the rest as follow-ups.

    Discord shows follow-ups as replies to the response.
    """

    def __init__(
        self, interaction: discord.Interaction[Bot], *, ephemeral: bool, answered: bool = False
    ) -> None:
        self._interaction = interaction
        self._ephemeral = ephemeral
        self._answered = answered

    async def __call__(
        self,
        content: str | None = None,
        view: discord.ui.View | None = None,
        embed: discord.Embed | None = None,
    ) -> discord.Message:
        """Send the next part; raises discord.HTTPException."""
        if self._answered:
            return await self._interaction.followup.send(
                content or discord.utils.MISSING,
                view=view or discord.utils.MISSING,
                embed=embed or discord.utils.MISSING,
                ephemeral=self._ephemeral,
                wait=True,
            )
        message = await self._interaction.edit_original_response(content=content, view=view, embed=embed)
        self._answered = True
        return message

    async def notify(self, notice: str) -> None:
        """Send a notice; raises discord.HTTPException."""
        await self(marked(notice))

    async def settle(self) -> None:
        """Remove "is thinking" where nothing was sent."""
        if not self._answered:
            try:
                await self._interaction.delete_original_response()
            except discord.HTTPException as error:
                log.info("Could not remove a response: %s", error)
