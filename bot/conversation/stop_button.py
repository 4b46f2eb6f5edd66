"""The button that stops an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.localization import language_of
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.client import Bot
    from bot.texts import Language


class StopButton(discord.ui.View):
    """Calls ``on_stop`` when the asker or a moderator presses it; ``stopped_by`` is then their name."""

    def __init__(self, *, asker_id: int, language: Language, on_stop: Callable[[], object]) -> None:
        super().__init__(timeout=None)
        self.stopped_by: str | None = None
        self._asker_id = asker_id
        self._on_stop = on_stop
        self.press.label = texts.STOP(language)

    async def interaction_check(self, interaction: discord.Interaction[discord.Client], /) -> bool:
        """Refuse everybody else, privately."""
        if interaction.user.id == self._asker_id or (
            interaction.guild is not None and interaction.permissions.manage_messages
        ):
            return True
        told = texts.NOT_YOURS(language_of(interaction.locale))
        await interaction.response.send_message(told, ephemeral=True)
        return False

    @discord.ui.button(emoji="⏹", style=discord.ButtonStyle.secondary)
    async def press(
        self, interaction: discord.Interaction[Bot], _button: discord.ui.Button[StopButton]
    ) -> None:
        """Stop the answer."""
        self.stopped_by = interaction.user.display_name
        self._on_stop()
        await interaction.response.defer()
