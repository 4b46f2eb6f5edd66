"""Names in place of mentions of channels, for whoever can see them: Discord shows others no name either.

Words are remembered with the names that every member sees; a model reads them with those that the asker sees.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_MENTION = re.compile(r"<#(\d{1,20})>")


def with_public_channels(text: str, message: discord.Message) -> str:
    """Return a message's text with the names of channels that every member of its server sees."""
    guild = message.guild
    return text if guild is None else _named(text, message.channel_mentions, guild.default_role)


def with_channels_for(
    text: str,
    guild: discord.Guild | None,
    reader: discord.User | discord.Member | None,
    place: Collection[int] = (),
) -> str:
    """Return any text with the names of channels that ``reader`` sees; those of ``place`` they surely do."""
    if guild is None or "<#" not in text:
        return text
    ids = {int(match) for match in _MENTION.findall(text)}
    channels = [channel for id_ in ids if (channel := guild.get_channel_or_thread(id_)) is not None]
    # Who is no member, such as a webhook, sees what everybody does.
    seer = reader if isinstance(reader, discord.Member) else guild.default_role
    return _named(text, channels, seer, place)


def _named(
    text: str,
    channels: Iterable[discord.abc.GuildChannel | discord.Thread],
    reader: discord.Member | discord.Role,
    place: Collection[int] = (),
) -> str:
    names = {
        str(channel.id): channel.name
        for channel in channels
        if channel.id in place or _is_visible(channel, reader)
    }
    return _MENTION.sub(lambda match: f"#{names[match[1]]}" if match[1] in names else match[0], text)


def _is_visible(
    channel: discord.abc.GuildChannel | discord.Thread, reader: discord.Member | discord.Role
) -> bool:
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return False
    permissions = channel.permissions_for(reader)
    if isinstance(channel, discord.Thread) and channel.is_private() and not permissions.manage_threads:
        return any(member.id == reader.id for member in channel.members)
    return permissions.view_channel
