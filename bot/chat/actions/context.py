"""The context of a command that runs without having been typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from discord.ext import commands
from discord.ext.commands.view import StringView  # pyright: ignore[reportMissingTypeStubs] - it has types

from bot.chat.message_words import embed_text
from bot.command_permissions.permissions import is_only_user_installed, permissions_in
from bot.localization import language_for
from bot.notice_mark import MARK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import discord

    from bot.chat.replies import Response
    from bot.client import Bot
    from bot.texts import Language

    _FromInteraction = Callable[[discord.Interaction[Bot]], Awaitable[commands.Context[Bot]]]


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asked for a command, where, and where its answer goes."""

    message: discord.Message
    """The requester's own; made up by discord.py where they used a slash command."""
    language: Language
    response: Response | None = None
    """Takes the answer in place of the channel."""
    is_guest: bool = False
    """Whether they brought the bot to a place that has not added it, with their own installation."""
    person: discord.User | discord.Member | None = None
    """The same person as the author of ``message``, as Discord knows them later."""

    @classmethod
    async def of_interaction(cls, interaction: discord.Interaction[Bot], response: Response) -> Requester:
        """Return the user of a slash command."""
        make = cast("_FromInteraction", commands.Context.from_interaction)  # pyright: ignore[reportUnknownMemberType] - its own type is open
        context = await make(interaction)
        is_guest = is_only_user_installed(interaction)
        return cls(context.message, language_for(interaction), response, is_guest)


class ActionContext(commands.Context["Bot"]):
    """Runs a command with the rights of its requester, and keeps in ``answers`` what the command says.

    It has no interaction, whose arguments would be taken for the command's.
    """

    def __init__(self, bot: Bot, requester: Requester, arguments: str) -> None:
        super().__init__(bot=bot, message=requester.message, prefix="", view=StringView(arguments))
        self.language: Language = requester.language
        self.answers: list[str] = []
        self._response = requester.response
        if requester.person is not None:
            self.author = requester.person

    @property
    def permissions(self) -> discord.Permissions:  # pyright: ignore[reportIncompatibleVariableOverride] - only read
        """What the requester may do in the channel: nothing, where they are no member, such as a webhook."""
        return super().permissions if self.guild is None else permissions_in(self.channel, self.author)

    async def send(  # pyright: ignore[reportIncompatibleMethodOverride] - passes on whatever the original takes
        self,
        content: str | None = None,
        *,
        embed: discord.Embed | None = None,
        view: discord.ui.View | None = None,
        **options: object,
    ) -> discord.Message:
        """Answer as usual, or into the response to an interaction."""
        if self._response is None:
            shown = {"embed": embed, "view": view, **options}
            message = cast("discord.Message", await super().send(content, **shown))  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownMemberType] - see above
        else:
            message = await self._response(content, view, embed)
        said = (message.content.removeprefix(MARK), *map(embed_text, message.embeds))
        self.answers += [part for part in said if part]
        return message
