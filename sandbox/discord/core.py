"""What every part of the stand-in shares: the world, the gateway sessions and the people's event log."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

from sandbox.discord import objects, render
from sandbox.discord.errors import missing_access, missing_permissions
from sandbox.discord.events import EventLog
from sandbox.discord.permissions import VIEW_CHANNEL
from sandbox.discord.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Collection

    from sandbox.discord.wire import Json
    from sandbox.discord.world import World


class Core:
    """Tells the bot (gateway) and the people (event log) what happens in the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sessions = Sessions(world.bot_id)
        self.events = EventLog()
        self.bot_online = asyncio.Event()
        self.ephemeral_reader: dict[str, str] = {}

    def dispatch(self, event: str, data: Json, guild_id: str | None, *, own: bool = False) -> None:
        """Send a gateway event to the bot's shard that holds the guild (None: direct messages).

        ``own``: it concerns the bot itself, so that it needs no intent.
        """
        if guild_id is not None and self.world.bot_id not in self.world.guild(guild_id).members:
            return
        self.sessions.dispatch(event, data, guild_id, own=own)

    def dispatch_in(self, channel: Json, event: str, data: Json) -> None:
        """Send a gateway event about a channel, if the bot can see that channel."""
        if self.world.permissions(channel, self.world.bot_id) & VIEW_CHANNEL:
            self.dispatch(event, data, channel.get("guild_id"))

    def find_message(self, channel_id: str, message_id: str) -> Json:
        """Return a message, an ephemeral one too; raises ApiError 10008."""
        hidden = self.world.ephemeral.get(channel_id, {}).get(message_id)
        return self.world.message(channel_id, message_id) if hidden is None else hidden

    def channel(self, channel_id: str, bits: int = 0) -> Json:
        """Return a channel that the bot sees; raises ApiError 10003, or as `require` does."""
        channel = self.world.channel(channel_id)
        self.require(channel, bits)
        return channel

    def require(self, channel: Json, bits: int) -> None:
        """Raise ApiError 50001 or 50013 unless the bot sees the channel and holds every one of ``bits``."""
        held = self.world.permissions(channel, self.world.bot_id)
        if not held & VIEW_CHANNEL:
            raise missing_access()
        if held & bits != bits:
            raise missing_permissions()

    def message_changed(self, kind: str, message: Json) -> None:
        """Tell everybody that a message came (``create``) or changed (``update``)."""
        channel = self.world.channel(message["channel_id"])
        reader = self.ephemeral_reader.get(message["id"])
        viewer = reader or self.world.meta["me"]
        self.events.add(f"message_{kind}", render.message_event(self.world, message, viewer), user=reader)
        if reader is None:
            data = render.message_event(self.world, message, self.world.bot_id)
            self.dispatch_in(channel, f"MESSAGE_{kind.upper()}", data)

    def message_deleted(self, message: Json) -> None:
        """Tell everybody that a message is gone."""
        channel = self.world.channel(message["channel_id"])
        data = {"id": message["id"], "channel_id": channel["id"]}
        if channel["type"] != objects.DM:
            data["guild_id"] = channel["guild_id"]
        reader = self.ephemeral_reader.pop(message["id"], None)
        self.events.add("message_delete", data, user=reader)
        if reader is None:
            self.dispatch_in(channel, "MESSAGE_DELETE", data)

    def messages_deleted(self, channel: Json, message_ids: Collection[str]) -> None:
        """Tell everybody that messages of a guild's channel are gone, all at once."""
        place = {"channel_id": channel["id"], "guild_id": channel["guild_id"]}
        for message_id in message_ids:
            self.events.add("message_delete", {"id": message_id, **place})
        if message_ids:
            self.dispatch_in(channel, "MESSAGE_DELETE_BULK", {"ids": list(message_ids), **place})

    def typing(self, channel: Json, user_id: str) -> None:
        """Tell everybody that somebody types."""
        data: Json = {"channel_id": channel["id"], "user_id": user_id, "timestamp": int(time.time())}
        if channel["type"] != objects.DM:
            guild = self.world.guilds[channel["guild_id"]]
            data["guild_id"] = guild.id
            data["member"] = render.member(self.world, guild.members[user_id])
        self.events.add("typing_start", data)
        self.dispatch_in(channel, "TYPING_START", data)

    def channel_changed(self, kind: str, channel: Json) -> None:
        """Tell everybody that a channel (or thread) was made, changed or deleted."""
        noun = "THREAD" if "thread_metadata" in channel else "CHANNEL"
        data = render.channel(self.world, channel, self.world.bot_id)
        new = {"newly_created": True} if (noun, kind) == ("THREAD", "create") else {}
        self.dispatch(f"{noun}_{kind.upper()}", data | new, channel.get("guild_id"))
        self.events.add("channel_update", data | {"change": kind})

    def bot_status(self) -> None:
        """Tell people whether the bot is connected."""
        if self.sessions.online:
            self.bot_online.set()
        else:
            self.bot_online.clear()
        self.events.add("bot_status", {"online": self.sessions.online})

    def secret(self) -> str:
        """Return a fresh unguessable token."""
        return secrets.token_urlsafe(48)
