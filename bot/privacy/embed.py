"""The embed of ``/privacy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.colours import BLURPLE
from bot.markup import number, timestamp
from bot.texts import privacy as texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.storage.json_value import Json
    from bot.telemetry.personal_data import Holding, Stored
    from bot.texts import Language


def privacy_embed(
    stored: Stored | None,
    remembered: Mapping[str, Sequence[Json]],
    language: Language,
    *,
    opted_out: bool,
    is_sent: bool,
) -> discord.Embed:
    """Return what is stored (None: telemetry is off) and remembered of the reader."""
    embed = discord.Embed(
        title=texts.TITLE(language), description=texts.INTRODUCTION(language), colour=BLURPLE
    )
    if stored is None:
        embed.description = texts.NOT_STORED(language)
    else:
        for holding in stored.holdings:
            embed.add_field(
                name=texts.TABLES[holding.table](language), value=_amount(holding, language), inline=False
            )
    for kind, items in remembered.items():
        embed.add_field(
            name=texts.REMEMBERED[kind](language),
            value=texts.ROWS(language, count=number(len(items))),
            inline=False,
        )
    if stored is not None:
        state = texts.RECORDING_OFF(language) if opted_out else texts.RECORDING_ON(language)
        if not is_sent:
            state += f"\n{texts.NOT_SENT_YET(language)}"
        embed.add_field(name=texts.RECORDING(language), value=state, inline=False)
        if not stored.is_complete:
            embed.description = f"{embed.description}\n{texts.DATABASE_AWAY(language)}"
    return embed


def _amount(holding: Holding, language: Language) -> str:
    count = number(holding.rows)
    if holding.since is None:
        text = texts.ROWS(language, count=count)
    else:
        text = texts.SINCE(language, count=count, since=timestamp(holding.since, "D"))
    if holding.waiting:
        text += f"\n{texts.WAITING(language, count=number(holding.waiting))}"
    return text
