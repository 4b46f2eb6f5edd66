"""Sentences about music: answers to commands, and notices that the bot posts on its own account."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.colours import BLURPLE

if TYPE_CHECKING:
    from discord.ext import commands

    from bot.client import Bot

log = logging.getLogger(__name__)


def sentence_embed(sentence: str) -> discord.Embed:
    """Return one sentence in an embed, where nothing pings and no link unfolds."""
    return discord.Embed(description=sentence, colour=BLURPLE)


async def answer(ctx: commands.Context[Bot], sentence: str) -> None:
    """Answer a command with one sentence."""
    await ctx.send(embed=sentence_embed(sentence))


async def announce(channel: discord.abc.MessageableChannel | None, sentence: str) -> None:
    """Post a notice in ``channel``, if there is one; where Discord refuses it, log that and go on."""
    if channel is None:
        return
    try:
        await channel.send(embed=sentence_embed(sentence))
    except discord.HTTPException as error:
        log.info("Channel %s: cannot write about music: %s", channel.id, error)
