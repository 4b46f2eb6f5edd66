"""Reactions to messages.

https://discord.com/developers/docs/resources/message#reaction-object
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.discord import objects, render
from sandbox.discord.errors import ApiError, unknown

if TYPE_CHECKING:
    from sandbox.discord.core import Core
    from sandbox.discord.wire import Json

KINDS = 20
"""Different emojis on one message."""
_CUSTOM = re.compile(r"(?:<a?:)?(\w{2,32}):(\d{15,20})>?")


def parse_emoji(text: str) -> Json:
    """Return the emoji object of ``👍`` or ``name:id``; raises ApiError 10014 for plain words."""
    custom = _CUSTOM.fullmatch(text)
    if custom is not None:
        return {"id": custom[2], "name": custom[1]}
    if not text or text.isascii():
        raise unknown("Emoji")
    return {"id": None, "name": text}


class Reactions:
    """Adds and removes reactions, and tells everybody."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._world = core.world

    def entries(self, message: Json) -> list[Json]:
        """Return ``{emoji, users}`` of a message."""
        return self._world.reactions.get(message["id"], [])

    def find(self, message: Json, emoji: Json) -> Json | None:
        """Return a message's entry for an emoji."""
        return next((entry for entry in self.entries(message) if _key(entry["emoji"]) == _key(emoji)), None)

    def add(self, channel: Json, message: Json, user_id: str, emoji: Json) -> None:
        """Add a reaction; nothing happens when it is there. Raises ApiError 30010 beyond 20 emojis."""
        entry = self.find(message, emoji)
        if entry is None:
            if len(self.entries(message)) >= KINDS:
                raise ApiError(400, 30010, f"Maximum number of reactions reached ({KINDS})")
            entry = _entry(emoji)
            self._world.reactions.setdefault(message["id"], []).append(entry)
        if user_id not in entry["users"]:
            entry["users"].append(user_id)
            self._tell("ADD", channel, message, entry["emoji"], user_id)

    def remove(self, channel: Json, message: Json, user_id: str, emoji: Json) -> None:
        """Remove somebody's reaction; nothing happens when there is none."""
        entry = self.find(message, emoji)
        if entry is not None and user_id in entry["users"]:
            entry["users"].remove(user_id)
            if not entry["users"]:
                self.entries(message).remove(entry)
            self._tell("REMOVE", channel, message, emoji, user_id)

    def toggle(self, channel: Json, message: Json, user_id: str, text: str) -> None:
        """Do what a click on an emoji does."""
        emoji = parse_emoji(text)
        entry = self.find(message, emoji)
        act = self.remove if entry is not None and user_id in entry["users"] else self.add
        act(channel, message, user_id, emoji)

    def _place(self, channel: Json, message: Json) -> Json:
        place: Json = {"channel_id": channel["id"], "message_id": message["id"]}
        return place if channel["type"] == objects.DM else place | {"guild_id": channel["guild_id"]}

    def _tell(self, act: str, channel: Json, message: Json, emoji: Json, user_id: str) -> None:
        self._world.touch("reactions", message["id"])
        data = self._place(channel, message) | {"user_id": user_id, "emoji": emoji, "burst": False, "type": 0}
        if act == "ADD":
            data["message_author_id"] = message["author"]["id"]
            if channel["type"] != objects.DM:
                guild = self._world.guilds[channel["guild_id"]]
                data["member"] = render.member(self._world, guild.members[user_id])
        self._core.dispatch_in(channel, f"MESSAGE_REACTION_{act}", data)
        self._core.events.add(f"reaction_{act.lower()}", data)


def _entry(emoji: Json) -> Json:
    return {"emoji": emoji, "users": []}


def _key(emoji: Json) -> str:
    return emoji["id"] or emoji["name"].rstrip("\N{VARIATION SELECTOR-16}")
