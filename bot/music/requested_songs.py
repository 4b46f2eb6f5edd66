"""Cog: the songs that somebody asked for, as long as they are queued or saved; theirs to see and to leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ext import commands

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.lavalink import RestartRecovery
    from bot.storage.json_value import Json


class RequestedSongs(commands.Cog):
    """Gives and forgets who asked for a song; the song itself is the server's, and stays."""

    def __init__(self, recovery: RestartRecovery) -> None:
        self._recovery = recovery

    async def personal_data(self, user_id: int) -> Mapping[str, Sequence[Json]]:
        """Return what is known of a person, by kind; see `bot.privacy.commands.KeepsPersonalData`."""
        return {"requested_songs": [track.title for track in self._recovery.requested_by(user_id)]}

    async def forget_person(self, user_id: int, snowflake: int) -> None:  # noqa: ARG002 - all of it is older
        """Forget who asked for this person's songs."""
        await self._recovery.forget_requester(user_id)
