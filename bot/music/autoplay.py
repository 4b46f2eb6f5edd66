"""Related songs that follow when the queue has ended."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.lavalink import LavalinkError, Requester
from bot.music.settings import guild_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.client import Bot
    from bot.lavalink import NodePool, Player, Track

log = logging.getLogger(__name__)

MIX_URL = "https://www.youtube.com/watch?v={0}&list=RD{0}"
"""YouTube's own mix of songs like the one with this id."""
RECENT_TRACKS = 50
"""How many of the latest songs are not played again."""
MAX_FAILURES = 3
"""Songs in a row that may fail before autoplay waits for a person."""


class Autoplay:
    """Adds one related song at a time, so that what people request comes next."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._failures: dict[int, int] = {}

    def is_on(self, player: Player) -> bool:
        """Whether the guild wants it."""
        return guild_settings(self._bot.state, player.guild_id).autoplays

    def note_start(self, player: Player, track: Track) -> None:
        """Forget the failures once a person's song plays."""
        if self._bot.user is None or track.requester.id != self._bot.user.id:
            self._failures.pop(player.guild_id, None)

    async def after_end(self, player: Player) -> bool:
        """Continue after the last song of the queue; returns whether there is a song to play."""
        return self.is_on(player) and await self._add_related(player)

    async def after_failure(self, player: Player) -> bool:
        """Continue after a song that could not be played, unless others wait or it happens too often."""
        if not self.is_on(player) or player.music_queue:
            return False
        failures = self._failures[player.guild_id] = self._failures.get(player.guild_id, 0) + 1
        return failures <= MAX_FAILURES and await self._add_related(player)

    def forget(self, guild_id: int) -> None:
        """Forget a guild whose music is over."""
        self._failures.pop(guild_id, None)

    async def _add_related(self, player: Player) -> bool:
        pool, me = self._bot.lavalink, self._bot.user
        history = player.music_queue.history
        if pool is None or me is None or not history:
            return False
        recent = {track.identifier for track in history[:RECENT_TRACKS]}
        for seed in history[:MAX_FAILURES]:
            try:
                related = await related_to(seed, pool, Requester.of(me))
            except LavalinkError as error:
                log.info("Guild %s: no mix for %s: %s", player.guild_id, seed.identifier, error)
                continue
            fresh = next((track for track in related if track.identifier not in recent), None)
            if fresh is not None:
                # Somebody may have asked for a song meanwhile; then this one waits behind it.
                return await player.enqueue([fresh]) > 0
        return False


async def related_to(seed: Track, pool: NodePool, requester: Requester) -> Sequence[Track]:
    """Return songs like ``seed``, best first; for one that is not from YouTube, like its copy there.

    Raises LavalinkError.
    """
    if seed.source != "youtube":
        found = await pool.search(f"{seed.title} {seed.author}", requester)
        seed = found.tracks[0]
    return (await pool.search(MIX_URL.format(seed.identifier), requester)).tracks
