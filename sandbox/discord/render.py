"""Payloads made from the world: what a given reader gets over REST and the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord import objects

if TYPE_CHECKING:
    from sandbox.discord.guild import Guild
    from sandbox.discord.wire import Json
    from sandbox.discord.world import World


LARGE = 250
"""Members above which a guild counts as large."""


def member(world: World, stored: Json) -> Json:
    """Return a member with its user."""
    return {**member_partial(stored), "user": world.users[stored["user_id"]]}


def member_partial(stored: Json) -> Json:
    """Return a member without its user, as message events have it."""
    return {key: value for key, value in stored.items() if key != "user_id"}


def interaction_member(world: World, guild: Guild, stored: Json, permissions: int) -> Json:
    """Return a member with the permissions it has in the interaction's channel."""
    return member(world, stored) | {"permissions": str(permissions or guild.permissions(stored["user_id"]))}


def channel(world: World, stored: Json, viewer: str) -> Json:
    """Return a channel; a direct one with the recipients other than ``viewer``."""
    if stored["type"] != objects.DM:
        return stored
    others = [user_id for user_id in (world.bot_id, stored["recipient_id"]) if user_id != viewer]
    plain = {key: value for key, value in stored.items() if key != "recipient_id"}
    return plain | {"recipients": [world.users[user_id] for user_id in others]}


def partial_channel(world: World, stored: Json, user_id: str) -> Json:
    """Return the part of a channel that an interaction carries, with ``user_id``'s permissions there."""
    keys = ("id", "type", "name", "parent_id", "last_message_id", "last_pin_timestamp", "thread_metadata")
    keys += ("guild_id", "flags", "topic", "position", "nsfw", "rate_limit_per_user")
    view = channel(world, stored, world.bot_id)
    partial = {key: view[key] for key in keys if key in view}
    if stored["type"] == objects.DM:
        partial["recipients"] = view["recipients"]
    return partial | {"permissions": str(world.permissions(stored, user_id))}


def rest_guild(guild: Guild) -> Json:
    """Return a guild as ``GET /guilds/{id}`` does."""
    return guild.data | {"roles": list(guild.roles.values())}


def gateway_guild(world: World, guild: Guild, *, everybody: bool) -> Json:
    """Return a guild as GUILD_CREATE does.

    Without the presence intent (``everybody`` false) its members are only the bot and those in voice:
    https://discord.com/developers/docs/events/gateway-events#guild-create
    """
    voice = [state for (guild_id, _), state in world.voice_states.items() if guild_id == guild.id]
    present = {world.bot_id, *(state["user_id"] for state in voice)}
    shown = [member(world, stored) for key, stored in guild.members.items() if everybody or key in present]
    threads = [thread for thread in world.threads_of(guild.id) if not thread["thread_metadata"]["archived"]]
    return rest_guild(guild) | {
        "joined_at": guild.members[world.bot_id]["joined_at"],
        "large": len(guild.members) > LARGE,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": shown,
        "channels": world.channels_of(guild.id),
        "threads": threads,
        "voice_states": [
            {key: value for key, value in state.items() if key != "guild_id"} for state in voice
        ],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def message(world: World, stored: Json, viewer: str) -> Json:
    """Return a message with its reactions and the message it answers, as ``viewer`` reads it."""
    view = basic_message(world, stored, viewer)
    reference = stored.get("message_reference")
    if stored["type"] == objects.REPLY and reference is not None:
        known = world.messages, world.ephemeral
        found = (kept.get(reference["channel_id"], {}).get(reference.get("message_id", "")) for kept in known)
        original = next((one for one in found if one is not None), None)
        view["referenced_message"] = None if original is None else basic_message(world, original, viewer)
    return view


def basic_message(world: World, stored: Json, viewer: str) -> Json:
    """Return a message with its reactions, without the message it answers."""
    found = [reaction(entry, viewer) for entry in world.reactions.get(stored["id"], [])]
    thread = world.channels.get(stored["id"])
    return (
        _absolute(world, stored)
        | ({"reactions": found} if found else {})
        | ({"thread": thread} if thread is not None and thread["type"] in objects.THREADS else {})
    )


def _absolute(world: World, stored: Json) -> Json:
    """Return a message whose attachments, and embeds that show them, have whole URLs."""
    attachments = [
        entry | {"url": world.base_url + entry["url"], "proxy_url": world.base_url + entry["url"]}
        for entry in stored["attachments"]
    ]
    urls = {f"attachment://{entry['filename']}": entry["url"] for entry in attachments}
    embeds = [
        embed
        | {
            name: embed[name] | {"url": urls[embed[name]["url"]], "proxy_url": urls[embed[name]["url"]]}
            for name in ("image", "thumbnail")
            if embed.get(name, {}).get("url") in urls
        }
        for embed in stored["embeds"]
    ]
    view = stored | {"attachments": attachments, "embeds": embeds}
    if "message_snapshots" in stored:
        view["message_snapshots"] = [
            {"message": _absolute(world, snapshot["message"])} for snapshot in stored["message_snapshots"]
        ]
    return view


def reaction(entry: Json, viewer: str) -> Json:
    """Return one emoji's count on a message."""
    count = len(entry["users"])
    return {
        "emoji": entry["emoji"],
        "count": count,
        "count_details": {"burst": 0, "normal": count},
        "burst_colors": [],
        "me_burst": False,
        "me": viewer in entry["users"],
    }


def message_event(world: World, stored: Json, viewer: str) -> Json:
    """Return a message as MESSAGE_CREATE and MESSAGE_UPDATE carry it: with guild and members."""
    view = message(world, stored, viewer)
    stored_channel = world.channels.get(stored["channel_id"])
    if stored_channel is None or stored_channel["type"] == objects.DM:
        return view | {"channel_type": objects.DM}
    guild = world.guilds[stored_channel["guild_id"]]
    extra: dict[str, Any] = {"guild_id": guild.id, "channel_type": stored_channel["type"]}
    if "webhook_id" not in stored and stored["author"]["id"] in guild.members:
        extra["member"] = member_partial(guild.members[stored["author"]["id"]])
    extra["mentions"] = [
        {**mentioned, "member": member_partial(guild.members[mentioned["id"]])}
        if mentioned["id"] in guild.members
        else mentioned
        for mentioned in stored["mentions"]
    ]
    return view | extra


def command_permissions(world: World, guild: Guild, target_id: str) -> Json:
    """Return what a guild decided about a command, or with the application's id about all of them."""
    return {
        "id": target_id,
        "application_id": world.bot_id,
        "guild_id": guild.id,
        "permissions": guild.command_permissions.get(target_id, []),
    }
