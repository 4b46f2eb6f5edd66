"""The embed of `/top`."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

import discord

from bot.colours import BLURPLE
from bot.escaping import label
from bot.markup import composed, joined
from bot.texts import Language, music_library

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.escaping import Label
    from bot.telemetry.charts import Charts

NAME_LIMIT = 40
"""Characters, each of which may need another to escape it; ten lines have to fit into 1,024."""
MEDALS: tuple[LiteralString, ...] = ("🥇", "🥈", "🥉")


def charts_embed(charts: Charts, period: str, language: Language, bot_id: int) -> discord.Embed:
    """Return the charts; what the bot itself requested (autoplay) is left out of the requesters."""
    embed = discord.Embed(title=music_library.TOP_TITLES[period](language), colour=BLURPLE)
    if not charts.songs:
        embed.description = music_library.TOP_EMPTY(language)
        return embed
    people = [(name, count) for user_id, name, count in charts.listeners if user_id != str(bot_id)]
    embed.add_field(
        name=music_library.TOP_SONGS(language), value=_places(charts.songs, language), inline=False
    )
    if people:
        embed.add_field(
            name=music_library.TOP_LISTENERS(language), value=_places(people, language), inline=False
        )
    return embed


def _places(entries: Iterable[tuple[str, int]], language: Language) -> Label:
    lines = (
        music_library.TOP_LINE(
            language,
            place=composed(MEDALS[place]) if place < len(MEDALS) else composed("`{}.`", place + 1),
            name=label(name, NAME_LIMIT),
            count=count,
        )
        for place, (name, count) in enumerate(entries)
    )
    return joined("\n", lines)
