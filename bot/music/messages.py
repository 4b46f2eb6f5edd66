"""Sentences about music: answers to commands, and notices that the bot posts on its own account."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.colours import BLURPLE
from bot.discord_limits import MESSAGE_LENGTH
from bot.error_handler import permission_names
from bot.escaping import Label, label, truncate
from bot.localization import language_for
from bot.texts import errors

if TYPE_CHECKING:
    from discord.ext import commands

    from bot.client import Bot

PART_LENGTH = 250
"""Characters of an embed's author or footer in plain words."""

log = logging.getLogger(__name__)


def sentence_embed(sentence: Label) -> discord.Embed:
    """Return one sentence in an embed, where nothing pings and no link unfolds."""
    return discord.Embed(description=sentence, colour=BLURPLE)


async def answer(ctx: commands.Context[Bot], sentence: Label) -> None:
    """Answer a command with one sentence; in plain words, with the reason, where embeds are not allowed."""
    if ctx.bot_permissions.embed_links:
        await ctx.send(embed=sentence_embed(sentence))
        return
    language = language_for(ctx)
    missing = errors.BOT_MISSING_PERMISSIONS(
        language, permissions=permission_names(["embed_links"], language)
    )
    await ctx.send(f"{sentence}\n{missing}", suppress_embeds=True)


def may_embed(channel: object) -> bool:
    """Tell whether the bot may post embeds in a channel, as far as its permissions there are known."""
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return True
    return channel.permissions_for(channel.guild.me).embed_links


def may_write(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    """Tell whether the bot may post messages in a channel."""
    held = channel.permissions_for(channel.guild.me)
    is_thread = isinstance(channel, discord.Thread)
    return held.view_channel and (held.send_messages_in_threads if is_thread else held.send_messages)


def plain_words(embed: discord.Embed) -> str:
    """Return what an embed says as the content of a message, for places where embeds are not allowed."""
    title = f"**{embed.title}**" if embed.title else None
    fields = (f"**{field.name}**\n{field.value}" for field in embed.fields)
    # Discord knows no Markdown in these two, so they may hold others' words as they are.
    author, footer = (
        label(part, PART_LENGTH) if part else None for part in (embed.author.name, embed.footer.text)
    )
    parts = (author, title, embed.description, *fields, footer)
    return truncate("\n".join(part for part in parts if part), MESSAGE_LENGTH)


async def announce(channel: discord.abc.MessageableChannel | None, sentence: Label) -> None:
    """Post a notice in ``channel``, if there is one; where Discord refuses it, log that and go on."""
    if channel is None:
        return
    try:
        if may_embed(channel):
            await channel.send(embed=sentence_embed(sentence))
        else:
            await channel.send(sentence, suppress_embeds=True)
    except discord.HTTPException as error:
        log.info("Channel %s: cannot write about music: %s", channel.id, error)
