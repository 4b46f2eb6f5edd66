"""Commands for volume, sound effects, autoplay, 24/7 and DJs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import UserError
from bot.lavalink import Effect, effects_of, payload_of, toggled
from bot.localization import command_name, language_for, localised, localised_choices
from bot.markup import joined, role_mention
from bot.music import actions
from bot.music.access import check_dj, player_for, pool_of
from bot.music.controller_embed import effect_names
from bot.music.messages import announce, answer
from bot.music.settings import (
    GuildSettings,
    current_settings,
    forget_gone_role,
    guild_settings,
    save_guild_settings,
)
from bot.texts import music

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.client import Bot

UNCHANGED = -1
"""Stands for no volume given. Declared as optional, a wrong number would count as none, not as an error."""
RESET = "reset"
_SWITCH = command_name("switch", ja="切替")
_SWITCH_CHOICES = localised_choices({"on": music.ON, "off": music.OFF})


class SoundCommands(commands.Cog):
    """How music sounds, how long it goes on, and who may control it."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def forget_guild(self, guild_id: int, channel_ids: Collection[int]) -> None:  # noqa: ARG002 - none is kept
        """Forget a server's choices; see `bot.privacy.departed_guilds.KeepsGuildData`."""
        await save_guild_settings(self.bot.state, guild_id, GuildSettings())

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Say that the role of the DJs is gone, where music plays, and forget it."""
        if await forget_gone_role(self.bot.state, role.guild):
            player = self.bot.lavalink.player(role.guild) if self.bot.lavalink else None
            if player is not None:
                await announce(player.text_channel, music.DJ_ROLE_GONE(self.bot.settings.bot_language))

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Forget a role that was deleted while the bot was not there; /dj tells."""
        await forget_gone_role(self.bot.state, guild)

    @commands.hybrid_command(
        name=command_name("volume", ja="音量"),
        description=localised(music.SET_VOLUME),
        aliases=["vol"],
        usage="[0-200]",
    )
    @app_commands.rename(level=command_name("level", ja="音量"))
    @app_commands.describe(level=localised(music.VOLUME_LEVEL))
    @commands.guild_only()
    async def volume(
        self, ctx: commands.Context[Bot], level: commands.Range[int, 0, actions.MAX_VOLUME] = UNCHANGED
    ) -> None:
        """Show or change the volume."""
        if level == UNCHANGED:
            player = await player_for(ctx, same_channel=False)
            await answer(ctx, music.VOLUME(language_for(ctx), volume=player.volume))
            return
        await answer(ctx, await actions.set_volume(ctx, level))

    @commands.hybrid_command(
        name=command_name("filter", ja="フィルター"),
        description=localised(music.FILTER),
        usage="<bassboost | nightcore | vaporwave | 8d | karaoke | reset>",
    )
    @app_commands.rename(effect=command_name("effect", ja="サウンド"))
    @app_commands.describe(effect=localised(music.FILTER_EFFECT))
    @app_commands.choices(effect=localised_choices({**music.EFFECT_NAMES, RESET: music.RESET}))
    @commands.guild_only()
    async def filter(
        self,
        ctx: commands.Context[Bot],
        effect: Literal["bassboost", "nightcore", "vaporwave", "8d", "karaoke", "reset"],
    ) -> None:
        """Turn a sound effect on or off; `reset` turns all off."""
        player = await player_for(ctx, dj_only=True)
        before = effects_of(player.filter_payload)
        effects = frozenset[Effect]() if effect == RESET else toggled(before, Effect(effect))
        await player.apply_filters(payload_of(effects))
        language = language_for(ctx)
        await answer(ctx, music.EFFECTS_SET(language, effects=effect_names(effects, language)))

    @commands.hybrid_command(
        name=command_name("autoplay", ja="自動再生"),
        description=localised(music.AUTOPLAY),
        usage="[on | off]",
    )
    @app_commands.rename(switch=_SWITCH)
    @app_commands.describe(switch=localised(music.SWITCH))
    @app_commands.choices(switch=_SWITCH_CHOICES)
    @commands.guild_only()
    async def autoplay(self, ctx: commands.Context[Bot], switch: Literal["on", "off"] | None = None) -> None:
        """Have related songs follow when the queue has ended."""
        settings = await _settings_to_change(ctx)
        value = not settings.autoplays if switch is None else switch == "on"
        await _save(ctx, replace(settings, autoplays=value))
        await answer(ctx, (music.AUTOPLAY_ON if value else music.AUTOPLAY_OFF)(language_for(ctx)))

    @commands.hybrid_command(
        name=command_name("stay", ja="常駐"),
        description=localised(music.STAY),
        aliases=["247"],
        usage="[on | off]",
    )
    @app_commands.rename(switch=_SWITCH)
    @app_commands.describe(switch=localised(music.SWITCH))
    @app_commands.choices(switch=_SWITCH_CHOICES)
    @commands.guild_only()
    async def stay(self, ctx: commands.Context[Bot], switch: Literal["on", "off"] | None = None) -> None:
        """Stay in the voice channel around the clock."""
        settings = await _settings_to_change(ctx)
        value = not settings.stays if switch is None else switch == "on"
        await _save(ctx, replace(settings, stays=value))
        await answer(ctx, (music.STAY_ON if value else music.STAY_OFF)(language_for(ctx)))

    @commands.hybrid_command(
        name=command_name("dj", ja="dj"), description=localised(music.DJ), usage="[@role] [on | off]"
    )
    @app_commands.rename(role=command_name("role", ja="ロール"), votes=command_name("votes", ja="投票"))
    @app_commands.describe(role=localised(music.DJ_ROLE), votes=localised(music.DJ_VOTES))
    @app_commands.choices(votes=_SWITCH_CHOICES)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_installs(guilds=True, users=False)
    @commands.guild_only()
    async def dj(
        self,
        ctx: commands.Context[Bot],
        role: discord.Role | None = None,
        votes: Literal["on", "off"] | None = None,
    ) -> None:
        """Show or choose who controls the music, and whether skips need votes."""
        if ctx.guild is None:
            return
        before = settings = current_settings(ctx.bot.state, ctx.guild)
        settings = replace(settings, dj_role_gone=False)  # This answer tells.
        if role is not None:
            settings = replace(settings, dj_role_id=None if role.is_default() else role.id)
        if votes is not None:
            settings = replace(settings, votes=votes == "on")
        await _save(ctx, settings)
        language = language_for(ctx)
        role_id = settings.dj_role_id
        who = music.DJ_EVERYBODY(language) if role_id is None else role_mention(role_id)
        votes_text = (music.ON if settings.votes else music.OFF)(language)
        shown = music.DJ_SETTINGS(language, who=who, votes=votes_text)
        if before.dj_role_gone and role is None:
            shown = joined("\n", (music.DJ_ROLE_GONE(language), shown))
        await answer(ctx, shown)


async def _settings_to_change(ctx: commands.Context[Bot]) -> GuildSettings:
    """Return the guild's settings; raises UserError where the caller may not change them."""
    if ctx.guild is None:
        raise UserError(music.NOT_CONNECTED)
    player = pool_of(ctx).player(ctx.guild)
    check_dj(ctx, player if player is None else await player_for(ctx))
    return guild_settings(ctx.bot.state, ctx.guild.id)


async def _save(ctx: commands.Context[Bot], settings: GuildSettings) -> None:
    """Save the settings, and apply them to the player and its controller."""
    if ctx.guild is None:
        return
    await save_guild_settings(ctx.bot.state, ctx.guild.id, settings)
    player = pool_of(ctx).player(ctx.guild)
    if player is not None:
        player.stay = settings.stays
        ctx.bot.dispatch("music_changed", player)
