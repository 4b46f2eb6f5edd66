"""A guild with its roles and members, and what a member may do there.

https://discord.com/developers/docs/topics/permissions#permission-overwrites
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.discord.objects import VOCAL
from sandbox.discord.permissions import (
    ADMINISTRATOR,
    ALL,
    ATTACH_FILES,
    CONNECT,
    DEAFEN_MEMBERS,
    EMBED_LINKS,
    MENTION_EVERYONE,
    MOVE_MEMBERS,
    MUTE_MEMBERS,
    READ_MESSAGE_HISTORY,
    REQUEST_TO_SPEAK,
    SEND_MESSAGES,
    SEND_VOICE_MESSAGES,
    SPEAK,
    USE_VAD,
    VIEW_CHANNEL,
)

if TYPE_CHECKING:
    from sandbox.discord.wire import Json

_NEED_SENDING = MENTION_EVERYONE | EMBED_LINKS | ATTACH_FILES | SEND_VOICE_MESSAGES
_NEED_CONNECTING = SPEAK | REQUEST_TO_SPEAK | MUTE_MEMBERS | DEAFEN_MEMBERS | MOVE_MEMBERS | USE_VAD


@dataclass(slots=True)
class Guild:
    """A guild's attributes, and its roles and members by id."""

    id: str
    data: Json
    roles: dict[str, Json] = field(default_factory=dict[str, "Json"])
    members: dict[str, Json] = field(default_factory=dict[str, "Json"])
    command_permissions: dict[str, list[Json]] = field(default_factory=dict[str, "list[Json]"])
    """Overrides by the id of a command, or of the application for all of its commands."""

    def permissions(self, user_id: str) -> int:
        """Return what a member may do before any channel's overwrites; a stranger may do nothing."""
        member = self.members.get(user_id)
        if member is None:
            return 0
        if self.data["owner_id"] == user_id:
            return ALL
        bits = int(self.roles[self.id]["permissions"])
        for role_id in member["roles"]:
            bits |= int(self.roles[role_id]["permissions"])
        return ALL if bits & ADMINISTRATOR else bits

    def allows_command(self, command: Json, application_id: str, channel: Json, user_id: str) -> bool:
        """Tell whether a member may use a command in ``channel`` (for a thread pass its parent).

        https://support.discord.com/hc/en-us/articles/10952896421783-Updates-to-Command-Permissions
        """
        held = self.channel_permissions(channel, user_id)
        if held & ADMINISTRATOR:
            return True
        levels = [self.command_permissions.get(id_, []) for id_ in (command["id"], application_id)]
        by_target = [
            {(entry["type"], entry["id"]): entry["permission"] for entry in level} for level in levels
        ]
        channels = [(3, channel["id"]), (3, str(int(self.id) - 1))]
        if not next((level[key] for level in by_target for key in channels if key in level), True):
            return False
        of_command, of_application = (self._of_member(level, user_id) for level in by_target)
        if of_command is not None:
            return of_command
        needed = command["default_member_permissions"]
        # "0" means: administrators only.
        has_default = needed is None or (int(needed) > 0 and held & int(needed) == int(needed))
        return of_application is not False and has_default

    def _of_member(self, level: dict[tuple[int, str], bool], user_id: str) -> bool | None:
        """Return what the overrides of one level say of a member: the user, their roles, @everyone."""
        if (2, user_id) in level:
            return level[2, user_id]
        roles = [level[1, role] for role in self.members[user_id]["roles"] if (1, role) in level]
        return any(roles) if roles else level.get((1, self.id))

    def channel_permissions(self, channel: Json, user_id: str) -> int:
        """Return what a member may do in ``channel`` (for a thread pass its parent), overwrites included."""
        bits, member = self.permissions(user_id), self.members.get(user_id)
        if bits == ALL or member is None:
            return bits
        overwrites = {entry["id"]: entry for entry in channel.get("permission_overwrites", [])}
        bits = _apply(bits, [overwrites[self.id]] if self.id in overwrites else [])
        bits = _apply(bits, [overwrites[role] for role in member["roles"] if role in overwrites])
        bits = _apply(bits, [overwrites[user_id]] if user_id in overwrites else [])
        if _timed_out(member):
            bits &= VIEW_CHANNEL | READ_MESSAGE_HISTORY
        return _without_implied(bits, channel)


def _apply(bits: int, overwrites: list[Json]) -> int:
    allow = deny = 0
    for entry in overwrites:
        allow |= int(entry["allow"])
        deny |= int(entry["deny"])
    return (bits & ~deny) | allow


def _without_implied(bits: int, channel: Json) -> int:
    """Take away what another missing permission implies."""
    if not bits & VIEW_CHANNEL or (channel["type"] in VOCAL and not bits & CONNECT):
        # A voice channel that one cannot connect to is still seen, nothing else.
        return bits & VIEW_CHANNEL
    if not bits & SEND_MESSAGES:
        bits &= ~_NEED_SENDING
    if not bits & CONNECT:
        bits &= ~_NEED_CONNECTING
    return bits


def _timed_out(member: Json) -> bool:
    until = member["communication_disabled_until"]
    return until is not None and dt.datetime.fromisoformat(until) > dt.datetime.now(dt.UTC)
