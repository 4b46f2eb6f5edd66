"""Who may do what with the music of a guild, and from where; every refusal is a UserError."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import discord

from bot.error_handler import permission_names
from bot.errors import UserError
from bot.localization import language_for
from bot.texts import Language, music

if TYPE_CHECKING:
    from discord.ext import commands

    from bot.client import Bot
    from bot.lavalink import NodePool, Player, Track

VoiceChannel: TypeAlias = discord.VoiceChannel | discord.StageChannel


def pool_of(ctx: commands.Context[Bot]) -> NodePool:
    """Return the node pool."""
    if ctx.bot.lavalink is None:
        raise UserError(music.NOT_CONFIGURED)
    return ctx.bot.lavalink


def channel_to_enter(ctx: commands.Context[Bot]) -> VoiceChannel:
    """Return the caller's voice channel, if the bot can and should enter it."""
    pool, channel = pool_of(ctx), _voice_channel_of(ctx)
    if channel is None:
        raise UserError(music.NOT_IN_VOICE)
    player = pool.player(channel.guild)
    if player is not None:
        if player.channel == channel:
            return channel
        if player.track is not None and player.listeners:
            raise UserError(music.OTHER_CHANNEL, channel=player.channel.mention)
    _check_access(channel, language_for(ctx))
    return channel


def player_for(ctx: commands.Context[Bot], *, controls: bool = True) -> Player:
    """Return the guild's player; to control it, the caller must hear it, unless nobody does."""
    pool = pool_of(ctx)
    player = pool.player(ctx.guild) if ctx.guild else None
    if player is None:
        raise UserError(music.NOT_CONNECTED)
    if controls and player.channel != _voice_channel_of(ctx) and player.listeners:
        raise UserError(music.OTHER_CHANNEL, channel=player.channel.mention)
    return player


def playing_for(ctx: commands.Context[Bot], *, controls: bool = True) -> tuple[Player, Track]:
    """Return the guild's player as `player_for` does, and its current track."""
    player = player_for(ctx, controls=controls)
    if player.track is None:
        raise UserError(music.NOT_PLAYING)
    return player, player.track


def _voice_channel_of(ctx: commands.Context[Bot]) -> VoiceChannel | None:
    voice = ctx.author.voice if isinstance(ctx.author, discord.Member) else None
    return voice.channel if voice else None


def _check_access(channel: VoiceChannel, language: Language) -> None:
    """Raise UserError where the bot cannot be heard in ``channel``."""
    permissions = channel.permissions_for(channel.guild.me)
    missing = [name for name in ("view_channel", "connect", "speak") if not getattr(permissions, name)]
    if missing:
        names = permission_names(missing, language)
        raise UserError(music.MISSING_VOICE_PERMISSIONS, channel=channel.mention, permissions=names)
    full = channel.user_limit and len(channel.voice_states) >= channel.user_limit
    if full and not permissions.move_members:
        raise UserError(music.CHANNEL_FULL, channel=channel.mention)
