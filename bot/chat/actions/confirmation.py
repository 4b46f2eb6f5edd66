"""Asks whoever asked a question whether a command that a model called is what they want."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.escaping import Label
from bot.localization import language_of
from bot.notice_mark import marked
from bot.reporting_view import ReportingView
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.client import Bot
    from bot.texts import Language

log = logging.getLogger(__name__)

SECONDS = 180.0
"""How long the question stands; then it says that it no longer does."""


class Confirmation(ReportingView):
    """Two buttons: run a command, or don't; only the one who asked may press them.

    One without ``on_confirm`` is registered with the bot: it tells whoever presses buttons of an earlier
    process that these have expired.
    """

    def __init__(
        self,
        on_confirm: Callable[[discord.Interaction[Bot]], Awaitable[object]] | None = None,
        *,
        asker_id: int | None = None,
        language: Language = "ja",
        what: Label = Label(),  # noqa: B008 - immutable
    ) -> None:
        super().__init__(timeout=None if on_confirm is None else SECONDS)
        self._message: discord.Message | None = None
        self._is_late = False
        self._on_confirm = on_confirm
        self._asker_id = asker_id
        self._language: Language = language
        self._what = what
        self.confirm.label, self.dismiss.label = texts.CONFIRM_YES(language), texts.CONFIRM_NO(language)

    async def interaction_check(self, interaction: discord.Interaction[discord.Client], /) -> bool:
        """Tell everybody but the asker that the buttons are not theirs; called by discord.py."""
        if self._on_confirm is None or interaction.user.id == self._asker_id:
            return True
        refusal = texts.CONFIRM_NOT_YOURS(language_of(interaction.locale))
        await interaction.response.send_message(refusal, ephemeral=True)
        return False

    async def ask(self, send: Callable[[Confirmation], Awaitable[discord.Message]]) -> None:
        """Show the buttons with what ``send`` sends; raises what that raises."""
        self._message = await send(self)
        await self._show_end()

    async def on_timeout(self) -> None:
        """Say that it is too late; called by discord.py."""
        self._is_late = True
        await self._show_end()

    async def _show_end(self) -> None:
        # The time counts from before Discord has said which message it is.
        if self._is_late and self._message is not None:
            try:
                await self._message.edit(content=self._expired, view=None)
            except discord.HTTPException as error:
                log.info("Could not show that a question has expired: %s", error)

    @discord.ui.button(emoji="✅", style=discord.ButtonStyle.danger, custom_id="otonari:chat:action:confirm")
    async def confirm(
        self, interaction: discord.Interaction[Bot], _button: discord.ui.Button[Confirmation]
    ) -> None:
        """Run the command; called by discord.py."""
        if self._on_confirm is None:
            await interaction.response.edit_message(content=self._expired, view=None)
        elif self._end():
            confirmed = marked(texts.CONFIRMED(self._language, what=self._what))
            await interaction.response.edit_message(content=confirmed, view=None)
            await self._on_confirm(interaction)

    @discord.ui.button(
        emoji="✖️", style=discord.ButtonStyle.secondary, custom_id="otonari:chat:action:dismiss"
    )
    async def dismiss(
        self, interaction: discord.Interaction[Bot], _button: discord.ui.Button[Confirmation]
    ) -> None:
        """Leave everything as it is; called by discord.py."""
        if self._on_confirm is None:
            await interaction.response.edit_message(content=self._expired, view=None)
        elif self._end():
            dismissed = marked(texts.CONFIRM_DISMISSED(self._language, what=self._what))
            await interaction.response.edit_message(content=dismissed, view=None)

    @property
    def _expired(self) -> str:
        return marked(texts.CONFIRM_EXPIRED(self._language))

    def _end(self) -> bool:
        """Take no further press; false where one has been taken already."""
        if self.is_finished():
            return False
        self.stop()
        return True
