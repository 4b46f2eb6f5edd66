"""Whom a message pings: what its text names, cut down by ``allowed_mentions`` and permissions.

https://discord.com/developers/docs/resources/message#allowed-mentions-object
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from sandbox.discord import objects
from sandbox.discord.permissions import MENTION_EVERYONE

if TYPE_CHECKING:
    from sandbox.discord.form import Form
    from sandbox.discord.wire import Json
    from sandbox.discord.world import World

_USER = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d{1,20})>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(slots=True)
class AllowedMentions:
    """What may ping; the default is Discord's for a body without ``allowed_mentions``."""

    parse: set[str] = field(default_factory=lambda: {"users", "roles", "everyone"})
    users: list[str] = field(default_factory=list[str])
    roles: list[str] = field(default_factory=list[str])
    replied_user: bool = True


def check_allowed_mentions(form: Form, value: object) -> AllowedMentions:
    """Read ``allowed_mentions``; faults go to ``form``."""
    if not isinstance(value, dict):
        return AllowedMentions()
    raw = cast("Json", value)
    path = ("allowed_mentions",)
    allowed = AllowedMentions(
        set(form.strings(raw.get("parse"), (*path, "parse"))),
        form.snowflakes(raw.get("users"), (*path, "users"), high=100),
        form.snowflakes(raw.get("roles"), (*path, "roles"), high=100),
        bool(raw.get("replied_user", False)),
    )
    for kind, listed in (("users", allowed.users), ("roles", allowed.roles)):
        if listed and kind in allowed.parse:
            form.fault(
                path,
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )
    return allowed


def mentions(
    world: World, channel: Json, author_id: str, content: str, allowed: AllowedMentions, replied: Json | None
) -> Json:
    """Return a message's ``mentions``, ``mention_roles`` and ``mention_everyone``."""
    named = dict.fromkeys(_USER.findall(content))
    users = [key for key in named if "users" in allowed.parse or key in allowed.users]
    if replied is not None and allowed.replied_user and replied["author"]["id"] != author_id:
        users = list(dict.fromkeys([*users, replied["author"]["id"]]))
    may_everyone = bool(world.permissions(channel, author_id) & MENTION_EVERYONE)
    roles: list[str] = []
    if channel["type"] != objects.DM:
        known = world.guilds[channel["guild_id"]].roles
        roles = [
            key
            for key in dict.fromkeys(_ROLE.findall(content))
            if key in known
            and ("roles" in allowed.parse or key in allowed.roles)
            and (known[key]["mentionable"] or may_everyone)
        ]
    everyone = "everyone" in allowed.parse and may_everyone and _EVERYONE.search(content) is not None
    return {
        "mentions": [world.users[key] for key in users if key in world.users],
        "mention_roles": roles,
        "mention_everyone": everyone,
    }
