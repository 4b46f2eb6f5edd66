"""Keeps other bots from being refused without end: each answers a refusal with its next question."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import discord

log = logging.getLogger(__name__)


class Refusals:
    """Lets people be told of everything, and a bot or webhook of one refusal until it has had an answer.

    Only those of CHAT_BOT_IDS come here, so that there are no more of them than that has ids.
    """

    def __init__(self) -> None:
        self._refused: set[int] = set()

    def to(
        self, asker: discord.User | discord.Member | None, send: Callable[[str], Awaitable[object]]
    ) -> Callable[[str], Awaitable[object]]:
        """Return what sends a refusal to ``asker``, if they are still to be told."""

        async def refuse(notice: str) -> None:
            if asker is not None and asker.bot:
                if asker.id in self._refused:
                    log.debug("The bot %s was refused again and is not told", asker.id)
                    return
                self._refused.add(asker.id)
            await send(notice)

        return refuse

    def note_answer(self, asker: discord.User | discord.Member | None) -> None:
        """Note that somebody has had an answer."""
        if asker is not None:
            self._refused.discard(asker.id)
