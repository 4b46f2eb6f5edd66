"""The button that stops an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.localization import language_of
from bot.reporting_view import ReportingView
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.client import Bot
    from bot.texts import Language

CUSTOM_ID = "otonari:chat:stop"


class StopControl:
    """Lets the asker or a moderator stop one answer; ``stopped_by`` is then their name."""

    def __init__(self, *, asker_id: int, language: Language, on_stop: Callable[[], object]) -> None:
        self.stopped_by: str | None = None
        self._asker_id = asker_id
        self._language: Language = language
        self._on_stop = on_stop

    def button(self) -> StopButton:
        """Return a button to show below one message; the view is to be stopped when it is removed."""
        return StopButton(self, self._language)

    def may_stop(self, interaction: discord.Interaction[Bot]) -> bool:
        """Tell whether somebody asked the question, or moderates its channel."""
        is_moderator = interaction.guild is not None and interaction.permissions.manage_messages
        return interaction.user.id == self._asker_id or is_moderator

    def stop(self, name: str) -> None:
        """Stop the answer, if nobody has done so yet."""
        self.stopped_by = self.stopped_by or name
        self._on_stop()


class StopButton(ReportingView):
    """A button that stops the answer above it.

    One without a ``control`` is registered with the bot: it removes the buttons below answers that ended with
    their process.
    """

    def __init__(self, control: StopControl | None = None, language: Language = "ja") -> None:
        super().__init__(timeout=None)
        self._control = control
        self.press.label = texts.STOP(language)

    @discord.ui.button(emoji="⏹", style=discord.ButtonStyle.secondary, custom_id=CUSTOM_ID)
    async def press(
        self, interaction: discord.Interaction[Bot], _button: discord.ui.Button[StopButton]
    ) -> None:
        """Stop the answer for those who may, and tell others so privately; called by discord.py."""
        if self._control is None:
            await interaction.response.edit_message(view=None)
        elif self._control.may_stop(interaction):
            self._control.stop(interaction.user.display_name)
            await interaction.response.defer()
        else:
            refusal = texts.NOT_YOURS(language_of(interaction.locale))
            await interaction.response.send_message(refusal, ephemeral=True)
