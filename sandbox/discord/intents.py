"""Which gateway events a session asked for.

https://discord.com/developers/docs/events/gateway#gateway-intents
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.discord.wire import Json

GUILDS = 1 << 0
GUILD_MEMBERS = 1 << 1
GUILD_VOICE_STATES = 1 << 7
GUILD_PRESENCES = 1 << 8
GUILD_MESSAGES = 1 << 9
GUILD_MESSAGE_REACTIONS = 1 << 10
GUILD_MESSAGE_TYPING = 1 << 11
DIRECT_MESSAGES = 1 << 12
DIRECT_MESSAGE_REACTIONS = 1 << 13
DIRECT_MESSAGE_TYPING = 1 << 14
MESSAGE_CONTENT = 1 << 15

PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
KNOWN = (1 << 26) - 1
"""Every bit up to the newest intent; higher ones are invalid."""

CONTENT_FIELDS = ("embeds", "attachments", "components")

_MESSAGES = (GUILD_MESSAGES, DIRECT_MESSAGES)
_REACTIONS = (GUILD_MESSAGE_REACTIONS, DIRECT_MESSAGE_REACTIONS)
_GUILDS = (GUILDS, 0)
_MEMBERS = (GUILD_MEMBERS, 0)

_NEEDED: dict[str, tuple[int, int]] = {
    "GUILD_CREATE": _GUILDS,
    "GUILD_UPDATE": _GUILDS,
    "GUILD_DELETE": _GUILDS,
    "GUILD_ROLE_CREATE": _GUILDS,
    "GUILD_ROLE_UPDATE": _GUILDS,
    "GUILD_ROLE_DELETE": _GUILDS,
    "CHANNEL_CREATE": _GUILDS,
    "CHANNEL_UPDATE": _GUILDS,
    "CHANNEL_DELETE": _GUILDS,
    "THREAD_CREATE": _GUILDS,
    "THREAD_UPDATE": _GUILDS,
    "THREAD_DELETE": _GUILDS,
    "GUILD_MEMBER_ADD": _MEMBERS,
    "GUILD_MEMBER_UPDATE": _MEMBERS,
    "GUILD_MEMBER_REMOVE": _MEMBERS,
    "VOICE_STATE_UPDATE": (GUILD_VOICE_STATES, 0),
    "MESSAGE_CREATE": _MESSAGES,
    "MESSAGE_UPDATE": _MESSAGES,
    "MESSAGE_DELETE": _MESSAGES,
    "MESSAGE_DELETE_BULK": _MESSAGES,
    "MESSAGE_REACTION_ADD": _REACTIONS,
    "MESSAGE_REACTION_REMOVE": _REACTIONS,
    "TYPING_START": (GUILD_MESSAGE_TYPING, DIRECT_MESSAGE_TYPING),
}
"""Event to the intent it needs in a guild and in a direct message; an event not named here is always sent."""


def wanted(event: str, intents: int, *, in_guild: bool) -> bool:
    """Tell whether a session with ``intents`` gets ``event``."""
    needed = _NEEDED.get(event)
    return needed is None or bool(intents & needed[0 if in_guild else 1])


def without_content(event: str, data: Json, intents: int, bot_id: str) -> Json:
    """Return a message event as a session without the message content intent gets it.

    Direct messages, the bot's own messages and those that mention it keep their content.
    """
    if intents & MESSAGE_CONTENT or event not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
        return data
    mentioned = any(user["id"] == bot_id for user in data["mentions"])
    if "guild_id" not in data or data["author"]["id"] == bot_id or mentioned:
        return data
    return data | {"content": ""} | {name: [] for name in CONTENT_FIELDS}
