"""What exists: users, guilds with roles and members, channels, messages, commands, voice states.

Objects are kept in the shapes of Discord's API, ids as strings, users by id where a payload repeats them
(`sandbox.discord.render` puts them in). Whoever changes one says so with `World.touch`.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sandbox.discord import objects
from sandbox.discord.errors import unknown
from sandbox.discord.guild import Guild
from sandbox.discord.permissions import DIRECT_MESSAGE
from sandbox.discord.snowflake import Snowflakes
from sandbox.discord.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.discord.wire import Json


class World:
    """The state of the stand-in; kept in ``path`` when that is not None."""

    def __init__(self, path: Path | None) -> None:
        self.users: dict[str, Json] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Json] = {}
        self.messages: dict[str, dict[str, Json]] = {}
        """By channel, then by id, oldest first."""
        self.ephemeral: dict[str, dict[str, Json]] = {}
        """Those that one person sees, likewise; as in Discord they do not outlive the session."""
        self.reactions: dict[str, list[Json]] = {}
        """By message: ``{"emoji": {…}, "users": [id, …]}``."""
        self.commands: dict[str, Json] = {}
        self.voice_states: dict[tuple[str, str], Json] = {}
        """By guild and user; not kept across restarts, as people leave when Discord goes."""
        self.voice_statuses: dict[str, str] = {}
        """By voice channel; those that have none are not in it. They go with the people in the channel."""
        self.meta: Json = {}
        self.base_url = ""
        """The stand-in's own address, once it listens."""
        self.store = Store(path)
        self.fresh = not self._load()
        self.new_id = Snowflakes(max(map(int, self._ids()), default=0))
        if self.fresh:
            self.meta = {"bot_id": self.new_id()}
            self.meta["token"] = _token(self.meta["bot_id"])
            self.touch("meta", "meta")

    @property
    def bot_id(self) -> str:
        """The bot user's id, which is the application's too."""
        return self.meta["bot_id"]

    def _ids(self) -> list[str]:
        messages = [message_id for channel in self.messages.values() for message_id in channel]
        return [*self.users, *self.guilds, *self.channels, *self.commands, *messages]

    def _load(self) -> bool:
        for kind, key, value in self.store.load():
            self._put(kind, key, value)
        return bool(self.meta)

    def _put(self, kind: str, key: str, value: Any) -> None:  # noqa: ANN401 - JSON of any kind
        if kind == "guild":
            self.guilds[key] = Guild(**value)
        elif kind == "message":
            self.messages.setdefault(value["channel_id"], {})[key] = value
        elif kind == "meta":
            self.meta = value
        else:
            self._plain(kind)[key] = value

    def _plain(self, kind: str) -> dict[str, Any]:
        return {
            "user": self.users,
            "channel": self.channels,
            "reactions": self.reactions,
            "command": self.commands,
        }[kind]

    def record(self, kind: str, key: str) -> object | None:
        """Return the present value of a record for the store, None when it is gone."""
        if kind == "guild":
            guild = self.guilds.get(key)
            return None if guild is None else asdict(guild)
        if kind == "message":
            return next((messages[key] for messages in self.messages.values() if key in messages), None)
        if kind == "meta":
            return self.meta
        return self._plain(kind).get(key)

    def touch(self, kind: str, key: str) -> None:
        """Note that a record (user, guild, channel, message, reactions, command, meta) changed or went."""
        self.store.touch(kind, key)

    def guild(self, guild_id: str) -> Guild:
        """Return a guild; raises ApiError 10004."""
        if guild_id not in self.guilds:
            raise unknown("Guild")
        return self.guilds[guild_id]

    def bot_guilds(self) -> list[Guild]:
        """Return the guilds that the bot is in."""
        return [guild for guild in self.guilds.values() if self.bot_id in guild.members]

    def channel(self, channel_id: str) -> Json:
        """Return a channel; raises ApiError 10003."""
        if channel_id not in self.channels:
            raise unknown("Channel")
        return self.channels[channel_id]

    def user(self, user_id: str) -> Json:
        """Return a user; raises ApiError 10013."""
        if user_id not in self.users:
            raise unknown("User")
        return self.users[user_id]

    def member(self, guild: Guild, user_id: str) -> Json:
        """Return a guild's member; raises ApiError 10007."""
        if user_id not in guild.members:
            raise unknown("Member")
        return guild.members[user_id]

    def message(self, channel_id: str, message_id: str) -> Json:
        """Return a message; raises ApiError 10008."""
        message = self.messages.get(channel_id, {}).get(message_id)
        if message is None:
            raise unknown("Message")
        return message

    def permissions(self, channel: Json, user_id: str) -> int:
        """Return what a user may do in a channel, direct messages and threads included."""
        if channel["type"] == objects.DM:
            return DIRECT_MESSAGE if user_id in {self.bot_id, channel["recipient_id"]} else 0
        guild = self.guilds[channel["guild_id"]]
        source = self.channels[channel["parent_id"]] if channel["type"] in objects.THREADS else channel
        return guild.channel_permissions(source, user_id)

    def channels_of(self, guild_id: str) -> list[Json]:
        """Return a guild's channels without threads, by position."""
        found = [
            channel
            for channel in self.channels.values()
            if channel.get("guild_id") == guild_id and channel["type"] not in objects.THREADS
        ]
        return sorted(found, key=lambda channel: (channel["position"], int(channel["id"])))

    def threads_of(self, guild_id: str) -> list[Json]:
        """Return a guild's threads."""
        return [
            channel
            for channel in self.channels.values()
            if channel.get("guild_id") == guild_id and channel["type"] in objects.THREADS
        ]

    def direct_channel(self, user_id: str) -> Json:
        """Return the channel between the bot and a user, made when there is none."""
        for channel in self.channels.values():
            if channel.get("recipient_id") == user_id:
                return channel
        channel = objects.direct_channel(self.new_id(), self.user(user_id)["id"])
        self.channels[channel["id"]] = channel
        self.touch("channel", channel["id"])
        return channel

    def remove_channel(self, channel_id: str) -> None:
        """Forget a channel with its threads and messages."""
        children = [key for key, value in self.channels.items() if value.get("parent_id") == channel_id]
        for child in children:
            if self.channels[child]["type"] in objects.THREADS:
                self.remove_channel(child)
            else:
                self.channels[child]["parent_id"] = None
                self.touch("channel", child)
        for message_id in list(self.messages.get(channel_id, {})):
            self.remove_message(channel_id, message_id)
        del self.channels[channel_id]
        self.touch("channel", channel_id)

    def remove_message(self, channel_id: str, message_id: str) -> None:
        """Forget a message and its reactions."""
        del self.messages[channel_id][message_id]
        self.touch("message", message_id)
        if self.reactions.pop(message_id, None) is not None:
            self.touch("reactions", message_id)


def _token(bot_id: str) -> str:
    """Return a token of Discord's form: the id in base64, a time, a signature."""
    head = base64.urlsafe_b64encode(bot_id.encode()).decode().rstrip("=")
    return f"{head}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
