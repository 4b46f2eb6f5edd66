"""The buttons of ``/privacy``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

import discord
from discord import ui

from bot.reporting_view import ReportingView
from bot.texts import privacy as texts

if TYPE_CHECKING:
    from bot.client import Bot
    from bot.texts import Language

log = logging.getLogger(__name__)

SECONDS = 14 * 60.0
"""An interaction can be answered for 15 minutes."""


class Rights(Protocol):
    """What the buttons do; see `bot.privacy.commands.PrivacyCommands`."""

    def has_opted_out(self, user_id: int) -> bool:
        """Whether this person's conversations are not recorded."""
        ...

    async def overview(self, user_id: int, language: Language, *, is_sent: bool = True) -> discord.Embed:
        """Return what is stored about a person."""
        ...

    async def set_opt_out(self, user_id: int, *, opted_out: bool) -> bool:
        """Stop or allow recording; returns whether the database knows it already."""
        ...

    async def export(self, user_id: int) -> discord.File:
        """Return everything as a file."""
        ...

    async def delete(self, user_id: int, snowflake: int, language: Language) -> str:
        """Delete everything; returns what to tell."""
        ...


class _View(ReportingView):
    """A press is answered in the language of the command."""

    def __init__(self, rights: Rights, language: Language) -> None:
        super().__init__(timeout=SECONDS)
        self.rights = rights
        self.language: Language = language

    def add_button(self, button: ui.Button[_View], press: _Press) -> None:
        """Add a button that does ``press``."""
        button.callback = press  # pyright: ignore[reportAttributeAccessIssue] - how discord.py says to do it
        self.add_item(button)


class _Press(Protocol):
    async def __call__(self, interaction: discord.Interaction[Bot], /) -> None: ...


class PrivacyView(_View):
    """Export, delete, and yes or no to recording.

    ``panel`` is the interaction whose original response shows all this.
    """

    def __init__(
        self,
        rights: Rights,
        language: Language,
        panel: discord.Interaction[Bot],
        *,
        opted_out: bool,
        is_on: bool,
    ) -> None:
        super().__init__(rights, language)
        self._panel = panel
        primary, secondary, danger = (
            discord.ButtonStyle.primary,
            discord.ButtonStyle.secondary,
            discord.ButtonStyle.danger,
        )
        export = ui.Button[_View](
            label=texts.EXPORT_BUTTON(language), emoji="📄", style=primary, custom_id="privacy.export"
        )
        delete = ui.Button[_View](
            label=texts.DELETE_BUTTON(language), emoji="🗑️", style=danger, custom_id="privacy.delete"
        )
        label, emoji = (texts.ALLOW_BUTTON, "🔔") if opted_out else (texts.STOP_BUTTON, "🔕")
        switch = ui.Button[_View](
            label=label(language),
            emoji=emoji,
            style=secondary,
            custom_id="privacy.switch",
            disabled=not is_on,
        )
        self.add_button(export, self._export)
        self.add_button(switch, self._switch)
        self.add_button(delete, self._ask_to_delete)

    async def _export(self, interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        file = await self.rights.export(interaction.user.id)
        await interaction.followup.send(texts.EXPORTED(self.language), file=file, ephemeral=True)

    async def _switch(self, interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.defer()
        user_id = interaction.user.id
        opted_out = not self.rights.has_opted_out(user_id)
        is_sent = await self.rights.set_opt_out(user_id, opted_out=opted_out)
        embed = await self.rights.overview(user_id, self.language, is_sent=is_sent)
        self.stop()
        view = PrivacyView(self.rights, self.language, interaction, opted_out=opted_out, is_on=True)
        await interaction.edit_original_response(embed=embed, view=view)

    async def _ask_to_delete(self, interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_message(
            texts.CONFIRM(self.language),
            view=DeletionView(self.rights, self.language, self._panel),
            ephemeral=True,
        )


class DeletionView(_View):
    """Asks once more before everything is deleted."""

    def __init__(self, rights: Rights, language: Language, panel: discord.Interaction[Bot]) -> None:
        super().__init__(rights, language)
        self._panel = panel
        yes = ui.Button[_View](
            label=texts.CONFIRM_BUTTON(language),
            style=discord.ButtonStyle.danger,
            custom_id="privacy.delete.yes",
        )
        no = ui.Button[_View](
            label=texts.CANCEL_BUTTON(language),
            style=discord.ButtonStyle.secondary,
            custom_id="privacy.delete.no",
        )
        self.add_button(yes, self._delete)
        self.add_button(no, self._cancel)

    async def _delete(self, interaction: discord.Interaction[Bot]) -> None:
        self.stop()
        await interaction.response.defer()
        message = await self.rights.delete(interaction.user.id, interaction.id, self.language)
        await interaction.edit_original_response(content=message, view=None)
        embed = await self.rights.overview(interaction.user.id, self.language)
        try:
            await self._panel.edit_original_response(embed=embed)
        except discord.HTTPException as error:
            log.info("The panel of /privacy still shows what was before the deletion: %s", error)

    async def _cancel(self, interaction: discord.Interaction[Bot]) -> None:
        self.stop()
        await interaction.response.edit_message(content=texts.CANCELLED(self.language), view=None)
