"""The select menu of `/search`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.discord_limits import CHOICE_LENGTH, CHOICES
from bot.escaping import plain, truncate
from bot.localization import language_of
from bot.music.embeds import length_of
from bot.music.messages import sentence_embed
from bot.reporting_view import ReportingView
from bot.set_text import one_line
from bot.texts import music

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.client import Bot
    from bot.escaping import Label
    from bot.lavalink import Track
    from bot.texts import Language

log = logging.getLogger(__name__)

TIMEOUT = 60.0
"""Seconds until the menu is taken away."""


class SongPicker(ReportingView):
    """A select menu of songs for one person; ``choose`` plays what is chosen and returns the answer."""

    def __init__(
        self,
        tracks: Sequence[Track],
        *,
        chooser_id: int,
        language: Language,
        choose: Callable[[discord.Interaction[Bot], Sequence[Track]], Awaitable[Label]],
    ) -> None:
        super().__init__(timeout=TIMEOUT)
        self._tracks = tracks[:CHOICES]
        self._chooser_id = chooser_id
        self._language: Language = language
        self._choose = choose
        self.message: discord.Message | None = None
        """Where the menu is shown, once it is."""
        self.menu.placeholder = music.PICK_PLACEHOLDER(language)
        self.menu.max_values = len(self._tracks)
        for number, track in enumerate(self._tracks):
            about = " · ".join((length_of(track, language), *([plain(track.author)] if track.author else [])))
            self.menu.add_option(
                label=plain(one_line(track.title) or str(number + 1), CHOICE_LENGTH),
                description=truncate(about, CHOICE_LENGTH),
                value=str(number),
            )

    async def interaction_check(self, interaction: discord.Interaction[discord.Client], /) -> bool:
        """Refuse everybody else, privately."""
        if interaction.user.id == self._chooser_id:
            return True
        refusal = music.NOT_YOURS(language_of(interaction.locale))
        await interaction.response.send_message(refusal, ephemeral=True)
        return False

    @discord.ui.select(cls=discord.ui.Select["SongPicker"])
    async def menu(self, press: discord.Interaction[Bot], menu: discord.ui.Select[SongPicker]) -> None:
        """Play what was chosen, in the order of the menu."""
        await press.response.defer()
        chosen = [self._tracks[number] for number in sorted(int(value) for value in menu.values)]
        sentence = await self._choose(press, chosen)
        self.stop()
        await press.edit_original_response(embed=sentence_embed(sentence), view=None)

    async def on_timeout(self) -> None:
        """Replace the menu by a sentence that the time has run out."""
        if self.message is not None:
            embed = sentence_embed(music.PICK_TIMED_OUT(self._language))
            try:
                await self.message.edit(embed=embed, view=None)
            except discord.HTTPException as error:
                log.debug("A picker stays as it is: %s", error)
