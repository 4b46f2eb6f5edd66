"""One payload of every event that discord.py reads, in the form of Discord's documentation.

https://discord.com/developers/docs/events/gateway-events
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    Json = Any

GUILD, CHANNEL, VOICE, THREAD, MESSAGE, ROLE, ME, USER, STAGE, FORUM, SOUND = (
    str(10**17 + n) for n in range(11)
)
TIME = "2026-11-01T00:00:00.000000+00:00"

user = {
    "id": USER,
    "username": "haru",
    "discriminator": "0",
    "global_name": "はる",
    "avatar": None,
    "bot": False,
}
member = {
    "user": user,
    "nick": None,
    "avatar": None,
    "roles": [ROLE],
    "joined_at": TIME,
    "premium_since": None,
    "deaf": False,
    "mute": False,
    "flags": 0,
    "pending": False,
    "permissions": "8",
    "communication_disabled_until": None,
}
role = {
    "id": ROLE,
    "name": "DJ",
    "color": 0,
    "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
    "hoist": False,
    "icon": None,
    "unicode_emoji": None,
    "position": 1,
    "permissions": "0",
    "managed": False,
    "mentionable": False,
    "flags": 0,
    "tags": {"bot_id": ME},
}
everyone = role | {"id": GUILD, "name": "@everyone", "position": 0, "permissions": "1071698660929"}
overwrite = {"id": ROLE, "type": 0, "allow": "0", "deny": "0"}
channel = {
    "id": CHANNEL,
    "type": 0,
    "guild_id": GUILD,
    "position": 0,
    "permission_overwrites": [overwrite],
    "name": "general",
    "topic": None,
    "nsfw": False,
    "last_message_id": MESSAGE,
    "rate_limit_per_user": 0,
    "parent_id": None,
    "default_auto_archive_duration": 60,
    "flags": 0,
}
voice_channel = channel | {
    "id": VOICE,
    "type": 2,
    "name": "voice",
    "bitrate": 64000,
    "user_limit": 0,
    "rtc_region": None,
    "video_quality_mode": 1,
}
stage_channel = voice_channel | {"id": STAGE, "type": 13, "name": "stage"}
tag = {"id": "1", "name": "tag", "moderated": False, "emoji_id": None, "emoji_name": "🎵"}
forum = channel | {
    "id": FORUM,
    "type": 15,
    "name": "forum",
    "available_tags": [tag],
    "default_reaction_emoji": {"emoji_id": None, "emoji_name": "🎵"},
    "default_sort_order": None,
    "default_forum_layout": 0,
    "default_thread_rate_limit_per_user": 0,
}
thread_member = {"id": THREAD, "user_id": USER, "join_timestamp": TIME, "flags": 0}
thread = {
    "id": THREAD,
    "type": 11,
    "guild_id": GUILD,
    "parent_id": CHANNEL,
    "owner_id": USER,
    "name": "printer",
    "last_message_id": MESSAGE,
    "message_count": 1,
    "member_count": 1,
    "rate_limit_per_user": 0,
    "flags": 0,
    "applied_tags": ["1"],
    "thread_metadata": {
        "archived": False,
        "archive_timestamp": TIME,
        "auto_archive_duration": 60,
        "locked": False,
        "create_timestamp": TIME,
    },
    "member": thread_member,
}
emoji = {"id": "2", "name": "note", "roles": [ROLE], "user": user, "require_colons": True, "managed": False}
sticker = {
    "id": "3",
    "name": "wave",
    "description": None,
    "tags": "hi",
    "type": 2,
    "format_type": 1,
    "available": True,
    "guild_id": GUILD,
    "user": user,
}
sound = {
    "name": "horn",
    "sound_id": SOUND,
    "volume": 1.0,
    "emoji_id": None,
    "emoji_name": "📯",
    "guild_id": GUILD,
    "available": True,
    "user": user,
}
stage = {
    "id": "4",
    "guild_id": GUILD,
    "channel_id": STAGE,
    "topic": "t",
    "privacy_level": 2,
    "discoverable_disabled": False,
    "guild_scheduled_event_id": None,
}
scheduled = {
    "id": "5",
    "guild_id": GUILD,
    "channel_id": VOICE,
    "creator_id": USER,
    "creator": user,
    "name": "concert",
    "description": "d",
    "scheduled_start_time": TIME,
    "scheduled_end_time": None,
    "privacy_level": 2,
    "status": 1,
    "entity_type": 2,
    "entity_id": None,
    "entity_metadata": None,
    "user_count": 1,
    "image": None,
}
voice_state = {
    "guild_id": GUILD,
    "channel_id": VOICE,
    "user_id": USER,
    "member": member,
    "session_id": "s",
    "deaf": False,
    "mute": False,
    "self_deaf": False,
    "self_mute": False,
    "self_stream": False,
    "self_video": False,
    "suppress": False,
    "request_to_speak_timestamp": None,
}
presence = {
    "user": {"id": USER},
    "guild_id": GUILD,
    "status": "online",
    "activities": [{"name": "n", "type": 0, "created_at": 1}],
    "client_status": {"desktop": "online"},
}
guild = {
    "id": GUILD,
    "name": "お隣",
    "icon": None,
    "splash": None,
    "discovery_splash": None,
    "owner_id": USER,
    "afk_channel_id": None,
    "afk_timeout": 300,
    "verification_level": 0,
    "default_message_notifications": 0,
    "explicit_content_filter": 0,
    "roles": [everyone, role],
    "emojis": [emoji],
    "stickers": [sticker],
    "features": [],
    "mfa_level": 0,
    "application_id": None,
    "system_channel_id": CHANNEL,
    "system_channel_flags": 0,
    "rules_channel_id": None,
    "max_members": 500000,
    "vanity_url_code": None,
    "description": None,
    "banner": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "preferred_locale": "ja",
    "public_updates_channel_id": None,
    "nsfw_level": 0,
    "premium_progress_bar_enabled": False,
    "safety_alerts_channel_id": None,
    "incidents_data": {"invites_disabled_until": None, "dms_disabled_until": None},
    "joined_at": TIME,
    "large": False,
    "unavailable": False,
    "member_count": 2,
    "voice_states": [{k: v for k, v in voice_state.items() if k not in {"guild_id", "member"}}],
    "members": [member],
    "channels": [channel, voice_channel, stage_channel, forum],
    "threads": [thread],
    "presences": [presence],
    "stage_instances": [stage],
    "guild_scheduled_events": [scheduled],
    "soundboard_sounds": [sound],
}
attachment = {
    "id": "6",
    "filename": "a.png",
    "size": 1,
    "url": "https://cdn.discordapp.com/a.png",
    "proxy_url": "https://media.discordapp.net/a.png",
    "content_type": "image/png",
    "width": 1,
    "height": 1,
}
embed = {
    "type": "rich",
    "title": "t",
    "description": "d",
    "url": "https://example.com",
    "timestamp": TIME,
    "color": 1,
    "footer": {"text": "f"},
    "image": {"url": "https://example.com/i.png"},
    "author": {"name": "a"},
    "fields": [{"name": "n", "value": "v", "inline": True}],
}
button = {"type": 2, "style": 1, "label": "l", "custom_id": "c", "id": 1}
select = {
    "type": 3,
    "custom_id": "m",
    "options": [{"label": "l", "value": "v"}],
    "min_values": 1,
    "max_values": 1,
    "id": 2,
}
rows = [{"type": 1, "components": [button], "id": 3}, {"type": 1, "components": [select], "id": 4}]
poll_answer = {"answer_id": 1, "poll_media": {"text": "yes", "emoji": {"id": None, "name": "👍"}}}
poll = {
    "question": {"text": "q"},
    "answers": [poll_answer],
    "expiry": TIME,
    "allow_multiselect": False,
    "layout_type": 1,
    "results": {"is_finalized": False, "answer_counts": [{"id": 1, "count": 1, "me_voted": False}]},
}
plain = {
    "id": MESSAGE,
    "channel_id": CHANNEL,
    "guild_id": GUILD,
    "author": user,
    "member": {k: v for k, v in member.items() if k != "user"},
    "content": "こんにちは",
    "timestamp": TIME,
    "edited_timestamp": None,
    "tts": False,
    "mention_everyone": False,
    "mentions": [],
    "mention_roles": [],
    "mention_channels": [],
    "attachments": [],
    "embeds": [],
    "pinned": False,
    "type": 0,
    "flags": 0,
    "components": [],
}
reference = {"type": 0, "message_id": MESSAGE, "channel_id": CHANNEL, "guild_id": GUILD}
snapshot = {
    "message": {
        "type": 0,
        "content": "c",
        "embeds": [embed],
        "attachments": [attachment],
        "timestamp": TIME,
        "edited_timestamp": None,
        "flags": 0,
        "mentions": [],
        "mention_roles": [ROLE],
        "sticker_items": [{"id": "3", "name": "wave", "format_type": 1}],
        "components": rows,
    }
}
interaction_metadata = {
    "id": "7",
    "type": 2,
    "user": user,
    "authorizing_integration_owners": {"0": GUILD},
    "original_response_message_id": MESSAGE,
}
message = plain | {
    "type": 19,
    "mentions": [user | {"member": {k: v for k, v in member.items() if k != "user"}}],
    "mention_roles": [ROLE],
    "attachments": [attachment],
    "embeds": [embed],
    "reactions": [
        {
            "emoji": {"id": None, "name": "👍"},
            "count": 1,
            "me": False,
            "me_burst": False,
            "count_details": {"burst": 0, "normal": 1},
            "burst_colors": [],
        }
    ],
    "nonce": "n",
    "webhook_id": None,
    "activity": {"type": 1, "party_id": "p"},
    "application_id": ME,
    "message_reference": reference,
    "referenced_message": plain,
    "message_snapshots": [snapshot],
    "interaction_metadata": interaction_metadata,
    "thread": thread,
    "components": rows,
    "sticker_items": [{"id": "3", "name": "wave", "format_type": 1}],
    "poll": poll,
    "call": {"participants": [USER], "ended_timestamp": None},
    "role_subscription_data": {
        "role_subscription_listing_id": "1",
        "tier_name": "t",
        "total_months_subscribed": 1,
        "is_renewal": False,
    },
    "position": 0,
}
reaction = {
    "user_id": USER,
    "channel_id": CHANNEL,
    "message_id": MESSAGE,
    "guild_id": GUILD,
    "member": member,
    "emoji": {"id": None, "name": "👍", "animated": False},
    "message_author_id": USER,
    "burst": False,
    "burst_colors": ["#ffffff"],
    "type": 0,
}
interaction = {
    "id": "8",
    "application_id": ME,
    "type": 2,
    "token": "token",
    "version": 1,
    "guild_id": GUILD,
    "guild": {"id": GUILD, "locale": "ja", "features": []},
    "guild_locale": "ja",
    "locale": "ja",
    "channel_id": THREAD,
    "channel": thread | {"permissions": "8"},
    "member": member,
    "app_permissions": "8",
    "entitlements": [],
    "authorizing_integration_owners": {"0": GUILD},
    "context": 0,
    "attachment_size_limit": 10485760,
}
command = {
    "id": "9",
    "name": "chat",
    "type": 1,
    "guild_id": GUILD,
    "options": [{"name": "prompt", "type": 3, "value": "v"}],
    "resolved": {"users": {USER: user}, "members": {USER: member}, "attachments": {"6": attachment}},
}
integration = {
    "id": "10",
    "guild_id": GUILD,
    "name": "i",
    "type": "twitch",
    "enabled": True,
    "syncing": True,
    "role_id": ROLE,
    "enable_emoticons": True,
    "expire_behavior": 0,
    "expire_grace_period": 1,
    "user": user,
    "account": {"id": "1", "name": "a"},
    "synced_at": TIME,
    "subscriber_count": 1,
    "revoked": False,
}
rule = {
    "id": "11",
    "guild_id": GUILD,
    "name": "r",
    "creator_id": USER,
    "event_type": 1,
    "trigger_type": 1,
    "trigger_metadata": {"keyword_filter": ["x"], "regex_patterns": [], "allow_list": []},
    "actions": [{"type": 1, "metadata": {"custom_message": "m"}}],
    "enabled": True,
    "exempt_roles": [ROLE],
    "exempt_channels": [CHANNEL],
}
entitlement = {
    "id": "12",
    "sku_id": "13",
    "application_id": ME,
    "user_id": USER,
    "guild_id": GUILD,
    "type": 8,
    "deleted": False,
    "starts_at": TIME,
    "ends_at": TIME,
    "consumed": False,
}
subscription = {
    "id": "14",
    "user_id": USER,
    "sku_ids": ["13"],
    "entitlement_ids": ["12"],
    "renewal_sku_ids": None,
    "current_period_start": TIME,
    "current_period_end": TIME,
    "status": 0,
    "canceled_at": None,
}
of_guild = {"guild_id": GUILD}
in_channel = {"guild_id": GUILD, "channel_id": CHANNEL}
of_message = in_channel | {"message_id": MESSAGE}
vote = of_message | {"user_id": USER, "answer_id": 1}
interested = {"guild_scheduled_event_id": "5", "user_id": USER, "guild_id": GUILD}
audit_entry = {
    "guild_id": GUILD,
    "id": "15",
    "user_id": USER,
    "target_id": ROLE,
    "action_type": 31,
    "changes": [{"key": "name", "old_value": "a", "new_value": "b"}],
    "options": {"count": "1"},
    "reason": "r",
}
execution = of_message | {
    "action": {"type": 1, "metadata": {"custom_message": "m"}},
    "rule_id": "11",
    "rule_trigger_type": 1,
    "user_id": USER,
    "alert_system_message_id": MESSAGE,
    "content": "c",
    "matched_keyword": "k",
    "matched_content": "c",
}

READY = {
    "v": 10,
    "user": user
    | {"id": ME, "bot": True, "verified": True, "mfa_enabled": True, "email": None, "locale": "ja"},
    "session_id": "session",
    "resume_gateway_url": "wss://gateway.discord.gg",
    "shard": [0, 1],
    "application": {"id": ME, "flags": 0},
    "guilds": [{"id": GUILD, "unavailable": True}],
}

EVENTS: dict[str, tuple[Json, ...]] = {
    "RESUMED": ({"_trace": []},),
    "MESSAGE_CREATE": (message, plain),
    "MESSAGE_UPDATE": (message | {"edited_timestamp": TIME},),
    "MESSAGE_DELETE": ({"id": MESSAGE, **in_channel},),
    "MESSAGE_DELETE_BULK": ({"ids": [MESSAGE], **in_channel},),
    "MESSAGE_REACTION_ADD": (reaction,),
    "MESSAGE_REACTION_REMOVE": (reaction,),
    "MESSAGE_REACTION_REMOVE_ALL": (of_message,),
    "MESSAGE_REACTION_REMOVE_EMOJI": (of_message | {"emoji": {"id": None, "name": "👍"}},),
    "MESSAGE_POLL_VOTE_ADD": (vote,),
    "MESSAGE_POLL_VOTE_REMOVE": (vote,),
    "INTERACTION_CREATE": (
        interaction | {"data": command},
        interaction | {"type": 3, "data": {"custom_id": "c", "component_type": 2}, "message": plain},
        interaction
        | {
            "type": 5,
            "data": {
                "custom_id": "c",
                "components": [{"type": 1, "components": [{"type": 4, "custom_id": "t", "value": "v"}]}],
            },
        },
    ),
    "PRESENCE_UPDATE": (presence,),
    "USER_UPDATE": (READY["user"],),
    "INVITE_CREATE": (
        in_channel
        | {
            "code": "c",
            "created_at": TIME,
            "inviter": user,
            "max_age": 0,
            "max_uses": 0,
            "temporary": False,
            "uses": 0,
            "expires_at": None,
            "target_type": 1,
            "target_user": user,
        },
    ),
    "INVITE_DELETE": (in_channel | {"code": "c"},),
    "CHANNEL_CREATE": (channel | {"id": "20"}, forum | {"id": "21"}, voice_channel | {"id": "22"}),
    "CHANNEL_UPDATE": (channel, forum, voice_channel, stage_channel),
    "CHANNEL_DELETE": (channel, voice_channel),
    "CHANNEL_PINS_UPDATE": (in_channel | {"last_pin_timestamp": TIME},),
    "THREAD_CREATE": (thread | {"id": "23", "newly_created": True},),
    "THREAD_UPDATE": (thread,),
    "THREAD_DELETE": ({"id": THREAD, "guild_id": GUILD, "parent_id": CHANNEL, "type": 11},),
    "THREAD_LIST_SYNC": (
        of_guild | {"channel_ids": [CHANNEL], "threads": [thread], "members": [thread_member]},
    ),
    "THREAD_MEMBER_UPDATE": (thread_member | of_guild,),
    "THREAD_MEMBERS_UPDATE": (
        {
            "id": THREAD,
            **of_guild,
            "member_count": 1,
            "removed_member_ids": [USER],
            "added_members": [thread_member | {"member": member, "presence": presence}],
        },
    ),
    "GUILD_MEMBER_ADD": (member | of_guild,),
    "GUILD_MEMBER_REMOVE": (of_guild | {"user": user},),
    "GUILD_MEMBER_UPDATE": (member | of_guild,),
    "GUILD_MEMBERS_CHUNK": (
        of_guild
        | {
            "members": [member],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": ["1"],
            "presences": [presence],
            "nonce": "n",
        },
    ),
    "GUILD_EMOJIS_UPDATE": (of_guild | {"emojis": [emoji]},),
    "GUILD_STICKERS_UPDATE": (of_guild | {"stickers": [sticker]},),
    "GUILD_AUDIT_LOG_ENTRY_CREATE": (audit_entry,),
    "AUTO_MODERATION_RULE_CREATE": (rule,),
    "AUTO_MODERATION_RULE_UPDATE": (rule,),
    "AUTO_MODERATION_RULE_DELETE": (rule,),
    "AUTO_MODERATION_ACTION_EXECUTION": (execution,),
    "GUILD_CREATE": (guild, guild | {"id": "24"}),
    "GUILD_UPDATE": (guild,),
    "GUILD_DELETE": ({"id": GUILD}, {"id": GUILD, "unavailable": True}),
    "GUILD_BAN_ADD": (of_guild | {"user": user},),
    "GUILD_BAN_REMOVE": (of_guild | {"user": user},),
    "GUILD_ROLE_CREATE": (of_guild | {"role": role | {"id": "25"}},),
    "GUILD_ROLE_UPDATE": (of_guild | {"role": role},),
    "GUILD_ROLE_DELETE": (of_guild | {"role_id": ROLE},),
    "GUILD_INTEGRATIONS_UPDATE": (of_guild,),
    "INTEGRATION_CREATE": (integration,),
    "INTEGRATION_UPDATE": (integration,),
    "INTEGRATION_DELETE": (of_guild | {"id": "10", "application_id": ME},),
    "WEBHOOKS_UPDATE": (in_channel,),
    "STAGE_INSTANCE_CREATE": (stage,),
    "STAGE_INSTANCE_UPDATE": (stage,),
    "STAGE_INSTANCE_DELETE": (stage,),
    "GUILD_SCHEDULED_EVENT_CREATE": (scheduled,),
    "GUILD_SCHEDULED_EVENT_UPDATE": (scheduled,),
    "GUILD_SCHEDULED_EVENT_DELETE": (scheduled,),
    "GUILD_SCHEDULED_EVENT_USER_ADD": (interested,),
    "GUILD_SCHEDULED_EVENT_USER_REMOVE": (interested,),
    "GUILD_SOUNDBOARD_SOUND_CREATE": (sound,),
    "GUILD_SOUNDBOARD_SOUND_UPDATE": (sound,),
    "GUILD_SOUNDBOARD_SOUND_DELETE": (of_guild | {"sound_id": SOUND},),
    "GUILD_SOUNDBOARD_SOUNDS_UPDATE": (of_guild | {"soundboard_sounds": [sound]},),
    "APPLICATION_COMMAND_PERMISSIONS_UPDATE": (
        of_guild
        | {"id": "9", "application_id": ME, "permissions": [{"id": ROLE, "type": 1, "permission": True}]},
    ),
    "VOICE_STATE_UPDATE": (voice_state, voice_state | {"channel_id": None}),
    "VOICE_CHANNEL_EFFECT_SEND": (
        of_guild
        | {
            "channel_id": VOICE,
            "user_id": USER,
            "emoji": {"id": None, "name": "👍"},
            "animation_type": 0,
            "animation_id": 1,
            "sound_id": SOUND,
            "sound_volume": 1.0,
        },
    ),
    "VOICE_SERVER_UPDATE": (of_guild | {"token": "t", "endpoint": "voice.example:443"},),
    "TYPING_START": (in_channel | {"user_id": USER, "timestamp": 1, "member": member},),
    "ENTITLEMENT_CREATE": (entitlement,),
    "ENTITLEMENT_UPDATE": (entitlement,),
    "ENTITLEMENT_DELETE": (entitlement,),
    "SUBSCRIPTION_CREATE": (subscription,),
    "SUBSCRIPTION_UPDATE": (subscription,),
    "SUBSCRIPTION_DELETE": (subscription,),
}
"""By type, each in the kinds that there are; READY apart, without which there is no session."""

OTHER_VALUES: tuple[Json, ...] = (None, True, -1, "x", [None], {"id": "x"})
"""In place of what belongs there: one of each JSON type."""


def damaged(payload: Json) -> Iterator[tuple[str, Json]]:
    """Return the payload with each field missing and with each of another type, at every depth, and where."""
    yield from (("", value) for value in OTHER_VALUES)
    text = json.dumps(payload)  # Parsed again for each, which is faster than copying.
    for path in _paths(payload):
        where = ".".join(str(key) for key in path)
        without = json.loads(text)
        del _parent(without, path)[path[-1]]
        yield f"-{where}", without
        for value in OTHER_VALUES:
            changed = json.loads(text)
            _parent(changed, path)[path[-1]] = value
            yield f"{where}={value!r}", changed


def _paths(payload: Json) -> Iterator[tuple[str | int, ...]]:
    items = (
        payload.items()
        if isinstance(payload, dict)
        else enumerate(payload)
        if isinstance(payload, list)
        else ()
    )
    for key, value in items:
        yield (key,)
        yield from ((key, *rest) for rest in _paths(value))


def _parent(payload: Json, path: tuple[str | int, ...]) -> Json:
    for key in path[:-1]:
        payload = payload[key]
    return payload
