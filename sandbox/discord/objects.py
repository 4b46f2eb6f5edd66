"""New users, guilds, roles, channels and members, in the shapes of Discord's REST API v10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.wire import now

if TYPE_CHECKING:
    from sandbox.discord.wire import Json

TEXT, DM, VOICE, CATEGORY, PUBLIC_THREAD, PRIVATE_THREAD, STAGE = 0, 1, 2, 4, 11, 12, 13
VOCAL = frozenset({VOICE, STAGE})
THREADS = frozenset({PUBLIC_THREAD, PRIVATE_THREAD})
DEFAULT, REPLY, CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND = 0, 19, 20, 23
"""Message types."""


def user(user_id: str, username: str, global_name: str | None, *, bot: bool = False) -> Json:
    """Return a user object."""
    return {
        "id": user_id,
        "username": username,
        "avatar": None,
        "discriminator": "0721" if bot else "0",
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "global_name": global_name,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        **({"bot": True} if bot else {}),
    }


def role(role_id: str, name: str, permissions: int, *, position: int = 1, color: int = 0) -> Json:
    """Return a guild role object."""
    return {
        "id": role_id,
        "name": name,
        "permissions": str(permissions),
        "position": position,
        "color": color,
        "colors": {"primary_color": color, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def member(user_id: str, roles: list[str] | None = None, nick: str | None = None) -> Json:
    """Return a member as it is stored: the user by id."""
    return {
        "user_id": user_id,
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": now(),
        "nick": nick,
        "pending": False,
        "premium_since": None,
        "roles": roles or [],
        "mute": False,
        "deaf": False,
    }


def channel(channel_id: str, guild_id: str, name: str, kind: int, *, position: int) -> Json:
    """Return a text, voice, stage or category channel of a guild."""
    base: Json = {
        "id": channel_id,
        "type": kind,
        "flags": 0,
        "guild_id": guild_id,
        "name": name,
        "parent_id": None,
        "position": position,
        "permission_overwrites": [],
    }
    if kind == CATEGORY:
        return base
    base |= {"last_message_id": None, "rate_limit_per_user": 0, "nsfw": False}
    if kind in VOCAL:
        base |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
        return base | {"topic": None} if kind == STAGE else base
    return base | {"topic": None, "last_pin_timestamp": None}


def direct_channel(channel_id: str, user_id: str) -> Json:
    """Return the channel between the bot and a user, as stored: the recipient by id."""
    return {
        "id": channel_id,
        "type": DM,
        "flags": 0,
        "last_message_id": None,
        "last_pin_timestamp": None,
        "recipient_id": user_id,
    }


def thread(
    thread_id: str,
    parent: Json,
    name: str,
    owner_id: str,
    *,
    kind: int = PUBLIC_THREAD,
    archive_after: int = 1440,
) -> Json:
    """Return a thread of a text channel; ``archive_after`` in minutes."""
    return {
        "id": thread_id,
        "type": kind,
        "flags": 0,
        "guild_id": parent["guild_id"],
        "name": name,
        "parent_id": parent["id"],
        "owner_id": owner_id,
        "last_message_id": None,
        "last_pin_timestamp": None,
        "rate_limit_per_user": 0,
        "message_count": 0,
        "member_count": 1,
        "total_message_sent": 0,
        "thread_metadata": {
            "archived": False,
            "archive_timestamp": now(),
            "auto_archive_duration": archive_after,
            "locked": False,
            "create_timestamp": now(),
        },
    }


def guild(guild_id: str, name: str, owner_id: str, *, locale: str = "ja") -> Json:
    """Return a guild's own attributes; its roles, members and channels are kept beside them."""
    return {
        "id": guild_id,
        "name": name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": owner_id,
        "application_id": None,
        "region": "japan",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 25_000_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }
