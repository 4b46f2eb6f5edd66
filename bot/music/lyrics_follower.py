"""The lines of a song as they are sung, for the controller of one guild."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from bot.background_tasks import cancel_and_wait
from bot.errors import SpokenError
from bot.escaping import Label, label
from bot.markup import composed, joined
from bot.texts import music_library as texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.lavalink import Player, Track
    from bot.lyrics.lyrics import Lyrics
    from bot.texts import Language

LINE_INTERVAL = 2.5
"""Seconds between two lines that are shown: Discord takes 5 edits in 5 seconds from a channel, of which the
answers to people want some, too. Of lines that follow faster, some are seen only as the one before."""
GLANCE = 0.5
"""Seconds after which it is looked at again where the music is: it may be sought, paused, or go faster."""
LEAD_MS = 300
"""How much sooner a line is shown than sung, for the way of an edit to people's screens."""
LINES_AFTER = 2
_PAUSE_SIGN = label("♪")


class LineBudget:
    """How many lines may be shown in all servers together: Discord takes 50 requests a second from a bot.

    https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
    """

    def __init__(self, rate: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        """``rate`` is in lines a second; as many may come at once."""
        self._rate = rate
        self._clock = clock
        self._left, self._at = rate, clock()

    def take(self) -> bool:
        """Count one line, if there is room for it; returns whether there is."""
        now = self._clock()
        self._left = min(self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class LyricsFollower:
    """Follows one song at a time; `lines` is what to show now, None where nobody follows."""

    def __init__(
        self,
        find: Callable[[Track], Awaitable[Lyrics]],
        language: Language,
        on_line: Callable[[], None],
        *,
        may_show: Callable[[], bool] = lambda: True,
    ) -> None:
        """``find`` returns timed lyrics if there are any, ``on_line`` is called for another line.

        Where ``may_show`` says no, a line waits, or is passed over.
        """
        self._may_show = may_show
        self._find = find
        self._language: Language = language
        self._on_line = on_line
        self._track: Track | None = None
        self._task: asyncio.Task[None] | None = None
        self.lines: Label | None = None

    def follow(self, player: Player) -> None:
        """Follow the current song of a player, if it is not followed already."""
        track = player.track
        if track is None:
            self.stop()
        elif track is not self._track:
            self.stop()
            self._track = track
            self._task = asyncio.create_task(self._follow(player, track))

    def stop(self) -> None:
        """Follow nothing any more."""
        if self._task is not None:
            self._task.cancel()
        self._track = self.lines = None

    async def close(self) -> None:
        """Follow nothing any more; return when that is over."""
        self.stop()
        await cancel_and_wait(self._task)

    async def _follow(self, player: Player, track: Track) -> None:
        self._show(texts.LYRICS_LOOKED_UP(self._language))
        try:
            lyrics = await self._find(track)
        except SpokenError as error:
            self._show(error.in_language(self._language))
            return
        if not lyrics.is_timed:
            text = texts.LYRICS_UNTIMED if lyrics.lines else texts.INSTRUMENTAL
            self._show(text(self._language))
            return
        shown: int | None = None
        while player.track is track:
            line = lyrics.line_at(player.position_ms + LEAD_MS)
            if line == shown or not self._may_show():
                await asyncio.sleep(GLANCE)
                continue
            shown = line
            self._show(lines_around(lyrics, line))
            await asyncio.sleep(LINE_INTERVAL)

    def _show(self, lines: Label) -> None:
        self.lines = lines
        self._on_line()


def lines_around(lyrics: Lyrics, index: int) -> Label:
    """Return the line that is sung (-1: none yet) between the one before and those to come."""
    before = [_line(lyrics, index - 1)] if index > 0 else []
    sung = composed("**{}**", _line(lyrics, index) if index >= 0 else _PAUSE_SIGN)
    end = min(index + 1 + LINES_AFTER, len(lyrics.lines))
    return joined("\n", [*before, sung, *(_line(lyrics, later) for later in range(index + 1, end))])


def _line(lyrics: Lyrics, index: int) -> Label:
    words = lyrics.lines[index][1]
    return label(words) if words else _PAUSE_SIGN
