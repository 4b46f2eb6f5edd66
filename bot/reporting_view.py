"""Buttons and menus whose failures are reported to whoever pressed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from weakref import WeakValueDictionary

import discord

from bot.error_handler import answer_privately, report
from bot.localization import language_for

if TYPE_CHECKING:
    from bot.client import Bot


MOST = 500
"""Views with a time limit whose buttons work, about 15 KB each; beyond, the oldest one ends early."""
_timed: WeakValueDictionary[str, ReportingView] = WeakValueDictionary()
"""Those that were made, in order; discord.py holds them until their time is over."""


class ReportingView(discord.ui.View):
    """A view that answers a failed press privately, as the commands do, and logs it where it is a fault."""

    def __init__(self, *, timeout: float | None) -> None:
        super().__init__(timeout=timeout)
        if timeout is not None:
            _timed[self.id] = self
        while len(_timed) > MOST:
            oldest = _timed.pop(next(iter(_timed.keys())), None)
            if oldest is not None:
                oldest.stop()

    async def on_error(
        self,
        interaction: discord.Interaction[discord.Client],
        error: Exception,
        item: discord.ui.Item[discord.ui.View],
        /,
    ) -> None:
        """Report the error to whoever pressed, and log it where it is a fault; called by discord.py."""
        press = cast("discord.Interaction[Bot]", interaction)

        async def send(message: str) -> None:
            await answer_privately(press, message)

        pressed = item.custom_id if isinstance(item, discord.ui.Button | discord.ui.Select) else None
        where = f"{type(self).__name__} {pressed or ''}".rstrip()
        await report(error, language=language_for(press), send=send, where=where)
