"""A guild's music settings, stored in `bot.state`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import discord

    from bot.storage.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """What the people who may manage a guild have chosen for it."""

    dj_role_id: int | None = None
    """The role that may control the music; None: every listener."""
    dj_role_gone: bool = False
    """Whether it is None because the role was deleted, which nobody has been told yet."""
    votes: bool = True
    """Whether a skip needs the votes of most listeners."""
    stays: bool = False
    """Whether the bot stays in its voice channel for good (24/7)."""
    autoplays: bool = False
    """Whether related songs follow when the queue has ended."""
    follows_lyrics: bool = False
    """Whether the controller shows the line that is sung."""


def guild_settings(state: State, guild_id: int) -> GuildSettings:
    """Return a guild's settings; what was never chosen, or is no longer understood, has its default."""
    stored = state.get(_key(guild_id))
    chosen = GuildSettings()
    if not isinstance(stored, Mapping):
        return chosen
    role_id = stored.get("dj_role_id")
    if isinstance(role_id, int):
        chosen = replace(chosen, dj_role_id=role_id)
    return replace(
        chosen,
        dj_role_gone=stored.get("dj_role_gone") is True,
        votes=stored.get("votes") is not False,
        stays=stored.get("stays") is True,
        autoplays=stored.get("autoplays") is True,
        follows_lyrics=stored.get("follows_lyrics") is True,
    )


def current_settings(state: State, guild: discord.Guild) -> GuildSettings:
    """Return a guild's settings as they apply now: a role that was deleted controls nothing."""
    settings = guild_settings(state, guild.id)
    role_id = settings.dj_role_id
    if role_id is None or guild.unavailable or guild.get_role(role_id) is not None:
        return settings
    return replace(settings, dj_role_id=None, dj_role_gone=True)


async def forget_gone_role(state: State, guild: discord.Guild) -> bool:
    """Forget the id of a role that was deleted; returns whether there was one."""
    settings = current_settings(state, guild)
    if settings == guild_settings(state, guild.id):
        return False
    await save_guild_settings(state, guild.id, settings)
    return True


async def save_guild_settings(state: State, guild_id: int, settings: GuildSettings) -> None:
    """Store a guild's settings; defaults are not stored."""
    if settings == GuildSettings():
        await state.delete(_key(guild_id))
    else:
        await state.put(_key(guild_id), asdict(settings))


def _key(guild_id: int) -> str:
    return f"music.settings.{guild_id}"
