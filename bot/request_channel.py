"""The channel of a server in which every message is a song; kept in the state.

Chat chooses it with its other channels and leaves it alone, music serves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import discord

    from bot.client import Bot
    from bot.storage.state import State

CHANGED = "request_channel_changed"
"""The event, with the server's id, after which music looks again."""


@dataclass(frozen=True, slots=True)
class RequestChannel:
    """A channel, and the id (a snowflake) from which on its messages are requests: none before is touched."""

    channel_id: int
    since: int

    def takes(self, message: discord.Message) -> bool:
        """Tell whether a message was written in it since it is a request channel."""
        return message.channel.id == self.channel_id and message.id > self.since


def request_channel(state: State, guild_id: int) -> RequestChannel | None:
    """Return a server's request channel, None where there is none."""
    saved = state.get(_key(guild_id))
    if not isinstance(saved, Mapping):
        return None
    channel_id, since = saved.get("channel"), saved.get("since")
    if not isinstance(channel_id, int) or not isinstance(since, int):
        return None
    return RequestChannel(channel_id, since)


async def choose_request_channel(bot: Bot, guild_id: int, channel: RequestChannel | None) -> None:
    """Make a channel the request channel of its server, in place of the one before; None: there is none."""
    if channel is None:
        await bot.state.delete(_key(guild_id))
    else:
        await bot.state.put(_key(guild_id), {"channel": channel.channel_id, "since": channel.since})
    bot.dispatch(CHANGED, guild_id)


def _key(guild_id: int) -> str:
    return f"music.requests.{guild_id}"
