"""Checks of who may do what with a guild's music, and from where; every refusal is a UserError."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

import discord

from bot.error_handler import permission_names
from bot.errors import UserError
from bot.localization import language_for
from bot.markup import channel_mention, role_mention
from bot.music.settings import current_settings, guild_settings
from bot.texts import Language, music

if TYPE_CHECKING:
    from discord.ext import commands

    from bot.client import Bot
    from bot.lavalink import NodePool, Player, Track

Source: TypeAlias = "discord.Interaction[Bot] | commands.Context[Bot]"
"""What a person used: a button or a command."""

VoiceChannel: TypeAlias = discord.VoiceChannel | discord.StageChannel

RECOVERY_TIMEOUT = 2.0
"""Seconds; Discord wants a sign of life within 3."""


def bot_of(source: Source) -> Bot:
    """Return the bot that the person used."""
    return source.client if isinstance(source, discord.Interaction) else source.bot


def person_of(source: Source) -> discord.User | discord.Member:
    """Return the person."""
    return source.user if isinstance(source, discord.Interaction) else source.author


def pool_of(source: Source) -> NodePool:
    """Return the node pool; raises UserError where music is not set up."""
    pool = bot_of(source).lavalink
    if pool is None:
        raise UserError(music.NOT_CONFIGURED)
    return pool


async def channel_to_enter(source: Source) -> VoiceChannel:
    """Return the caller's voice channel; raises UserError where the bot cannot or should not enter it."""
    pool, channel = pool_of(source), _voice_channel_of(source)
    if channel is None:
        raise UserError(music.NOT_IN_VOICE)
    await _wait_for_recovery(source, channel.guild)
    player = pool.player(channel.guild)
    if player is not None:
        if player.channel == channel:
            return channel
        if player.track is not None and player.listeners:
            raise UserError(music.OTHER_CHANNEL, channel=channel_mention(player.channel.id))
    _check_access(channel, language_for(source))
    return channel


async def enter(source: Source, channel: VoiceChannel) -> Player:
    """Enter ``channel`` and return the guild's player; its notices go where the command came from.

    Raises LavalinkError.
    """
    player = await pool_of(source).join(channel)
    if source.channel is not None and not isinstance(
        source.channel, (discord.CategoryChannel, discord.ForumChannel)
    ):
        player.text_channel = source.channel
    stays = guild_settings(bot_of(source).state, channel.guild.id).stays
    if player.stay != stays:
        player.stay = stays
    return player


async def player_for(source: Source, *, same_channel: bool = True, dj_only: bool = False) -> Player:
    """Return the guild's player.

    Raises UserError where there is none; with ``same_channel`` where others listen in a channel
    that the caller is not in, with ``dj_only`` where the caller does not count as a DJ.
    """
    pool, guild = pool_of(source), source.guild
    if guild is None:
        raise UserError(music.NOT_CONNECTED)
    await _wait_for_recovery(source, guild)
    player = pool.player(guild)
    if player is None:
        raise UserError(music.NOT_CONNECTED)
    if same_channel and player.channel != _voice_channel_of(source) and player.listeners:
        raise UserError(music.OTHER_CHANNEL, channel=channel_mention(player.channel.id))
    if dj_only:
        check_dj(source, player)
    return player


async def playing_for(
    source: Source, *, same_channel: bool = True, dj_only: bool = False
) -> tuple[Player, Track]:
    """Return the guild's player as `player_for` does, and its current track."""
    player = await player_for(source, same_channel=same_channel, dj_only=dj_only)
    if player.track is None:
        raise UserError(music.NOT_PLAYING)
    return player, player.track


def check_dj(source: Source, player: Player | None) -> None:
    """Raise UserError where the guild has DJs and the caller does not count as one."""
    role_id = dj_role_id(source)
    if role_id is not None and not is_dj(source, player):
        raise UserError(music.DJS_ONLY, role=role_mention(role_id))


def is_dj(source: Source, player: Player | None) -> bool:
    """Tell whether the caller counts as a DJ.

    Those with the DJ role do, those who may manage the server, and whoever listens alone.
    """
    person = person_of(source)
    if not isinstance(person, discord.Member):
        return False
    role_id = dj_role_id(source)
    has_role = role_id is not None and person.get_role(role_id) is not None
    alone = player is not None and player.listeners <= 1 and person.id in player.channel.voice_states
    return has_role or alone or person.guild_permissions.manage_guild


async def _wait_for_recovery(source: Source, guild: discord.Guild) -> None:
    """Wait for restart recovery, so that no command replaces the music that is being recovered.

    Raises UserError where that takes longer than `RECOVERY_TIMEOUT`.
    """
    recovery = bot_of(source).restart_recovery
    if recovery is None:
        return
    try:
        async with asyncio.timeout(RECOVERY_TIMEOUT):
            await recovery.wait(guild.id)
    except TimeoutError as error:
        raise UserError(music.RECOVERING if pool_of(source).available else music.NO_NODE) from error


def dj_role_id(source: Source) -> int | None:
    """Return the id of the role that controls the guild's music; None: every listener does."""
    return current_settings(bot_of(source).state, source.guild).dj_role_id if source.guild else None


def _voice_channel_of(source: Source) -> VoiceChannel | None:
    person = person_of(source)
    voice = person.voice if isinstance(person, discord.Member) else None
    return voice.channel if voice else None


def _check_access(channel: VoiceChannel, language: Language) -> None:
    """Raise UserError where the bot cannot be heard in ``channel``."""
    permissions = channel.permissions_for(channel.guild.me)
    missing = [name for name in ("view_channel", "connect", "speak") if not getattr(permissions, name)]
    if missing:
        names = permission_names(missing, language)
        raise UserError(
            music.MISSING_VOICE_PERMISSIONS, channel=channel_mention(channel.id), permissions=names
        )
    full = channel.user_limit and len(channel.voice_states) >= channel.user_limit
    if full and not permissions.move_members:
        raise UserError(music.CHANNEL_FULL, channel=channel_mention(channel.id))
