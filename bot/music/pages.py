"""A message of several pages, with buttons to turn them for a while."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeAlias

import discord

from bot.localization import language_for
from bot.reporting_view import ReportingView
from bot.texts import Language, music

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord.ext import commands

    from bot.client import Bot

log = logging.getLogger(__name__)

TIMEOUT = 180.0
"""Seconds after the last press for which pages can be turned; a token for editing lives for 15 minutes."""

Render: TypeAlias = "Callable[[int], discord.Embed]"
"""Renders a page, counted from 1, from the current data."""


class Pages(ReportingView):
    """Buttons for the first, previous, next and last page; anybody may turn them."""

    def __init__(
        self, render: Render, count: Callable[[], int], page: int, language: Language = "ja"
    ) -> None:
        super().__init__(timeout=TIMEOUT)
        for name, label in music.PAGE_BUTTONS.items():
            getattr(self, name).label = label(language)
        self._render = render
        self._count = count
        self._page = page
        self.message: discord.Message | None = None
        """Where the pages are shown, once they are."""
        self._update_buttons()

    def _update_buttons(self) -> None:
        self._page = max(1, min(self._page, self._count()))
        self.first.disabled = self.previous.disabled = self._page == 1
        self.last.disabled = self.next.disabled = self._page == self._count()

    async def _turn(self, press: discord.Interaction[Bot], page: int) -> None:
        self._page = page
        self._update_buttons()
        await press.response.edit_message(embed=self._render(self._page), view=self)

    @discord.ui.button(emoji="⏪")
    async def first(self, press: discord.Interaction[Bot], _button: discord.ui.Button[Pages]) -> None:
        """Show the first page."""
        await self._turn(press, 1)

    @discord.ui.button(emoji="◀️")
    async def previous(self, press: discord.Interaction[Bot], _button: discord.ui.Button[Pages]) -> None:
        """Show the previous page."""
        await self._turn(press, self._page - 1)

    @discord.ui.button(emoji="▶️")
    async def next(self, press: discord.Interaction[Bot], _button: discord.ui.Button[Pages]) -> None:
        """Show the next page."""
        await self._turn(press, self._page + 1)

    @discord.ui.button(emoji="⏩")
    async def last(self, press: discord.Interaction[Bot], _button: discord.ui.Button[Pages]) -> None:
        """Show the last page."""
        await self._turn(press, self._count())

    async def on_timeout(self) -> None:
        """Take the buttons away."""
        if self.message is not None:
            try:
                await self.message.edit(view=None)
            except discord.HTTPException as error:
                log.debug("Pages keep their buttons: %s", error)


async def send_pages(
    ctx: commands.Context[Bot], render: Render, count: Callable[[], int], page: int = 1
) -> None:
    """Answer a command with pages; where there is only one, without buttons."""
    if count() == 1:
        await ctx.send(embed=render(page))
        return
    view = Pages(render, count, page, language_for(ctx))
    view.message = await ctx.send(embed=render(page), view=view)
