"""Discord's permission bits and how they add up.

https://discord.com/developers/docs/topics/permissions#permission-overwrites
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sandbox.discord.objects import VOCAL

if TYPE_CHECKING:
    from sandbox.discord.wire import Json
    from sandbox.discord.world import Guild

KICK_MEMBERS = 1 << 1
BAN_MEMBERS = 1 << 2
ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
CONNECT = 1 << 20
SPEAK = 1 << 21
MUTE_MEMBERS = 1 << 22
DEAFEN_MEMBERS = 1 << 23
MOVE_MEMBERS = 1 << 24
USE_VAD = 1 << 25
CHANGE_NICKNAME = 1 << 26
MANAGE_NICKNAMES = 1 << 27
MANAGE_ROLES = 1 << 28
USE_APPLICATION_COMMANDS = 1 << 31
REQUEST_TO_SPEAK = 1 << 32
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
CREATE_PRIVATE_THREADS = 1 << 36
SEND_MESSAGES_IN_THREADS = 1 << 38
MODERATE_MEMBERS = 1 << 40
SEND_VOICE_MESSAGES = 1 << 46
PIN_MESSAGES = 1 << 51

ALL = (1 << 53) - 1
THREADS = frozenset({10, 11, 12})

BOT = (
    ADD_REACTIONS | VIEW_CHANNEL | SEND_MESSAGES | MANAGE_MESSAGES | EMBED_LINKS | ATTACH_FILES
    | READ_MESSAGE_HISTORY | CONNECT | SPEAK | USE_VAD | USE_APPLICATION_COMMANDS | SEND_MESSAGES_IN_THREADS
    | CREATE_PUBLIC_THREADS | CHANGE_NICKNAME | SEND_VOICE_MESSAGES | PIN_MESSAGES
)  # fmt: skip
"""What the seeded bot may do: the permissions that a chat and music bot asks for."""

EVERYONE = (
    ADD_REACTIONS | VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY | CONNECT
    | SPEAK | USE_VAD | CHANGE_NICKNAME | USE_APPLICATION_COMMANDS | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS | SEND_MESSAGES_IN_THREADS | SEND_VOICE_MESSAGES | REQUEST_TO_SPEAK
)  # fmt: skip
"""What @everyone of a fresh guild may do."""

DIRECT_MESSAGE = (
    ADD_REACTIONS | VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY
    | USE_APPLICATION_COMMANDS | SEND_VOICE_MESSAGES | PIN_MESSAGES
)  # fmt: skip

_NEED_SENDING = MENTION_EVERYONE | EMBED_LINKS | ATTACH_FILES | SEND_VOICE_MESSAGES
_NEED_CONNECTING = SPEAK | REQUEST_TO_SPEAK | MUTE_MEMBERS | DEAFEN_MEMBERS | MOVE_MEMBERS | USE_VAD


def guild_permissions(guild: Guild, user_id: str) -> int:
    """Return what a member may do before any channel's overwrites; a stranger may do nothing."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if guild.data["owner_id"] == user_id:
        return ALL
    bits = int(guild.roles[guild.id]["permissions"])
    for role_id in member["roles"]:
        bits |= int(guild.roles[role_id]["permissions"])
    return ALL if bits & ADMINISTRATOR else bits


def channel_permissions(guild: Guild, channel: Json, user_id: str) -> int:
    """Return what a member may do in ``channel`` (for a thread pass its parent), overwrites included."""
    bits = guild_permissions(guild, user_id)
    if bits == ALL or not bits:
        return bits
    member = guild.members[user_id]
    overwrites = {entry["id"]: entry for entry in channel.get("permission_overwrites", [])}
    bits = _apply(bits, [overwrites[guild.id]] if guild.id in overwrites else [])
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
