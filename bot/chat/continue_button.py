"""The button below an answer that was cut off at the length limit."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.localization import language_for
from bot.reporting_view import ReportingView
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.client import Bot
    from bot.texts import Language

log = logging.getLogger(__name__)

CUSTOM_ID = "otonari:chat:continue"


class ContinueButton(ReportingView):
    """A button that calls ``on_press``, also on messages from before a restart.

    One of these is registered with the bot and handles every press; those below answers are only shown.
    """

    def __init__(self, on_press: Callable[[discord.Interaction[Bot]], Awaitable[None]]) -> None:
        super().__init__(timeout=None)
        self._on_press = on_press

    @classmethod
    def shown(cls, language: Language) -> ContinueButton:
        """Return the button to show below an answer."""

        async def unreachable(_interaction: discord.Interaction[Bot]) -> None:
            raise AssertionError("a stopped view gets no press")

        view = cls(unreachable)
        view.press.label = texts.CONTINUE(language)
        view.stop()
        return view

    @classmethod
    async def show_again(cls, interaction: discord.Interaction[Bot]) -> None:
        """Show the button again below the message on which it was pressed."""
        try:
            await interaction.edit_original_response(view=cls.shown(language_for(interaction)))
        except discord.HTTPException as error:
            log.info("Could not put a button back: %s", error)

    @discord.ui.button(emoji="▶️", style=discord.ButtonStyle.primary, custom_id=CUSTOM_ID)
    async def press(
        self, interaction: discord.Interaction[Bot], _button: discord.ui.Button[ContinueButton]
    ) -> None:
        """Continue the answer; called by discord.py."""
        await self._on_press(interaction)
